package spanmetrics

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"golang.org/x/sync/errgroup"
)

const (
	// shortestRate is the shortest window of a rate: four of Tempo's collection intervals (15 s by default).
	shortestRate = time.Minute
	// mostPoints is Prometheus' own limit of points in a series.
	mostPoints = 11000
)

// StepLatency finds quantiles of each step's latency over time. Each point covers the Step before it, and at
// least a minute.
func (c *Client) StepLatency(ctx context.Context, r LatencyRequest) (LatencyResult, error) {
	out := LatencyResult{Source: SourceNone}
	if err := c.checkLatency(r); err != nil {
		return out, err
	}
	if r.Filter.noFigures() || len(r.Quantiles) == 0 {
		return out, nil
	}
	shape, err := c.shapeIn(ctx, r.Start, r.End)
	if err != nil {
		return out, err
	}
	a, d := &asked{}, dims{shape}
	d.notices(a)
	out.Source = d.source()
	if out.Source != SourceNone {
		d.noticeContainers(a)
		figures := figuresOf(d, r.Filter, r.End.Sub(r.Start), a)
		out.Histogram = shape.Histogram
		if shape.Native && shape.Classic {
			if _, out.Histogram, err = c.counts(ctx, a, d, figures, r.End); err != nil {
				return LatencyResult{}, err
			}
		}
		if out.Series, err = c.ranges(ctx, a, figures, out.Histogram, r); err != nil {
			return LatencyResult{}, err
		}
	}
	out.Notices, out.Queries = a.said(), a.sent()
	return out, nil
}

func (c *Client) checkLatency(r LatencyRequest) error {
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

func (c *Client) ranges(ctx context.Context, a *asked, figures []figure, h Histogram, r LatencyRequest) ([]Series, error) {
	if h == HistogramNone {
		return nil, nil
	}
	over := v1.Range{Start: r.Start, End: r.End, Step: r.Step}
	var out []Series
	g, ctx := errgroup.WithContext(ctx)
	for _, f := range figures {
		f.window = max(r.Step, shortestRate)
		for _, q := range slices.Compact(slices.Sorted(slices.Values(r.Quantiles))) {
			promql := f.quantile(q, h, "rate")
			a.query(promql)
			g.Go(func() error {
				value, warnings, _, err := c.api.QueryRange(ctx, promql, over)
				if err != nil {
					return c.failed(err)
				}
				a.warnings(warnings)
				matrix, ok := value.(model.Matrix)
				if !ok {
					return c.up.Unreadable("matrix", nil)
				}
				a.mu.Lock()
				defer a.mu.Unlock()
				out = append(out, seriesOf(f, q, matrix)...)
				return nil
			})
		}
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b Series) int {
		if n := a.compare(b.Key); n != 0 {
			return n
		}
		return int(1e9*a.Quantile) - int(1e9*b.Quantile)
	})
	return out, nil
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
