package plugin

import (
	"context"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
)

const (
	smallestStep = 15 * time.Second // span metrics are rarely collected more often
	maxPoints    = 11_000           // what Prometheus gives at most
)

// stepSeries asks for a measure of the steps over time, and leaves out the steps that are not of the flows asked for.
func (d *Datasource) stepSeries(ctx context.Context, r request, n *notes, choice stepChoice, m spanmetrics.Measure) ([]flowstep.Series, error) {
	res, err := fromFigures(ctx, d, n, choice.source(r), func(f figures) (spanmetrics.SeriesResult, bool, error) {
		res, err := f.StepSeries(ctx, spanmetrics.SeriesRequest{
			Filter: choice.filterFor(f), Measure: m, Quantiles: r.Quantiles, Start: r.within.From, End: r.within.To, Step: stepOf(r),
		})
		return res, len(res.Series) > 0, err
	})
	if err != nil {
		return nil, err
	}
	n.fromFigures(res.Source, res.Histogram, res.Notices, res.Queries)
	choice.sayTraced(n, res.Source)
	series := make([]flowstep.Series, 0, len(res.Series))
	for _, s := range res.Series {
		key := flowstep.Key(s.Key)
		if key.Step == "" || !choice.keep(key) {
			continue
		}
		line := flowstep.Series{
			Key: key, Flow: flowstep.FlowOf(key, choice.flowOf(key)), Quantile: s.Quantile, Points: make([]flowstep.Point, len(s.Points)),
			Matchers: res.Shape.SeriesOf(s.Key),
		}
		for i, p := range s.Points {
			line.Points[i] = flowstep.Point(p)
		}
		series = append(series, line)
	}
	return series, nil
}

// stepOf is the distance of the points: what Grafana proposes, or what gives as many points as fit, not below 15 s. It
// is rounded up to whole seconds, so that there are never more points than Prometheus gives, both ends counted.
func stepOf(r request) time.Duration {
	step := r.step
	whole := r.within.To.Sub(r.within.From)
	if step <= 0 && r.points > 0 {
		step = whole / time.Duration(r.points)
	}
	step = max(step, smallestStep, whole/(maxPoints-1))
	return (step + time.Second - 1).Truncate(time.Second)
}
