package spanmetrics

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

// mostPoints is Prometheus' own limit of points in a series.
const mostPoints = 11000

// StepSeries finds a figure of each step over time. Each point covers the Step before it, and at least four samples
// of the counters.
func (c *Client) StepSeries(ctx context.Context, r SeriesRequest) (SeriesResult, error) {
	out := SeriesResult{Source: SourceNone}
	if err := c.checkSeries(r); err != nil {
		return out, err
	}
	if r.Filter.noFigures() || (r.Measure == MeasureLatency && len(r.Quantiles) == 0) {
		return out, nil
	}
	b, err := c.begin(ctx, r.Start, r.End)
	if err != nil {
		return out, err
	}
	out.Shape, out.Source = b.dims.shape, b.dims.source()
	if out.Source != SourceNone {
		sampled := c.sampled(ctx, out.Shape, r.End)
		figures := b.figuresOf(r.Filter, r.End.Sub(r.Start))
		if out.Histogram, err = c.histogramFor(ctx, b.asked, b.dims, figures, r.End); err != nil {
			return SeriesResult{}, err
		}
		if out.Series, err = c.ranges(ctx, b.asked, figures, out.Histogram, sampled, r); err != nil {
			return SeriesResult{}, err
		}
	}
	out.Notices, out.Queries = b.said(), b.sent()
	return out, nil
}

// windowOf is how much a point of counts covers: all of what was executed since the point before.
func windowOf(step, sampled time.Duration) time.Duration { return max(step, shortestWindow*sampled) }

// histogramFor is the kind of histogram to use. Only where there are both it takes a question.
func (c *Client) histogramFor(ctx context.Context, a *asked, d dims, figures []figure, at time.Time) (Histogram, error) {
	if !d.shape.Native || !d.shape.Classic {
		return d.shape.Histogram, nil
	}
	_, h, err := c.counts(ctx, a, d, figures, at)
	return h, err
}

func (c *Client) checkSeries(r SeriesRequest) error {
	switch {
	case !r.End.After(r.Start):
		return c.badRange()
	case r.Step <= 0:
		return upstream.NewError(c.up.Name(), http.StatusBadRequest, nil, "The interval must be longer than zero.")
	case r.End.Sub(r.Start)/r.Step > mostPoints:
		return upstream.NewError(c.up.Name(), http.StatusBadRequest, nil,
			"The interval is too short for this time range: Prometheus gives at most %d points.", mostPoints)
	}
	for _, q := range r.Quantiles {
		if !(q >= 0 && q <= 1) {
			return upstream.NewError(c.up.Name(), http.StatusBadRequest, nil, "A quantile must be from 0 to 1, %v is not.", q)
		}
	}
	return nil
}

// seriesQuery is one PromQL of a series request. The quantile is 0 for other measures than latency.
type seriesQuery struct {
	promql   string
	figure   figure
	quantile float64
}

func (f figure) seriesQueries(a *asked, h Histogram, sampled time.Duration, r SeriesRequest) []seriesQuery {
	if r.Measure == MeasureLatency {
		// To count each bucket exactly takes Prometheus five times as long, and hardly moves a quantile. A window that
		// reaches a sample further back loses nothing.
		f.window = windowOf(r.Step+sampled, sampled)
		var out []seriesQuery
		if h != HistogramNone {
			for _, q := range slices.Compact(slices.Sorted(slices.Values(r.Quantiles))) {
				out = append(out, seriesQuery{f.quantile(q, h, rate), f, q})
			}
		}
		return out
	}
	f.window = windowOf(r.Step, sampled)
	promql, missing := f.measure(r.Measure, h)
	if missing != "" {
		a.notice("The span metrics have no " + missing + ", so this cannot be told: Save & test of the data source says what to configure.")
		return nil
	}
	return []seriesQuery{{promql, f, 0}}
}

func (c *Client) ranges(ctx context.Context, a *asked, figures []figure, h Histogram, sampled time.Duration, r SeriesRequest) ([]Series, error) {
	over := v1.Range{Start: align(r.Start, windowOf(r.Step, sampled)), End: r.End, Step: r.Step}
	var out []Series
	g, ctx := group.WithContext(ctx)
	for _, f := range figures {
		for _, q := range f.seriesQueries(a, h, sampled, r) {
			g.Go(func() error {
				matrix, err := c.queryRange(ctx, a, q.promql, over)
				if err != nil {
					return err
				}
				a.mu.Lock()
				defer a.mu.Unlock()
				out = append(out, seriesOf(q.figure, q.quantile, matrix)...)
				return nil
			})
		}
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b Series) int {
		return cmp.Or(a.Compare(b.Key), cmp.Compare(a.Quantile, b.Quantile))
	})
	return out, nil
}

func (c *Client) queryRange(ctx context.Context, a *asked, promql string, over v1.Range) (model.Matrix, error) {
	a.query(promql)
	value, warnings, _, err := c.api.QueryRange(ctx, promql, over)
	if err != nil {
		return nil, c.failed(err)
	}
	a.warnings(c.up.CleanAll(warnings))
	matrix, ok := value.(model.Matrix)
	if !ok {
		return nil, c.up.Unreadable("matrix", nil)
	}
	return matrix, nil
}

func seriesOf(f figure, q float64, matrix model.Matrix) []Series {
	var out []Series
	for _, stream := range matrix {
		if stream == nil {
			continue
		}
		k, ok := f.key(stream.Metric)
		if !ok {
			continue
		}
		s := Series{Key: k, Quantile: q}
		some := false
		for _, p := range stream.Values {
			v := finite(p.Value)
			some = some || v != nil
			s.Points = append(s.Points, Point{Time: p.Timestamp.Time().UTC(), Value: v})
		}
		if some {
			out = append(out, s)
		}
	}
	return out
}
