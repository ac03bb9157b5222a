package plugin

import (
	"context"

	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// stepLatency gives quantiles of the steps' latency over time, or another measure of them.
func (d *Datasource) stepLatency(ctx context.Context, r request) (data.Frames, error) {
	if r.Measure == query.MeasureQueue {
		return nil, &query.Error{Message: "No metric knows how long jobs waited for a worker, so there is no measure queue over time: " +
			"flow-steps and flow-runs have the wait of each run."}
	}
	n := newNotes()
	choice, err := d.chooseSteps(ctx, r, n)
	if err != nil {
		return nil, err
	}
	series, err := d.stepSeries(ctx, r, n, choice, spanmetrics.Measure(r.Measure))
	if err != nil {
		return nil, err
	}
	var points data.Frames
	if r.Measure == query.MeasureLatency {
		points = d.exemplars(ctx, r, n, choice)
	}
	return append(frame.StepLatency(series, r.Measure, n.info), points...), nil
}
