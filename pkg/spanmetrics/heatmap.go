package spanmetrics

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/histogram"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"golang.org/x/sync/errgroup"
)

// HeatmapRequest asks for the executions by time and by how long they took.
type HeatmapRequest struct {
	Filter     Filter
	Keep       func(Key) bool // which of the steps that match count
	Start, End time.Time
	Step       time.Duration // length of an interval; at least ShortestInterval is taken
	Sampled    time.Duration // as in SeriesRequest: windows reach so much further back, and their counts are scaled to the interval
}

// ShortestInterval is the shortest interval that counters tell the executions of: four of Tempo's collections.
const ShortestInterval = shortestRate

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

// Heatmap counts the executions of the steps that match, in intervals that do not overlap.
func (c *Client) Heatmap(ctx context.Context, r HeatmapRequest) (HeatmapResult, error) {
	out := HeatmapResult{Source: SourceNone, Interval: max(r.Step, ShortestInterval)}
	r.Start, r.End = r.Start.Truncate(time.Second), r.End.Truncate(time.Second) // whole intervals, to the last
	if err := c.checkSeries(SeriesRequest{Start: r.Start, End: r.End, Step: out.Interval}); err != nil {
		return out, err
	}
	if r.Filter.noFigures() {
		return out, nil
	}
	shape, err := c.shapeIn(ctx, r.Start, r.End)
	if err != nil {
		return out, err
	}
	a, d := &asked{}, dims{shape}
	d.notices(a)
	out.Shape = shape
	if out.Source = d.source(); out.Source != SourceNone {
		d.noticeContainers(a)
		if err := c.heatmap(ctx, a, d, r, &out); err != nil {
			return HeatmapResult{}, err
		}
	}
	out.Notices, out.Queries = a.said(), a.sent()
	return out, nil
}

func (c *Client) heatmap(ctx context.Context, a *asked, d dims, r HeatmapRequest, out *HeatmapResult) error {
	figures := figuresOf(d, r.Filter, r.End.Sub(r.Start), a)
	counts, h, err := c.counts(ctx, a, d, figures, r.End)
	if err != nil || h == HistogramNone {
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
	window := out.Interval + r.Sampled
	sum := newHeatmapSum(float64(out.Interval) / float64(window))
	g, ctx := errgroup.WithContext(ctx)
	for _, f := range figures {
		f.window = window
		f.whole = len(out.Steps) == len(counts) // then Prometheus adds the steps up
		g.Go(func() error {
			over := v1.Range{Start: r.Start.Add(out.Interval), End: r.End, Step: out.Interval}
			matrix, err := c.queryRange(ctx, a, f.buckets(h), over)
			if err != nil {
				return err
			}
			a.mu.Lock()
			defer a.mu.Unlock()
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

// heatmapSum adds up the buckets of several series by time.
type heatmapSum struct {
	scale   float64                               // of every count
	native  map[model.Time]map[[2]float64]float64 // by bounds
	classic map[model.Time]map[float64]float64    // cumulative, by upper bound
}

func newHeatmapSum(scale float64) heatmapSum {
	return heatmapSum{scale, map[model.Time]map[[2]float64]float64{}, map[model.Time]map[float64]float64{}}
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
			s.native[p.Timestamp][[2]float64{b.Lower, b.Upper}] += b.Count * s.scale
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
			s.classic[p.Timestamp][upper] += *v * s.scale
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
