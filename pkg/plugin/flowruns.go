package plugin

import (
	"context"
	"slices"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// flowRuns lists the newest runs of the range with their flows' baselines at its end.
func (d *Datasource) flowRuns(ctx context.Context, r request) (data.Frames, error) {
	if d.reader == nil {
		return nil, needs("a list of runs", "Tempo")
	}
	n := newNotes()
	list, err := d.recording(n).List(ctx, r.Query, r.within, r.Limit)
	if err != nil {
		return nil, err
	}
	n.fromTempo(list.Notices, list.Queries, list.Cost)
	var keys []flowstep.Key
	for _, run := range list.Runs {
		if k, ok := flowstep.RunKey(run.Run); ok && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	known := d.baselines(ctx, n, r.Source, keys, r.BaselineWindow, r.within.To)
	rows := make([]flowstep.RunRow, 0, len(list.Runs))
	for _, run := range list.Runs {
		rows = append(rows, flowstep.RunRowOf(run.Run, run.Whole, known))
	}
	if len(rows) == 0 {
		n.infof("No run was found: widen the time range or the filters.")
	}
	return data.Frames{frame.FlowRuns(rows, n.info, d.links(r.within))}, nil
}
