package spanmetrics

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/prometheus/common/model"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Labels that a trace id has in exemplars: Tempo's default, and that of the shipped configuration.
var traceIDLabels = []model.LabelName{"trace_id", "traceID"}

// ExemplarRequest asks for executions behind the figures of the steps that match.
type ExemplarRequest struct {
	Filter     Filter
	Keep       func(Key) bool // which of the steps that match count
	Start, End time.Time
	Step       time.Duration // of each step at most one is given in an interval, the slowest
	Limit      int           // at most so many: the slowest
}

// Exemplar is one execution.
type Exemplar struct {
	Key
	Time    time.Time
	Seconds float64
	TraceID string // 32 hexadecimal digits
}

// ExemplarResult holds exemplars by time.
type ExemplarResult struct {
	List    []Exemplar
	Queries []string
}

// Exemplars finds traces of executions. Tempo writes them with classic buckets alone; a server without exemplars gives
// none.
func (c *Client) Exemplars(ctx context.Context, r ExemplarRequest) (ExemplarResult, error) {
	var out ExemplarResult
	if r.Filter.noFigures() {
		return out, nil
	}
	b, err := c.begin(ctx, r.Start, r.End)
	if err != nil || !b.dims.shape.Classic || b.dims.source() == SourceNone {
		return out, err
	}
	var found []Exemplar
	g, ctx := group.WithContext(ctx)
	for _, f := range b.figuresOf(r.Filter, r.End.Sub(r.Start)) {
		g.Go(func() error {
			query := selector(metricBucket, f.matchers)
			b.query(query)
			answer, err := c.api.QueryExemplars(ctx, query, r.Start, r.End)
			if err != nil {
				return c.failed(err)
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			for _, series := range answer {
				k, ok := f.key(b.dims.folded(series.SeriesLabels))
				if !ok || k.Step == "" || !r.Keep(k) {
					continue
				}
				for _, e := range series.Exemplars {
					if id := traceID(e.Labels); id != "" {
						found = append(found, Exemplar{k, e.Timestamp.Time().UTC(), float64(e.Value), id})
					}
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return ExemplarResult{}, err
	}
	return ExemplarResult{List: thin(found, r.Step, r.Limit), Queries: b.sent()}, nil
}

// folded gives the labels of a single series those that an aggregation by step has.
func (d dims) folded(series model.LabelSet) model.Metric {
	m := model.Metric{}
	for _, l := range d.groups(ofSteps) {
		if v, ok := series[model.LabelName(l)]; ok {
			m[model.LabelName(l)] = v
		}
	}
	if d.raw() {
		m[labelStepPath] = model.LabelValue(windmill.StepPath(string(series[labelScriptPath])))
	}
	return m
}

func traceID(labels model.LabelSet) string {
	for _, l := range traceIDLabels {
		if id := string(labels[l]); id != "" && len(id) <= 32 {
			return windmill.PadTraceID(id)
		}
	}
	return ""
}

// thin keeps the slowest exemplar of each step and interval, and of all the slowest.
func thin(list []Exemplar, step time.Duration, limit int) []Exemplar {
	type place struct {
		Key
		interval int64
	}
	seen := map[place]bool{}
	slices.SortFunc(list, func(a, b Exemplar) int {
		return cmp.Or(cmp.Compare(b.Seconds, a.Seconds), a.Time.Compare(b.Time), cmp.Compare(a.TraceID, b.TraceID))
	})
	list = slices.DeleteFunc(list, func(e Exemplar) bool {
		p := place{e.Key, e.Time.UnixNano() / int64(max(step, 1))}
		twice := seen[p]
		seen[p] = true
		return twice
	})
	list = list[:min(len(list), limit)]
	slices.SortFunc(list, func(a, b Exemplar) int {
		return cmp.Or(a.Time.Compare(b.Time), a.Compare(b.Key))
	})
	return list
}
