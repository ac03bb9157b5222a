package plugin

import (
	"context"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// stepContribution gives the time that each step took over time: seconds per second, or its share of all steps shown.
func (d *Datasource) stepContribution(ctx context.Context, r request) (data.Frames, error) {
	n := newNotes()
	choice, err := d.chooseSteps(ctx, r, n)
	if err != nil {
		return nil, err
	}
	series, err := d.stepSeries(ctx, r, n, choice, spanmetrics.MeasureSeconds)
	if err != nil {
		return nil, err
	}
	if r.Measure == query.MeasureShare {
		series = flowstep.Shares(series)
	}
	return frame.StepContribution(series, r.Measure, n.info, d.links(r.within)), nil
}
