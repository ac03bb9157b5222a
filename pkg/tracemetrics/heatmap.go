package tracemetrics

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/histogram"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
)

// Heatmap counts the executions of the filter's keys together, by time and by how long they took.
func (c *Client) Heatmap(ctx context.Context, r spanmetrics.HeatmapRequest) (spanmetrics.HeatmapResult, error) {
	a, s := &asked{}, newSeries(max(r.Step.Truncate(time.Second), time.Second))
	keys := slices.DeleteFunc(slices.Clone(r.Filter.Keys), func(k spanmetrics.Key) bool { return !r.Keep(k) })
	var questions []question
	for _, g := range groups(keys) {
		questions = append(questions, s.buckets(g, span{r.Start, r.End, s.step}))
	}
	if err := c.ask(ctx, a, questions); err != nil {
		return spanmetrics.HeatmapResult{}, err
	}
	out := spanmetrics.HeatmapResult{Source: spanmetrics.SourceTraceQL, Interval: s.step}
	out.Steps = slices.SortedFunc(maps.Keys(s.histograms), spanmetrics.Key.Compare)
	out.Columns = s.columns(r.End)
	out.Notices, out.Queries = a.sorted()
	return out, nil
}

// columns adds the steps up. The last interval has not ended.
func (s series) columns(end time.Time) (out []spanmetrics.Column) {
	sums := map[time.Time]map[float64]float64{} // by upper bound
	for _, intervals := range s.histograms {
		for at, h := range intervals {
			if sums[at] == nil {
				sums[at] = map[float64]float64{}
			}
			for _, b := range h {
				sums[at][b.Upper] += b.Count
			}
		}
	}
	for _, at := range slices.SortedFunc(maps.Keys(sums), time.Time.Compare) {
		if at.Add(s.step).After(end) {
			continue
		}
		column := spanmetrics.Column{End: at.Add(s.step)}
		for _, upper := range slices.Sorted(maps.Keys(sums[at])) {
			column.Buckets = append(column.Buckets, histogram.Bucket{Lower: upper / 2, Upper: upper, Count: sums[at][upper]})
		}
		out = append(out, column)
	}
	return out
}
