package flowstep

import (
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// RunRow is one row of flow-runs. nil is unknown; durations are seconds.
type RunRow struct {
	RunID                    string
	Start                    *time.Time
	Duration                 *float64 // so far, while the run is running
	Outcome                  string
	Workspace, Flow, Trigger *string
	Steps                    *int64  // jobs below the run that ran a script, iterations and attempts counted
	FailedStep               *string // its path within the run
	SlowestStep              *string // the path of the leaf that took longest
	// Wait is what the run lost to waiting: its own wait in the queue and the waits of all jobs on its critical path.
	Wait                     *float64
	Error                    *string
	Handled                  bool // it failed, and its failure module ran well
	BaselineP50, BaselineP95 *float64
	Ratio                    *float64
	Series                   *string // matchers of the baseline's series in Prometheus
	Root                     *windmill.Job
}

// RunKey is the key of a run's baseline.
func RunKey(run *windmill.Run) (Key, bool) { return KeyOf(run.Root) }

// RunRowOf gives a run's row. whole says whether all of its jobs are there: without them steps, slowest step and wait
// are unknown.
func RunRowOf(run *windmill.Run, whole bool, baselines Baselines) RunRow {
	row := RunRow{
		RunID: run.ID, Start: knownTime(run.Start), Duration: seconds(run.Duration), Outcome: string(run.Outcome),
		Workspace: known(run.Root.Workspace), Flow: known(run.Root.ScriptPath), Trigger: known(trigger(run.Root)),
		Error: known(run.Decider().Error), Handled: run.Root.Handled, Root: run.Root,
	}
	if run.FailedStep != nil && run.FailedStep.Path != "" {
		row.FailedStep = &run.FailedStep.Path
	}
	if whole && run.Root.Container {
		n := int64(run.Steps())
		row.Steps = &n
		row.SlowestStep = slowest(run)
		row.Wait = waited(run)
	}
	if key, ok := RunKey(run); ok {
		if b, ok := baselines[key]; ok {
			row.BaselineP50, row.BaselineP95, row.Series = b.P50, b.P95, known(b.Series)
			if run.Outcome != windmill.OutcomeRunning && run.Decider() == run.Root { // a baseline is of one attempt
				row.Ratio, _ = compare(run.Duration, b)
			}
		}
	}
	return row
}

// trigger is what started a run: its kind, and the path of the trigger where there is one.
func trigger(root *windmill.Job) string {
	if root.TriggerKind != "" && root.Trigger != "" {
		return root.TriggerKind + " " + root.Trigger
	}
	return root.TriggerKind + root.Trigger
}

func slowest(run *windmill.Run) *string {
	var best *windmill.Job
	for _, j := range run.Jobs {
		if j.Leaf() && j.Parent != nil && j.Duration != nil && (best == nil || *j.Duration > *best.Duration) {
			best = j
		}
	}
	if best == nil {
		return nil
	}
	return &best.Path
}

func waited(run *windmill.Run) *float64 {
	var sum time.Duration
	known := false
	for _, j := range run.Jobs {
		if j.Wait != nil && j.Critical != nil && *j.Critical {
			sum, known = sum+*j.Wait, true
		}
	}
	if !known {
		return nil
	}
	return seconds(&sum)
}
