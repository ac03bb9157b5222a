package plugin

import (
	"context"
	"slices"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// runGrid sets the newest runs against their steps, with the steps' baselines at the end of the range.
func (d *Datasource) runGrid(ctx context.Context, r request) (data.Frames, error) {
	if d.reader == nil {
		return nil, needs("a grid of runs", "Tempo")
	}
	n := newNotes()
	list, err := d.recording(n).ListWhole(ctx, r.Query, r.within, r.Limit)
	if err != nil {
		return nil, err
	}
	n.fromTempo(list.Notices, list.Queries, list.Cost)
	known := d.baselines(ctx, n, r.Source, keysOf(list.Runs), r.BaselineWindow, r.within.To)
	f := r.Filters
	shown := flowstep.Narrow{Step: f.Step, ScriptPath: f.ScriptPath, Worker: f.Worker, Tag: f.Tag, Language: f.Language}
	var cells []flowstep.GridCell
	for _, run := range list.Runs {
		cells = append(cells, flowstep.GridCells(run.Run, shown, known)...)
	}
	switch {
	case len(list.Runs) == 0:
		n.infof("No run was found: widen the time range or the filters.")
	case len(cells) == 0:
		n.infof("No step was found in the newest %s that matches the filters.", counted(len(list.Runs), "run"))
	}
	sayUnfinished(n, list.Runs)
	return data.Frames{frame.RunGrid(cells, r.Measure, n.info, d.links(r.within))}, nil
}

// keysOf lists what the steps of runs are compared with, each once.
func keysOf(list []runs.Listed) []flowstep.Key {
	seen := map[flowstep.Key]bool{}
	var keys []flowstep.Key
	for _, run := range list {
		for _, k := range flowstep.Keys(run.Run) {
			if !seen[k] && k.Step != "" {
				seen[k] = true
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// sayUnfinished names what the runs of a sample leave unknown.
func sayUnfinished(n *notes, list []runs.Listed) {
	unfinished := slices.DeleteFunc(slices.Clone(list), func(r runs.Listed) bool { return r.Outcome != windmill.OutcomeRunning })
	if len(unfinished) > 0 {
		n.infof("No end was seen of %s: steps at work are invisible until they end.", counted(len(unfinished), "run"))
	}
}
