package spanmetrics

import (
	"context"
	"time"

	"github.com/prometheus/common/model"
)

// findBaselines asks for what steps usually take; see Baselines.
func (c *Client) findBaselines(ctx context.Context, r BaselineRequest) (Baselines, error) {
	out := Baselines{ByKey: map[Key]Baseline{}, Source: SourceNone}
	if len(r.Keys) == 0 {
		return out, nil
	}
	b, err := c.begin(ctx, r.At.Add(-r.Window), r.At)
	if err != nil {
		return out, err
	}
	out.Shape, out.Source = b.dims.shape, b.dims.source()
	if out.Source != SourceNone {
		if out.Histogram, err = c.baselines(ctx, b.asked, b.dims, r, out.ByKey); err != nil {
			return Baselines{}, err
		}
		if out.Resolution, err = c.resolution(ctx, out.Histogram, r.At.Add(-r.Window), r.At); err != nil {
			return Baselines{}, err
		}
	}
	out.Notices, out.Queries = b.said(), b.sent()
	return out, nil
}

func (c *Client) baselines(ctx context.Context, a *asked, d dims, r BaselineRequest, into map[Key]Baseline) (Histogram, error) {
	figures := figuresFor(d, r.Keys, r.Window, nil)
	counts, h, err := c.counts(ctx, a, d, figures, r.At)
	if err != nil || h == HistogramNone {
		return h, err
	}
	found := map[Key]*Baseline{}
	for k, n := range counts {
		found[k] = &Baseline{Count: n}
	}
	var queries []instant
	for _, f := range figures {
		for _, q := range []struct {
			quantile float64
			into     func(*Baseline) **float64
		}{
			{0.5, func(b *Baseline) **float64 { return &b.P50 }},
			{0.95, func(b *Baseline) **float64 { return &b.P95 }},
		} {
			queries = append(queries, instant{f.quantile(q.quantile, h, increase), r.At, func(s *model.Sample) {
				if k, ok := f.key(s.Metric); ok && found[k] != nil {
					b := found[k]
					set(a, q.into(b), finite(s.Value))
				}
			}})
		}
	}
	if err := c.ask(ctx, a, queries); err != nil {
		return h, err
	}
	for _, k := range r.Keys {
		if b := found[d.reduce(k)]; b != nil && (k.Step != "" || !d.byName()) {
			into[k] = *b
		}
	}
	return h, nil
}

// counts gives the executions by key, and the histogram to take quantiles from.
func (c *Client) counts(ctx context.Context, a *asked, d dims, figures []figure, at time.Time) (map[Key]float64, Histogram, error) {
	by, h, err := c.countsAt(ctx, a, d, figures, at)
	if err != nil {
		return nil, HistogramNone, err
	}
	return by[0], h, nil
}

// countsAt gives the executions in the windows that end at some times. All of them are of the same kind of histogram.
func (c *Client) countsAt(ctx context.Context, a *asked, d dims, figures []figure, times ...time.Time) ([]map[Key]float64, Histogram, error) {
	by := make([]map[Histogram]map[Key]float64, len(times))
	var queries []instant
	for i, at := range times {
		by[i] = map[Histogram]map[Key]float64{}
		for _, h := range d.shape.histograms() {
			counts := map[Key]float64{}
			by[i][h] = counts
			for _, f := range figures {
				queries = append(queries, instant{f.count(h, increase), at, func(s *model.Sample) { count(a, f, counts, s) }})
			}
		}
	}
	if err := c.ask(ctx, a, queries); err != nil {
		return nil, HistogramNone, err
	}
	h := d.shape.Histogram
	for i := range times {
		if betterHistogram(d.shape, total(by[i][HistogramNative]), total(by[i][HistogramClassic])) == HistogramClassic {
			h = HistogramClassic
		}
	}
	out := make([]map[Key]float64, len(times))
	for i := range times {
		out[i] = by[i][h]
	}
	return out, h, nil
}

func count(a *asked, f figure, counts map[Key]float64, s *model.Sample) {
	k, ok := f.key(s.Metric)
	if n := finite(s.Value); ok && n != nil && *n > 0 {
		if _, twice := counts[k]; twice {
			a.notice(duplicateNotice)
			return
		}
		counts[k] = *n
	}
}

const duplicateNotice = "Prometheus gave two answers for the same step: the first is shown."

// set keeps the first value of a figure.
func set(a *asked, into **float64, v *float64) {
	if v == nil {
		return
	}
	if *into != nil {
		a.notice(duplicateNotice)
		return
	}
	*into = v
}

func total(counts map[Key]float64) (sum float64) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// betterHistogram takes the native one, which is finer, unless it was turned on in the course of the window
// and so knows clearly less.
func betterHistogram(s Shape, native, classic float64) Histogram {
	switch {
	case s.Native && s.Classic && native < 0.9*classic:
		return HistogramClassic
	default:
		return s.Histogram
	}
}

func (s Shape) histograms() []Histogram {
	var out []Histogram
	if s.Native {
		out = append(out, HistogramNative)
	}
	if s.Classic {
		out = append(out, HistogramClassic)
	}
	return out
}
