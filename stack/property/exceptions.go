package property

import (
	"time"

	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// exception is a difference that no reader of the telemetry could avoid.
type exception struct {
	field  string // of a difference; empty: any
	reason string
	// explains says whether a difference is such a one. The job is nil for the run itself.
	explains func(t *truth, job *simulator.Job, d Difference) bool
}

// truth is a run as it was, with the ways through it.
type truth struct {
	simulator.Run
	byID     map[string]*simulator.Job
	children map[string][]*simulator.Job
}

func newTruth(run simulator.Run) truth {
	t := truth{Run: run, byID: map[string]*simulator.Job{}, children: map[string][]*simulator.Job{}}
	for i := range run.Jobs {
		job := &run.Jobs[i]
		t.byID[job.JobID] = job
		t.children[value(job.ParentJob)] = append(t.children[value(job.ParentJob)], job)
	}
	return t
}

// exceptions are the differences that nothing can be done about.
var exceptions = []exception{
	{
		field: "wait kind", reason: "a sleep and a lack of workers look the same: pushed at once, pulled later",
		explains: func(_ *truth, job *simulator.Job, d Difference) bool {
			return d.Want == "sleep" && (d.Got == "queue" || d.Got == "unknown")
		},
	},
	{
		field: "", reason: "a tool that an AI agent's own worker ran has no `job` span, only job_postprocessing",
		explains: func(_ *truth, job *simulator.Job, d Difference) bool {
			return job != nil && job.Pulls == 0 && (isTime(d.Field) || d.Field == "wait" || d.Field == "wait kind")
		},
	},
	{
		field: "kind", reason: "nothing calls a job a task of a workflow as code: it is a child that is no step",
		explains: func(_ *truth, job *simulator.Job, d Difference) bool { return d.Want == "task" && d.Got == "unknown" },
	},
	{
		field: "iteration", reason: "the only iteration of a loop that ran its script by path directly looks like a plain step",
		explains: func(t *truth, job *simulator.Job, d Difference) bool { return t.lonely(job) },
	},
	{
		field: "", reason: "iterations without a number that all failed but were skipped look like attempts",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return job != nil && (d.Field == "iteration" || d.Field == "attempt" || d.Field == "wait kind") && t.likeAttempts(job)
		},
	},
	{
		field: "outcome", reason: "no span says that an approval was refused or timed out",
		explains: func(t *truth, job *simulator.Job, d Difference) bool { return t.unapproved(job) },
	},
	{
		field: "run outcome", reason: "no span says that an approval was refused or timed out",
		explains: func(t *truth, _ *simulator.Job, d Difference) bool { return t.unapproved(t.root()) },
	},
	{
		field: "outcome", reason: "without a full_job nothing tells an ended run from one that goes on, nor its containers",
		explains: func(t *truth, job *simulator.Job, d Difference) bool { return !t.FullJob && d.Got == "running" },
	},
	{
		field: "run outcome", reason: "without a full_job nothing tells an ended run from one that goes on",
		explains: func(t *truth, _ *simulator.Job, d Difference) bool { return !t.FullJob && d.Got == "running" },
	},
	{
		field: "outcome", reason: "that a failure was tolerated shows only when the flow went on after it",
		explains: func(t *truth, job *simulator.Job, d Difference) bool { return d.Got == "error" && t.seemsFailed(job) },
	},
	{
		field: "outcome", reason: "continue_on_error of a step whose parallel branches or iterations failed in part looks like skip_failure within it",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return d.Want == "error" && d.Got == "ok" && t.wentOn(job) && t.failedPartly(job)
		},
	},
	{
		field: "run outcome", reason: "that a failure was tolerated shows only when the flow went on after it",
		explains: func(t *truth, _ *simulator.Job, d Difference) bool {
			return d.Got == "error" && t.seemsFailed(t.root())
		},
	},
	{
		field: "run failed step", reason: "a run that was canceled may have had failures that were not to end it",
		explains: func(t *truth, _ *simulator.Job, d Difference) bool { return t.root().Outcome == "canceled" },
	},
	{
		field: "run failed step", reason: "of branches that failed side by side, no span says for which of them skip_failure is set",
		explains: func(t *truth, _ *simulator.Job, d Difference) bool { return d.Got != "none" && t.failedSideBySide() },
	},
	{
		field: "run failed step", reason: "a failure that was tolerated without anything after it seems to have failed the run",
		explains: func(t *truth, _ *simulator.Job, d Difference) bool {
			return d.Want == "none" && t.seemsFailed(t.root())
		},
	},
}

func isTime(field string) bool { return field == "start" || field == "end" || field == "duration" }

func (t *truth) root() *simulator.Job { return &t.Jobs[0] }

// lonely is the only job of its step and parent.
func (t *truth) lonely(job *simulator.Job) bool {
	same := 0
	for _, other := range t.children[value(job.ParentJob)] {
		if value(other.Step) == value(job.Step) {
			same++
		}
	}
	return same == 1
}

// likeAttempts says whether the job is one of several iterations of one parent and step, of which all but the last failed.
func (t *truth) likeAttempts(job *simulator.Job) bool {
	var last *simulator.Job
	for _, other := range t.children[value(job.ParentJob)] {
		if value(other.Step) != value(job.Step) {
			continue
		}
		if other.Iteration == nil || last != nil && last.Outcome != "error" {
			return false
		}
		last = other
	}
	return true
}

// unapproved says whether the job or one below it was canceled: its approval was refused or nobody gave it.
func (t *truth) unapproved(job *simulator.Job) bool {
	if job.Outcome == "canceled" {
		return true
	}
	for _, child := range t.children[job.JobID] {
		if t.unapproved(child) {
			return true
		}
	}
	return false
}

// seemsFailed says whether spans show the job as failed: it did fail, or a failure below it was tolerated, and nothing
// started after that from which it would show.
func (t *truth) seemsFailed(job *simulator.Job) bool {
	children := t.children[job.JobID]
	if len(children) == 0 || job.Outcome == "error" {
		return job.Outcome == "error"
	}
	for _, child := range children {
		if t.seemsFailed(child) && !t.wentOn(child) {
			return true
		}
	}
	return false
}

// failedPartly says whether some iterations or branches of a job's last step failed and others did not.
func (t *truth) failedPartly(job *simulator.Job) bool {
	ended := map[string]map[bool]bool{}
	for _, child := range t.children[job.JobID] {
		step := value(child.Step)
		if ended[step] == nil {
			ended[step] = map[bool]bool{}
		}
		ended[step][t.seemsFailed(child)] = true
		if len(ended[step]) == 2 {
			return true
		}
	}
	return false
}

// failedSideBySide says whether several branches of one step failed.
func (t *truth) failedSideBySide() bool {
	failed := map[string]int{}
	for i := range t.Jobs {
		if job := &t.Jobs[i]; job.Kind == "branch" && t.seemsFailed(job) {
			step := value(job.ParentJob) + " " + value(job.Step)
			if failed[step]++; failed[step] > 1 {
				return true
			}
		}
	}
	return false
}

// wentOn says whether something else of the same flow started after the job.
func (t *truth) wentOn(job *simulator.Job) bool {
	end := t.workEnd(job)
	for _, other := range t.children[value(job.ParentJob)] {
		if other.Start.After(end) {
			return true
		}
	}
	return false
}

// workEnd is the end of the work of a job and all below it, without transitions.
func (t *truth) workEnd(job *simulator.Job) time.Time {
	children := t.children[job.JobID]
	if len(children) == 0 {
		return job.End
	}
	end := job.Start
	for _, child := range children {
		if e := t.workEnd(child); e.After(end) {
			end = e
		}
	}
	return end
}
