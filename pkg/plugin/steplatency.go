package plugin

import (
	"context"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// stepLatency gives quantiles of the steps' latency over time, or another measure of them.
func (d *Datasource) stepLatency(ctx context.Context, r request) (data.Frames, error) {
	n := newNotes()
	choice, err := d.chooseSteps(ctx, r, n)
	if err != nil {
		return nil, err
	}
	series, err := d.latencySeries(ctx, r, n, choice)
	if err != nil {
		return nil, err
	}
	var points data.Frames
	if r.Measure == query.MeasureLatency {
		points = d.exemplars(ctx, r, n, choice)
	}
	return append(frame.StepLatency(series, r.Measure, n.info, d.links(r.within)), points...), nil
}

func (d *Datasource) latencySeries(ctx context.Context, r request, n *notes, choice stepChoice) ([]flowstep.Series, error) {
	if r.Measure == query.MeasureQueue {
		return d.queueSeries(ctx, r, n, choice)
	}
	return d.stepSeries(ctx, r, n, choice, spanmetrics.Measure(r.Measure))
}
