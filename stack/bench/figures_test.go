package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	flowquery "github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

func TestFigures(t *testing.T) {
	var out strings.Builder
	f := &figures{out: &out}
	f.plain("a", 17506, "spans")
	f.aim("b", 1.234, "times", 1.1)
	f.must("c", 40, "requests", 40)
	require.NoError(t, f.verdict(), "a time beyond its target is no failure")
	f.must("d", 200.14, "MiB", 200)
	require.EqualError(t, f.verdict(), "beyond the target: d")
	require.Equal(t, "figure: a 17506 spans\nfigure: b 1.23 times (target <= 1.10)\nfigure: c 40 requests (target <= 40)\nfigure: d 200.1 MiB (target <= 200)\n", out.String())
}

func TestMedian(t *testing.T) {
	require.InDelta(t, 2, median([]float64{9, 1, 2}), 0)
	require.InDelta(t, 1.5, median([]float64{2, 1}), 0)
}

// The replay sends what the recorder saw, in the same order of what waited for what.
func TestRecorderAndReplay(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, r.Method+" "+r.URL.RequestURI())
	}))
	defer target.Close()
	r := &recorder{}
	defer r.close()
	base, err := r.before(target.URL)
	require.NoError(t, err)
	for _, path := range []string{"/a?x=1", "/b", "/c"} {
		res, err := http.Get(base + path)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
	}
	var calls []call
	require.Eventually(t, func() bool {
		calls = append(calls, r.take()...)
		return len(calls) == 3
	}, 10*time.Second, time.Millisecond)
	require.Equal(t, 1, most(calls))
	want := seen
	seen = nil
	_, err = replay(t.Context(), calls)
	require.NoError(t, err)
	require.Equal(t, want, seen)

	target.Close()
	_, err = replay(t.Context(), calls)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "x=1")
}

func TestExponent(t *testing.T) {
	jobs := []int{100, 1000, 10_000}
	require.InDelta(t, 1, exponent(jobs, []float64{3, 3, 3}), 1e-9, "the same time for each job")
	require.InDelta(t, 2, exponent(jobs, []float64{1, 10, 100}), 1e-9)
	require.InDelta(t, 1.5, exponent(jobs, []float64{10, 31.6227766, 100}), 1e-6)
}

// What the slopes are taken of is decoded to the spans that it was made of.
func TestDecodedAnswers(t *testing.T) {
	d, err := newDecoder()
	require.NoError(t, err)
	defer d.close()
	made := nightly(100, 1)
	for i, part := range partsOf(made.spans, 3) {
		d.answers[fmt.Sprintf("{%d}", i)] = searchAnswer(part)
	}
	answers, err := d.decode(t.Context(), 2)
	require.NoError(t, err)
	require.Len(t, answers, 3)
	require.ElementsMatch(t, idsOf(made.spans), idsOf(slices.Concat(answers...)))
}

// idsOf names spans with what their order or a mistake of the decoder would change.
func idsOf(spans []windmill.Span) (list []string) {
	for _, s := range spans {
		list = append(list, fmt.Sprint(s.TraceID, s.SpanID, s.Start.UnixNano(), s.Duration, s.JobID, s.ParentJob, s.Step, s.ScriptPath, s.Worker))
	}
	return list
}

func TestSteadyGivesUp(t *testing.T) {
	var out strings.Builder
	b := &bench{figures: &figures{out: &out}}
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	require.NoError(t, b.steady(ctx, "x", func() error { calls++; return nil }))
	require.Equal(t, 1, calls)
	err := b.steady(ctx, "x", func() error {
		calls++
		cancel() // no time is waited
		return errors.New("EOF")
	})
	require.EqualError(t, err, "EOF")
	require.Equal(t, 2, calls)
}

// What is measured is what the provisioned dashboards ask, and every query type there is.
func TestPanelsAreThoseOfTheDashboards(t *testing.T) {
	measured := map[string]bool{}
	for _, p := range append(panels("id"), logsPanel("id")) {
		measured[p.kind()] = true
	}
	for _, kind := range flowquery.Types() {
		require.Contains(t, measured, string(kind))
	}
	files, err := filepath.Glob("../../provisioning/dashboards/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		found := regexp.MustCompile(`"queryType": "([a-z-]+)"`).FindAllStringSubmatch(string(text), -1)
		require.NotEmpty(t, found)
		for _, q := range found {
			require.Contains(t, measured, q[1], "of %s", file)
		}
	}
}
