// Package tracemetrics has the figures of steps from TraceQL metrics, which Tempo makes of the traces themselves. They
// stand in where span metrics do not tell the steps of different flows apart. Its answers are those of spanmetrics.
package tracemetrics

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/histogram"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
)

// Resolution is that of Tempo's buckets, whose bounds are powers of two.
var Resolution = histogram.Resolution{Factor: 2}

// stepsOfWindow is in how many steps Tempo counts a window: it rounds its ends to whole steps.
const stepsOfWindow = 60

// Client asks one Tempo. It is safe for concurrent use. Its errors are *upstream.Error.
type Client struct {
	tempo *tempo.Client
	kept  *spanmetrics.BaselineCache
}

// New makes a client.
func New(t *tempo.Client) *Client { return &Client{t, spanmetrics.NewBaselineCache()} }

// asked is what a request has sent, and what is to be said.
type asked struct {
	mu      sync.Mutex
	queries []string
	notices []string
}

func (a *asked) add(list *[]string, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !slices.Contains(*list, text) {
		*list = append(*list, text)
	}
}

func (a *asked) sorted() (notices, queries []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	slices.Sort(a.notices)
	slices.Sort(a.queries)
	return a.notices, a.queries
}

// span is a stretch of time and the steps in which it is counted.
type span struct {
	start, end time.Time
	step       time.Duration
}

// window is counted as a whole.
func window(end time.Time, length time.Duration) span {
	step := max(length/stepsOfWindow, time.Second).Truncate(time.Second)
	return span{end.Add(-length), end, step}
}

// question is a TraceQL metrics query over the keys of a group.
type question struct {
	group    stepGroup
	over     span
	results  bool   // count the spans in which results are handled, in place of the executions
	more     string // a further condition
	function string
	by       []string // further labels to group by
	each     func(k spanmetrics.Key, labels map[string]string, samples []tempo.MetricsSample)
}

func (q question) traceQL() string {
	name := executionName
	if q.results {
		name = resultName
	}
	condition := q.group.condition(name)
	if q.more != "" {
		condition += " && " + q.more
	}
	return "{ " + condition + " } | " + q.function + " by (" + strings.Join(append(q.group.labels(), q.by...), ", ") + ")"
}

// ask runs questions concurrently. The functions run one after another.
func (c *Client) ask(ctx context.Context, a *asked, questions []question) error {
	answers := make([]tempo.MetricsResult, len(questions))
	g, ctx := group.WithContext(ctx)
	for i, q := range questions {
		traceQL := q.traceQL()
		a.add(&a.queries, traceQL)
		g.Go(func() (err error) {
			defer upstream.MeterOf(ctx).Time(traceQL)()
			answers[i], err = c.tempo.QueryRange(ctx, tempo.MetricsRequest{Query: traceQL, Start: q.over.start, End: q.over.end, Step: q.over.step})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, q := range questions {
		if answers[i].Start.After(q.over.start) {
			a.add(&a.notices, fmt.Sprintf("Tempo answers TraceQL metrics only over %s (query_frontend.metrics.max_duration), so the window is that long in place of %s.",
				q.over.end.Sub(answers[i].Start).Round(time.Minute), q.over.end.Sub(q.over.start).Round(time.Minute)))
		}
		for _, s := range answers[i].Series {
			if k, ok := q.group.key(s.Labels); ok {
				q.each(k, s.Labels, s.Samples)
			}
		}
	}
	return nil
}

func total(samples []tempo.MetricsSample) (sum float64) {
	for _, s := range samples {
		sum += s.Value
	}
	return sum
}

const (
	countStage   = "count_over_time()"
	secondsStage = "sum_over_time(duration)"
	bucketsStage = "histogram_over_time(duration)"
	bucketLabel  = "__bucket"
	failed       = "status = error"
)

// bucket reads the upper bound of a bucket, in seconds.
func bucket(labels map[string]string) (upper float64, ok bool) {
	upper, err := strconv.ParseFloat(labels[bucketLabel], 64)
	return upper, err == nil && upper > 0
}
