package plugin

import (
	"context"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// latestOf is how many of the newest runs are looked at to find one that has finished.
const latestOf = 20

// flowSteps joins the steps of one run with what they took before it.
func (d *Datasource) flowSteps(ctx context.Context, r request) (data.Frames, error) {
	if d.reader == nil {
		return nil, needs("the steps of a run", "Tempo")
	}
	n := newNotes()
	run, err := d.readRun(ctx, r, n)
	if err != nil {
		return nil, err
	}
	if run == nil {
		return data.Frames{frame.FlowSteps(nil, frame.StepsInfo{Info: n.info}, d.links(r.within))}, nil
	}
	known := d.baselines(ctx, n, r.Source, flowstep.Keys(run), r.BaselineWindow, startOf(run, d.now))
	jobs := shownJobs(r, run, n)
	describeRun(n, run)
	if err := ctx.Err(); err != nil && !upstream.TimeOver(ctx) {
		return nil, err // nobody waits for the rows
	}
	info := frame.StepsInfo{Info: n.info, Workspace: run.Root.Workspace}
	return data.Frames{frame.FlowSteps(flowstep.Steps(run, jobs, known), info, d.links(r.within))}, nil
}

// latest picks the newest run that matches the filters and has ended, or that runs if it is to be followed. "":
// there is none, which is said.
func (d *Datasource) latest(ctx context.Context, r request, n *notes) (string, error) {
	list, err := d.recording(n).List(ctx, r.Query, r.within, latestOf)
	if err != nil {
		return "", err
	}
	n.info.Queries = append(n.info.Queries, list.Queries...)
	for _, run := range list.Runs {
		if run.Outcome != windmill.OutcomeRunning {
			n.infof("No run was named: this is the latest finished run that matches, %s of %s.", run.ID, orUnknown(run.Root.ScriptPath))
			return run.ID, nil
		}
		if r.Follow {
			n.infof("No run was named: this is the latest run that matches, %s of %s, which is running.", run.ID, orUnknown(run.Root.ScriptPath))
			return run.ID, nil
		}
	}
	n.infof("No finished run was found among the newest runs: widen the time range or the filters, or name a run.")
	return "", nil
}

func narrowing(r request) flowstep.Narrow {
	f := r.Filters
	var holds func(key, value string) bool
	if len(f.Conditions) > 0 {
		holds = f.Holds
	}
	return flowstep.Narrow{
		Holds: holds,
		Step:  f.Step, ScriptPath: f.ScriptPath, Worker: f.Worker, Tag: f.Tag, Language: f.Language, Outcome: f.Outcome,
		JobID: f.JobID, RootJob: f.RootJob, ParentJob: f.ParentJob, MinDuration: r.MinDuration,
	}
}

// describeRun leaves in the frame's meta what the panel shows in its header.
func describeRun(n *notes, run *windmill.Run) {
	for key, value := range map[string]string{
		"workspace": run.Root.Workspace, "flow": run.Root.ScriptPath, "triggerKind": run.Root.TriggerKind, "createdBy": run.Root.CreatedBy,
	} {
		if value != "" {
			n.info.Custom[key] = value
		}
	}
	if run.FailedStep != nil && run.FailedStep.Path != "" {
		n.info.Custom["failedStep"] = run.FailedStep.Path
	}
	if run.Outcome == windmill.OutcomeRunning {
		frame.MarkRunning(n.info)
	}
	if run.Decider() != run.Root { // else the run's own row says it
		n.info.Custom["outcome"] = run.Outcome
		if run.Duration != nil {
			n.info.Custom["duration"] = run.Duration.Seconds()
		}
	}
	if !run.Root.Created.IsZero() {
		n.info.Custom["created"] = run.Root.Created.Format(time.RFC3339Nano)
	}
}

// startOf is the time at which baselines are taken: what was usual before the run.
func startOf(run *windmill.Run, now func() time.Time) time.Time {
	switch {
	case !run.Start.IsZero():
		return run.Start
	case !run.Root.Created.IsZero():
		return run.Root.Created
	}
	return now()
}

func orUnknown(s string) string {
	if s == "" {
		return "an unknown flow"
	}
	return s
}
