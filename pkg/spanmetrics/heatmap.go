package spanmetrics

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/histogram"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

// HeatmapRequest asks for the executions by time and by how long they took.
type HeatmapRequest struct {
	Filter     Filter
	Keep       func(Key) bool // which of the steps that match count
	Start, End time.Time
	Step       time.Duration // length of an interval; of span metrics at least four samples of the counters
}

// Column is an interval of a heatmap.
type Column struct {
	End     time.Time
	Buckets histogram.Histogram
}

// HeatmapResult holds the executions of all steps together.
type HeatmapResult struct {
	Columns   []Column // by time
	Interval  time.Duration
	Steps     []Key // those that were summed
	Shape     Shape // of the series in the range
	Source    Source
	Histogram Histogram
	Notices   []string
	Queries   []string
}

// Heatmap counts the executions of the steps that match, in intervals that follow each other: each execution is in one.
func (c *Client) Heatmap(ctx context.Context, r HeatmapRequest) (HeatmapResult, error) {
	out := HeatmapResult{Source: SourceNone, Interval: r.Step}
	r.Start, r.End = r.Start.Truncate(time.Second), r.End.Truncate(time.Second) // whole intervals, to the last
	over := SeriesRequest{Start: r.Start, End: r.End, Step: r.Step}
	if err := c.checkSeries(over); err != nil {
		return out, err
	}
	if r.Filter.noFigures() {
		return out, nil
	}
	b, err := c.begin(ctx, r.Start, r.End)
	if err != nil {
		return out, err
	}
	out.Shape = b.dims.shape
	if out.Source = b.dims.source(); out.Source != SourceNone {
		out.Interval = windowOf(r.Step, c.sampled(ctx, out.Shape, r.End))
		if err := c.heatmap(ctx, b, r, &out); err != nil {
			return HeatmapResult{}, err
		}
	}
	out.Notices, out.Queries = b.said(), b.sent()
	return out, nil
}

func (c *Client) heatmap(ctx context.Context, b begun, r HeatmapRequest, out *HeatmapResult) error {
	figures := b.figuresOf(r.Filter, r.End.Sub(r.Start))
	h, err := c.histogramFor(ctx, b.asked, b.dims, figures, r.End)
	if err != nil || h == HistogramNone {
		return err
	}
	counts, err := c.executed(ctx, b.asked, figures, r.End)
	if err != nil {
		return err
	}
	out.Histogram = h
	for k := range counts {
		if k.Step != "" && r.Keep(k) {
			out.Steps = append(out.Steps, k)
		}
	}
	slices.SortFunc(out.Steps, Key.Compare)
	if len(out.Steps) == 0 {
		return nil
	}
	sum := newHeatmapSum()
	over := v1.Range{Start: align(r.Start, out.Interval).Add(out.Interval), End: r.End, Step: out.Interval}
	g, ctx := group.WithContext(ctx)
	for _, f := range figures {
		f.window = out.Interval
		f.whole = len(out.Steps) == len(counts) // then Prometheus adds the steps up
		g.Go(func() error {
			matrix, err := c.queryRange(ctx, b.asked, f.buckets(h, exactly), over)
			if err != nil {
				return err
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			for _, stream := range matrix {
				if k, ok := f.key(stream.Metric); f.whole || (ok && slices.Contains(out.Steps, k)) {
					sum.add(stream)
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	out.Columns = sum.columns()
	return nil
}

// executed are the steps with executions in the windows of figures. Native histograms know too little of steps that run
// seldom: increase sees nothing of the first execution of their series.
func (c *Client) executed(ctx context.Context, a *asked, figures []figure, at time.Time) (map[Key]float64, error) {
	counts := map[Key]float64{}
	var queries []instant
	for _, f := range figures {
		promql := f.count(HistogramNative, increase)
		if beside := f.dims.shape.beside(); beside != "" {
			promql = f.sum(increase, beside)
		}
		queries = append(queries, instant{promql, at, func(s *model.Sample) { count(a, f, counts, s) }})
	}
	return counts, c.ask(ctx, a, queries)
}

// heatmapSum adds up the buckets of several series by time.
type heatmapSum struct {
	native  map[model.Time]map[[2]float64]float64 // by bounds
	classic map[model.Time]map[float64]float64    // cumulative, by upper bound
}

func newHeatmapSum() heatmapSum {
	return heatmapSum{map[model.Time]map[[2]float64]float64{}, map[model.Time]map[float64]float64{}}
}

func (s heatmapSum) add(stream *model.SampleStream) {
	for _, p := range stream.Histograms {
		if p.Histogram == nil {
			continue
		}
		if s.native[p.Timestamp] == nil {
			s.native[p.Timestamp] = map[[2]float64]float64{}
		}
		for _, b := range native(p.Histogram) {
			s.native[p.Timestamp][[2]float64{b.Lower, b.Upper}] += b.Count
		}
	}
	upper, ok := bound(stream.Metric)
	if !ok {
		return
	}
	for _, p := range stream.Values {
		if v := finite(p.Value); v != nil {
			if s.classic[p.Timestamp] == nil {
				s.classic[p.Timestamp] = map[float64]float64{}
			}
			s.classic[p.Timestamp][upper] += *v
		}
	}
}

func (s heatmapSum) columns() []Column {
	var out []Column
	for at, buckets := range s.native {
		column := Column{End: at.Time().UTC()}
		for bounds, n := range buckets {
			column.Buckets = append(column.Buckets, histogram.Bucket{Lower: bounds[0], Upper: bounds[1], Count: n})
		}
		out = append(out, column)
	}
	for at, buckets := range s.classic {
		list := make([]histogram.Cumulative, 0, len(buckets))
		for _, upper := range slices.Sorted(maps.Keys(buckets)) {
			list = append(list, histogram.Cumulative{Upper: upper, Count: buckets[upper]})
		}
		out = append(out, Column{End: at.Time().UTC(), Buckets: histogram.FromCumulative(list)})
	}
	for _, column := range out {
		slices.SortFunc(column.Buckets, histogram.Bucket.Compare)
	}
	slices.SortFunc(out, func(a, b Column) int { return a.End.Compare(b.End) })
	return out
}
