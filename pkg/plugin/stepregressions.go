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
		sayNoneSlower(n, compared(res.rows), len(res.rows))
	}
	return data.Frames{frame.StepRegressions(rows, n.info, d.links(r.within))}, nil
}

// sayNoneSlower tells good news from not knowing: without enough calls in both windows there is no verdict.
func sayNoneSlower(n *notes, compared, all int) {
	switch {
	case all == 0:
		n.infof("No step ran in the time range.")
	case compared == 0:
		n.infof("None of %d steps has enough calls in both windows to tell whether it has become slower: take a longer time range or lower the minimum of calls.", all)
	default:
		n.infof("No step has become slower, of %d with enough calls in both windows to tell.", compared)
	}
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
