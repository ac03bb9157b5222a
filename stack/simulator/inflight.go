package simulator

import (
	"time"
)

// InFlight is the truth of a run that has not ended: some of its spans are missing because they have not ended either.
type InFlight struct {
	RunID     string        `json:"run_id"`
	Workspace string        `json:"workspace"`
	Flow      string        `json:"flow"`
	Created   time.Time     `json:"created"`
	Jobs      []InFlightJob `json:"jobs"` // in the order of creation, the run itself first
}

// States of a job in flight.
const (
	StateQueued    = "queued"    // pushed, and no worker has pulled it
	StateRunning   = "running"   // a worker has it, or jobs below it are under way
	StateSuspended = "suspended" // a flow that waits for an approval
	StateDone      = "done"
)

// InFlightJob is a job of such a run.
type InFlightJob struct {
	JobID      string  `json:"job_id"`
	ParentJob  *string `json:"parent_job"`
	Step       *string `json:"step"`
	ScriptPath *string `json:"script_path"`
	Kind       string  `json:"kind"`
	State      string  `json:"state"`
	// Since is when the job came into its state: creation, first pull, the request for an approval, or its end.
	Since time.Time `json:"since"`
	// Done is the truth of a job that ran something and has ended, its transition included: its spans are there.
	Done *Job `json:"done"`
}

// InFlight lists the runs that have not ended by now, in the order of their start.
func (s *Simulator) InFlight() []InFlight {
	out := []InFlight{}
	for _, r := range s.active {
		top := r.jobs[0]
		run := InFlight{RunID: top.id.String(), Workspace: r.flow.Workspace, Flow: r.flow.Path, Created: top.created}
		for _, j := range r.jobs {
			run.Jobs = append(run.Jobs, j.inFlight())
		}
		out = append(out, run)
	}
	return out
}

func (j *job) inFlight() InFlightJob {
	out := InFlightJob{
		JobID: j.id.String(), Step: text(j.step), ScriptPath: text(j.scriptPath), Kind: j.role, State: StateRunning, Since: j.started,
	}
	if j.parent != nil {
		out.ParentJob = text(j.parent.id.String())
	}
	switch {
	case j.pulls == 0 && j.now.worker == nil:
		out.State, out.Since = StateQueued, j.created
	case j.started.IsZero():
		out.Since = j.now.begin // a tool in its agent's worker
	case j.isFlow() && j.outcome != "" || !j.isFlow() && j.finished:
		out.State, out.Since = StateDone, j.ended
	case j.isFlow() && j.flow.approval != nil:
		out.State, out.Since = StateSuspended, j.flow.approval.ended
	}
	if !j.isFlow() && out.State == StateDone && !j.transitionEnd.IsZero() {
		done := j.truth(j.ended)
		out.Done = &done
	}
	return out
}
