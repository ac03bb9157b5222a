package plugin

import (
	"context"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// runCompare sets two runs side by side, or one beside its baseline.
func (d *Datasource) runCompare(ctx context.Context, r request) (data.Frames, error) {
	if d.reader == nil {
		return nil, needs("a comparison of runs", "Tempo")
	}
	n := newNotes()
	a, b, err := d.readBoth(ctx, r, n)
	if err != nil {
		return nil, err
	}
	if a == nil {
		return data.Frames{frame.RunCompare(nil, frame.CompareInfo{Info: n.info}, d.links(r.within))}, nil
	}
	jobs := shownJobs(r, a, n)
	describeRun(n, a)
	n.info.Custom["runA"] = a.ID
	var rows []flowstep.CompareRow
	if r.CompareRunID == "" {
		n.info.Custom["runB"] = "baseline"
		known := d.baselines(ctx, n, r.Source, flowstep.Keys(a), r.BaselineWindow, startOf(a, d.now))
		n.infof("Compared with the baseline: the p50 of each step before the run. Loops, branches and sub-flows have none.")
		rows = flowstep.CompareBaseline(jobs, known)
	} else {
		n.info.Custom["runB"] = b.ID
		sayDifferent(n, a, b)
		rows = flowstep.CompareRuns(jobs, shownJobs(r, b, newNotes()))
	}
	return data.Frames{frame.RunCompare(rows, frame.CompareInfo{Info: n.info, Workspace: a.Root.Workspace, Baseline: b == nil}, d.links(r.within))}, nil
}

// readBoth reads the two runs side by side. b is nil when the comparison is with the baseline, a when there is no run.
func (d *Datasource) readBoth(ctx context.Context, r request, n *notes) (a, b *windmill.Run, err error) {
	if r.CompareRunID != "" && r.CompareRunID == r.RunID {
		return nil, nil, errSameRun
	}
	g, gctx := group.WithContext(ctx)
	notesB := newNotes()
	g.Go(func() error {
		var err error
		a, err = d.readRun(gctx, r, n)
		return err
	})
	if r.CompareRunID != "" {
		g.Go(func() error {
			var err error
			b, err = d.readNamed(gctx, r.CompareRunID, r, notesB)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	if a != nil && b != nil && a.ID == b.ID {
		return nil, nil, errSameRun
	}
	n.takeOver("Run b", notesB)
	return a, b, nil
}

var errSameRun = &query.Error{Message: "A run cannot be compared with itself: give another run id to compare with, or none for the baseline."}

func sayDifferent(n *notes, a, b *windmill.Run) {
	if a.Root.ScriptPath != b.Root.ScriptPath || a.Root.Workspace != b.Root.Workspace {
		n.warnf("The runs are of different flows: a is of %s, b of %s. Steps match by their ids alone.",
			orUnknown(a.Root.ScriptPath), orUnknown(b.Root.ScriptPath))
	}
}
