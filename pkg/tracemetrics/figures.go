package tracemetrics

import (
	"context"
	"maps"
	"slices"

	"github.com/flowsteps/windmill-datasource/pkg/histogram"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
)

// figures are what TraceQL metrics tell of each step in a window.
type figures struct {
	buckets map[spanmetrics.Key]histogram.Histogram
	seconds map[spanmetrics.Key]float64
	// Failures, by the spans of executions and by those in which results are handled. A result that says it is a failure
	// shows only in the latter, which old versions of Windmill do not send.
	errors, failedResults map[spanmetrics.Key]float64
}

func newFigures() figures {
	return figures{
		map[spanmetrics.Key]histogram.Histogram{}, map[spanmetrics.Key]float64{}, map[spanmetrics.Key]float64{}, map[spanmetrics.Key]float64{},
	}
}

// distribution asks how many executions took how long.
func (f figures) distribution(g stepGroup, over span) question {
	return question{group: g, over: over, function: bucketsStage, each: func(k spanmetrics.Key, labels map[string]string, samples []tempo.MetricsSample) {
		if upper, ok := bucket(labels); ok {
			f.buckets[k] = append(f.buckets[k], histogram.Bucket{Lower: upper / 2, Upper: upper, Count: total(samples)})
		}
	}}
}

func (f figures) time(g stepGroup, over span) question {
	return question{group: g, over: over, function: secondsStage, each: func(k spanmetrics.Key, _ map[string]string, samples []tempo.MetricsSample) {
		f.seconds[k] += total(samples)
	}}
}

func (f figures) failures(g stepGroup, over span) []question {
	count := func(into map[spanmetrics.Key]float64) func(spanmetrics.Key, map[string]string, []tempo.MetricsSample) {
		return func(k spanmetrics.Key, _ map[string]string, samples []tempo.MetricsSample) { into[k] += total(samples) }
	}
	return []question{
		{group: g, over: over, more: failed, function: countStage, each: count(f.errors)},
		{group: g, over: over, more: failed, function: countStage, each: count(f.failedResults), results: true},
	}
}

// sorted orders the buckets, which Tempo gives in any order.
func (f figures) sorted() {
	for _, h := range f.buckets {
		slices.SortFunc(h, histogram.Bucket.Compare)
	}
}

// Baselines finds what steps and flows usually take. An answer is kept for a minute, see spanmetrics.BaselineCache;
// those that depend on the user are not. The maps of the answer must not be changed.
func (c *Client) Baselines(ctx context.Context, r spanmetrics.BaselineRequest) (spanmetrics.Baselines, error) {
	if c.tempo.PerUser() {
		return c.findBaselines(ctx, r)
	}
	return c.kept.Find(ctx, r, c.findBaselines)
}

func (c *Client) findBaselines(ctx context.Context, r spanmetrics.BaselineRequest) (spanmetrics.Baselines, error) {
	a, f := &asked{}, newFigures()
	var questions []question
	for _, g := range groups(r.Keys) {
		questions = append(questions, f.distribution(g, window(r.At, r.Window)))
	}
	if err := c.ask(ctx, a, questions); err != nil {
		return spanmetrics.Baselines{}, err
	}
	f.sorted()
	out := spanmetrics.Baselines{ByKey: map[spanmetrics.Key]spanmetrics.Baseline{}, Source: spanmetrics.SourceTraceQL, Resolution: Resolution}
	for k, h := range f.buckets {
		if n := h.Total(); n > 0 {
			out.ByKey[k] = spanmetrics.Baseline{P50: h.Quantile(0.5), P95: h.Quantile(0.95), Count: n}
		}
	}
	out.Notices, out.Queries = a.sorted()
	return out, nil
}

// StepStats finds the statistics of the keys in a window and in the one to compare with. The filter's keys say which;
// its other lists are not looked at.
func (c *Client) StepStats(ctx context.Context, r spanmetrics.StatsRequest) (spanmetrics.StatsResult, error) {
	a, now, before := &asked{}, newFigures(), newFigures()
	length := r.End.Sub(r.Start)
	if r.Before.IsZero() {
		r.Before = r.Start
	}
	current, previous := window(r.End, length), window(r.Before, length)
	var questions []question
	for _, g := range groups(r.Filter.Keys) {
		questions = append(questions, now.distribution(g, current), now.time(g, current),
			before.distribution(g, previous), before.time(g, previous))
		questions = append(questions, now.failures(g, current)...)
	}
	if err := c.ask(ctx, a, questions); err != nil {
		return spanmetrics.StatsResult{}, err
	}
	now.sorted()
	before.sorted()
	out := spanmetrics.StatsResult{Source: spanmetrics.SourceTraceQL}
	for _, k := range slices.SortedFunc(maps.Keys(now.buckets), spanmetrics.Key.Compare) {
		if row, ran := now.row(k, before, length.Seconds()); ran {
			out.Rows = append(out.Rows, row)
		}
	}
	out.Notices, out.Queries = a.sorted()
	return out, nil
}

func (f figures) row(k spanmetrics.Key, before figures, window float64) (spanmetrics.StepStats, bool) {
	h := f.buckets[k]
	calls, errors, seconds := h.Total(), max(f.errors[k], f.failedResults[k]), f.seconds[k]
	if calls == 0 {
		return spanmetrics.StepStats{}, false
	}
	row := spanmetrics.StepStats{
		Key: k, Calls: &calls, Rate: ptr(calls / window), Errors: &errors, ErrorRatio: ptr(min(errors/calls, 1)),
		P50: h.Quantile(0.5), P90: h.Quantile(0.9), P95: h.Quantile(0.95), P99: h.Quantile(0.99),
		Mean: ptr(seconds / calls), Total: &seconds, Buckets: h,
	}
	if old := before.buckets[k]; old.Total() > 0 {
		n := old.Total()
		row.PreviousBuckets, row.PreviousCalls, row.PreviousP95 = old, &n, old.Quantile(0.95)
		row.PreviousMean = ptr(before.seconds[k] / n)
	}
	return row, true
}

func ptr(f float64) *float64 { return &f }
