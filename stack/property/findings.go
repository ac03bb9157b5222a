package property

import (
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// findings are differences that the rebuilding of runs could avoid and does not yet. Each goes from here when it does.
var findings = []exception{
	{
		field: "", reason: "a nested flow that ends in its own pull (nothing to run, or its last approval was given or refused) pushes " +
			"the job after it while that pull still lasts, so that its end does not count as what the job waited for",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return job != nil && (d.Field == "wait" || d.Field == "wait kind") && t.follows(job, t.endsInPull)
		},
	},
	{
		field: "", reason: "what the job after a granted approval pushes, while the pull that resumed the flow still lasts, did not wait for the approval",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return job != nil && d.Got != "queue" && (d.Field == "wait" || d.Field == "wait kind") && t.follows(job, waitedForApproval)
		},
	},
	{
		field: "", reason: "the next branch of a sequential branchall, created after the end of a failed one, shows that the failure was tolerated",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return isOutcome(d) && d.Got != "ok" && t.any(job, t.toleratedBranch)
		},
	},
	{
		field: "", reason: "a flow around one that a failure module rescued has failed, unless it went on",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return isOutcome(d) && d.Want != "ok" && t.any(job, func(j *simulator.Job) bool { return j.ParentJob != nil && j.Outcome == "recovered" })
		},
	},
}

func isOutcome(d Difference) bool {
	return d.Field == "outcome" || d.Field == "run outcome" || d.Field == "run failed step"
}

// endsInPull says whether a flow, or one within it, had nothing to run or was pulled again.
func (t *truth) endsInPull(job *simulator.Job) bool {
	return t.any(job, func(j *simulator.Job) bool { return j.Pulls > 1 || isContainer(j) && len(t.children[j.JobID]) == 0 })
}

func isContainer(job *simulator.Job) bool {
	switch job.Kind {
	case "flow", "subflow", "iteration", "branch":
		return true
	}
	return false
}

func waitedForApproval(job *simulator.Job) bool { return value(job.WaitKind) == "approval" }

// follows says whether a job was pushed after another one of the same flow for which a condition holds.
func (t *truth) follows(job *simulator.Job, is func(*simulator.Job) bool) bool {
	for _, other := range t.children[value(job.ParentJob)] {
		if other != job && !other.Created.After(job.Created) && is(other) {
			return true
		}
	}
	return false
}

// any says whether a condition holds for a job or any below it. A nil job is the run.
func (t *truth) any(job *simulator.Job, is func(*simulator.Job) bool) bool {
	if job == nil {
		job = t.root()
	}
	if is(job) {
		return true
	}
	for _, child := range t.children[job.JobID] {
		if t.any(child, is) {
			return true
		}
	}
	return false
}

// toleratedBranch says whether a job is a branch that failed, or seems to have, and another one of its step came after it.
func (t *truth) toleratedBranch(job *simulator.Job) bool {
	if job.Kind != "branch" || !t.seemsFailed(job) {
		return false
	}
	for _, other := range t.children[value(job.ParentJob)] {
		if value(other.Step) == value(job.Step) && other.Start.After(t.workEnd(job)) {
			return true
		}
	}
	return false
}
