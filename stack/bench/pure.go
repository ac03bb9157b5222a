package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
)

const (
	mostPureTime  = 50 // ms
	mostPureAlloc = 60 // MB
	mostSlope     = 1.5
	pureRounds    = 7
)

// cost is what a piece of work takes: the shortest of several times, because other programs can only make it longer,
// and the memory that it asks for.
type cost struct {
	ms, megabytes float64
}

func measure(times int, work func()) cost {
	var best cost
	for i := range times {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		began := time.Now()
		work()
		took := float64(time.Since(began).Microseconds()) / 1000
		runtime.ReadMemStats(&after)
		if i == 0 || took < best.ms {
			best = cost{took, float64(after.TotalAlloc-before.TotalAlloc) / 1e6}
		}
	}
	return best
}

// pure measures what is done with a run once its spans are there: tree, waits, critical path, rows and frame.
func (b *bench) pure(context.Context) error {
	perJob := map[int]float64{}
	for _, jobs := range []int{100, 1000, 10_000, 100_000} {
		made := windmilltest.New(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC), 1)
		root := made.Nightly(0, jobs/3)
		rounds := pureRounds
		if jobs > 10_000 {
			rounds = 3
		}
		c := measure(rounds, func() {
			run := windmill.Build(root.ID, made.Spans)
			frame.FlowSteps(flowstep.Steps(run, run.Jobs, nil), frame.StepsInfo{}, frame.Links{})
		})
		perJob[jobs] = c.ms / float64(jobs)
		if jobs == 10_000 {
			b.figures.aim("pure_10000_time", c.ms, "ms", mostPureTime)
			b.figures.must("pure_10000_alloc", c.megabytes, "MB", mostPureAlloc)
		}
	}
	b.figures.plain("pure_slope_100_to_1000", perJob[1000]/perJob[100], "times")
	b.figures.aim("pure_slope", perJob[100_000]/perJob[1000], "times", mostSlope)
	return nil
}

// withoutSpaces names a query. The client puts spaces into long ones, see tempo.Align.
func withoutSpaces(query string) string { return strings.ReplaceAll(query, " ", "") }

// decode measures the decoding of the large run's search answers, which come from memory for it.
func (b *bench) decode(ctx context.Context) error {
	answers := map[string][]byte{}
	size := 0
	for _, c := range b.calls {
		u, err := url.Parse(c.uri)
		if err != nil || u.Path != "/api/search" {
			continue
		}
		body, err := fetch(ctx, c.target+c.uri)
		if err != nil {
			return err
		}
		answers[withoutSpaces(u.Query().Get("q"))] = body
		size += len(body)
	}
	if len(answers) == 0 {
		return errors.New("the large run made no search")
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answers[withoutSpaces(r.URL.Query().Get("q"))])
	}))
	defer s.Close()
	up, err := upstream.New(upstream.Options{Name: "Tempo", URL: s.URL})
	if err != nil {
		return err
	}
	defer up.Close()
	client, spans := tempo.New(up), 0
	var failed error
	c := measure(rounds, func() {
		spans = 0
		for q := range answers {
			res, err := client.Search(ctx, tempo.SearchRequest{Query: q, Limit: 20_000, SpansPerTrace: 100})
			failed = errors.Join(failed, err)
			spans += len(res.Spans)
		}
	})
	if spans < len(b.run.Jobs) {
		return errors.Join(failed, fmt.Errorf("the answers have %d spans of %d jobs", spans, len(b.run.Jobs)))
	}
	b.figures.plain("decode_10000_size", float64(size)/1e6, "MB")
	b.figures.plain("decode_10000_spans", float64(spans), "spans")
	b.figures.plain("decode_10000_time", c.ms, "ms")
	b.figures.plain("decode_10000_alloc", c.megabytes, "MB")
	return failed
}
