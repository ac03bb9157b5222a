package plugin

import (
	"context"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

const (
	smallestStep = 15 * time.Second // span metrics are rarely collected more often
	maxPoints    = 11_000           // what Prometheus gives at most
)

// stepLatency gives quantiles of the steps' latency over time.
func (d *Datasource) stepLatency(ctx context.Context, r request) (data.Frames, error) {
	if d.metrics == nil {
		return nil, needs("step latency", "Prometheus")
	}
	n := newNotes()
	choice, err := d.chooseSteps(ctx, r, n)
	if err != nil {
		return nil, err
	}
	res, err := d.metrics.StepLatency(ctx, spanmetrics.LatencyRequest{
		Filter: choice.filter, Quantiles: r.Quantiles, Start: r.within.From, End: r.within.To, Step: stepOf(r),
	})
	if err != nil {
		return nil, err
	}
	n.fromMetrics(res.Notices, res.Queries)
	n.info.Custom["baselineSource"], n.info.Custom["baselineHistogram"] = string(res.Source), string(res.Histogram)
	series := make([]frame.LatencySeries, 0, len(res.Series))
	for _, s := range res.Series {
		key := flowstep.Key(s.Key)
		if key.Step == "" || !choice.keep(key) {
			continue
		}
		line := frame.LatencySeries{
			Key: key, Flow: flowstep.FlowOf(key, choice.flowOf(key)), Quantile: s.Quantile,
			Times: make([]time.Time, 0, len(s.Points)), Values: make([]*float64, 0, len(s.Points)),
		}
		for _, p := range s.Points {
			line.Times, line.Values = append(line.Times, p.Time), append(line.Values, p.Value)
		}
		series = append(series, line)
	}
	return frame.StepLatency(series, n.info), nil
}

// stepOf is the distance of the points: what Grafana proposes, or what gives as many points as fit, not below 15 s.
func stepOf(r request) time.Duration {
	step := r.step
	whole := r.within.To.Sub(r.within.From)
	if step <= 0 && r.points > 0 {
		step = whole / time.Duration(r.points)
	}
	return max(step, smallestStep, whole/maxPoints).Truncate(time.Second)
}
