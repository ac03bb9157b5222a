package spanmetrics

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/prometheus/common/model"
)

const failedSpans = `status_code="STATUS_CODE_ERROR"`

// StepStats finds the statistics of each step in a window. Flows are among them only if Filter.Keys names them.
func (c *Client) StepStats(ctx context.Context, r StatsRequest) (StatsResult, error) {
	out := StatsResult{Source: SourceNone}
	window := r.End.Sub(r.Start)
	if window <= 0 {
		return out, c.badRange()
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
	out.Shape, out.Source = shape, d.source()
	if out.Source != SourceNone {
		d.noticeContainers(a)
		s := stats{client: c, asked: a, dims: d, rows: map[Key]*StepStats{}, window: window, at: r.End, before: r.Before}
		if s.before.IsZero() {
			s.before = r.Start
		}
		s.figures = figuresOf(d, r.Filter, window, a)
		if out.Rows, err = s.collect(ctx); err != nil {
			return StatsResult{}, err
		}
		out.Histogram = s.histogram
	}
	out.Notices, out.Queries = a.said(), a.sent()
	return out, nil
}

// figuresOf are the figures of a filter: of its keys, or of every step.
func figuresOf(d dims, f Filter, window time.Duration, a *asked) []figure {
	more := d.matchers(f, a)
	if f.Keys != nil {
		return figuresFor(d, f.Keys, window, more)
	}
	return []figure{{dims: d, matchers: append(d.base(ofSteps), more...), window: window}}
}

func (c *Client) badRange() error {
	return upstream.NewError(c.up.Name(), http.StatusBadRequest, nil, "The time range is empty: its end must be after its start.")
}

// stats collects the figures of one request.
type stats struct {
	client     *Client
	asked      *asked
	dims       dims
	figures    []figure
	window     time.Duration
	at, before time.Time // ends of the window and of the one to compare with
	histogram  Histogram
	rows       map[Key]*StepStats
}

func (s *stats) collect(ctx context.Context) ([]StepStats, error) {
	counts, h, err := s.client.countsAt(ctx, s.asked, s.dims, s.figures, s.at, s.before)
	if err != nil {
		return nil, err
	}
	s.histogram = h
	// Seconds and sizes become means below.
	times, timesBefore, sizes := map[Key]*float64{}, map[Key]*float64{}, map[Key]*float64{}
	buckets, bucketsBefore := newBucketCollector(), newBucketCollector()
	var queries []instant
	for _, f := range s.figures {
		queries = append(queries,
			s.query(f, f.sum("increase", metricCalls), func(r *StepStats) **float64 { return &r.Calls }),
			s.query(f, f.failures("increase"), func(r *StepStats) **float64 { return &r.Errors }),
			s.gather(f, f.sum("increase", metricSize), s.at, sizes),
		)
		if h != HistogramNone {
			queries = append(queries, s.quantiles(f)...)
			queries = append(queries, s.gather(f, f.seconds(h), s.at, times), s.gather(f, f.seconds(h), s.before, timesBefore),
				s.distribution(f, s.at, buckets), s.distribution(f, s.before, bucketsBefore))
		}
	}
	if err := s.client.ask(ctx, s.asked, queries); err != nil {
		return nil, err
	}
	for k, r := range s.rows {
		r.Buckets, r.PreviousBuckets = buckets.of(k), bucketsBefore.of(k)
		if n, ok := counts[1][k]; ok {
			r.PreviousCalls = &n
			if t := timesBefore[k]; t != nil && *t > 0 {
				r.PreviousMean = ptr(*t / n)
			}
		}
	}
	return s.finish(counts[0], times, sizes), nil
}

func (s *stats) quantiles(f figure) []instant {
	out := []instant{}
	for _, q := range []struct {
		quantile float64
		into     func(*StepStats) **float64
	}{
		{0.5, func(r *StepStats) **float64 { return &r.P50 }},
		{0.9, func(r *StepStats) **float64 { return &r.P90 }},
		{0.95, func(r *StepStats) **float64 { return &r.P95 }},
		{0.99, func(r *StepStats) **float64 { return &r.P99 }},
	} {
		out = append(out, s.query(f, f.quantile(q.quantile, s.histogram, "increase"), q.into))
	}
	previous := s.query(f, f.quantile(0.95, s.histogram, "increase"), func(r *StepStats) **float64 { return &r.PreviousP95 })
	previous.at = s.before
	return append(out, previous)
}

// distribution gathers the executions by bucket.
func (s *stats) distribution(f figure, at time.Time, into bucketCollector) instant {
	return instant{f.buckets(s.histogram), at, func(sample *model.Sample) {
		if k, ok := f.key(sample.Metric); ok {
			into.add(k, sample)
		}
	}}
}

// query puts an answer into each step's row.
func (s *stats) query(f figure, promql string, into func(*StepStats) **float64) instant {
	return instant{promql, s.at, func(sample *model.Sample) {
		if k, ok := f.key(sample.Metric); ok {
			set(s.asked, into(s.row(k)), finite(sample.Value))
		}
	}}
}

// gather puts an answer into a map.
func (s *stats) gather(f figure, promql string, at time.Time, into map[Key]*float64) instant {
	return instant{promql, at, func(sample *model.Sample) {
		if k, ok := f.key(sample.Metric); ok {
			v := into[k]
			set(s.asked, &v, finite(sample.Value))
			into[k] = v
		}
	}}
}

func (s *stats) row(k Key) *StepStats {
	if s.rows[k] == nil {
		s.rows[k] = &StepStats{Key: k}
	}
	return s.rows[k]
}

// finish derives the rest, and leaves out the steps that did not run in the window.
func (s *stats) finish(counts map[Key]float64, times, sizes map[Key]*float64) []StepStats {
	var out []StepStats
	for k, r := range s.rows {
		n, ok := counts[k]
		if r.Calls == nil && ok {
			r.Calls = &n // there is no calls_total, the histogram counts as well
		}
		if r.Calls == nil || *r.Calls <= 0 {
			continue
		}
		calls := *r.Calls
		r.Rate = ptr(calls / s.window.Seconds())
		if slices.Contains(s.dims.shape.Series, metricCalls) {
			if r.Errors == nil {
				r.Errors = ptr(0) // calls are known, and none of them failed
			}
			r.ErrorRatio = ptr(min(*r.Errors/calls, 1))
		}
		r.Total = times[k]
		if r.Total != nil && ok {
			r.Mean = ptr(*r.Total / n)
		}
		if size := sizes[k]; size != nil {
			r.SizeBytes = ptr(*size / calls)
		}
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b StepStats) int { return a.Compare(b.Key) })
	return out
}

func ptr(f float64) *float64 { return &f }
