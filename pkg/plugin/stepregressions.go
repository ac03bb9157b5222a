package plugin

import (
	"context"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// stepRegressions gives the steps that have become slower, by the rule in docs/rules.md: a ranked table, or one number
// for each step when an alert rule asks.
func (d *Datasource) stepRegressions(ctx context.Context, r request) (data.Frames, error) {
	n := newNotes()
	res, err := d.statistics(ctx, r, n)
	if err != nil {
		return nil, err
	}
	rows := flowstep.Regressions(res.rows)
	n.info.Custom["stepsCompared"] = compared(res.rows)
	if r.alert {
		return frame.StepRegressionNumbers(rows, r.Measure, n.info), nil
	}
	if len(rows) == 0 && res.source != spanmetrics.SourceNone {
		n.infof("No step has become slower, of %d with enough calls to tell.", compared(res.rows))
	}
	return data.Frames{frame.StepRegressions(rows, n.info, d.links(r.within))}, nil
}

// compared counts the steps on which there is a verdict.
func compared(rows []flowstep.StatsRow) (n int) {
	for _, r := range rows {
		if r.Verdict != string(flowstep.Unknown) {
			n++
		}
	}
	return n
}
