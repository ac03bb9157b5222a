package property

import (
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// truth is a run as it was, with the ways through it.
type truth struct {
	simulator.Run
	version  simulator.Version
	records  map[string]windmill.Completion // those of containers that are read, by job
	lossy    bool                           // whether spans that name no job may be missing
	byID     map[string]*simulator.Job
	children map[string][]*simulator.Job
}

func newTruth(run simulator.Run, version simulator.Version) truth {
	t := truth{Run: run, version: version, byID: map[string]*simulator.Job{}, children: map[string][]*simulator.Job{}}
	for i := range run.Jobs {
		job := &run.Jobs[i]
		t.byID[job.JobID] = job
		t.children[value(job.ParentJob)] = append(t.children[value(job.ParentJob)], job)
	}
	for i := range run.Handlers {
		job := &run.Handlers[i]
		t.byID[job.JobID] = job
		if job.Kind != "handler" { // no job of the run has one below it
			t.children[value(job.ParentJob)] = append(t.children[value(job.ParentJob)], job)
		}
	}
	return t
}

func (t *truth) root() *simulator.Job { return &t.Jobs[0] }

// overtaken says whether a job of the same tag that was created later started before.
func (t *truth) overtaken(job *simulator.Job) bool {
	for i := range t.Jobs {
		other := &t.Jobs[i]
		if other.Tag == job.Tag && other.Created.After(job.Created) && other.Start.Before(job.Start) {
			return true
		}
	}
	return false
}

// onOneWorker says whether all children of a job ran on one worker.
func (t *truth) onOneWorker(parent string) bool {
	for _, child := range t.children[parent] {
		if child.Worker != t.children[parent][0].Worker {
			return false
		}
	}
	return true
}

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

// likeAttempts says whether the job is one of several iterations of one parent and step, of which all but the last
// failed.
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

// resumedForNothing says whether a flow was pulled again after an approval and pushed nothing then.
func (t *truth) resumedForNothing(job *simulator.Job) bool {
	resumed := 1
	for _, child := range t.children[job.JobID] {
		if value(child.WaitKind) == "approval" {
			resumed++
		}
	}
	return isContainer(job) && job.Pulls > resumed
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

// seemsFailed says whether spans show the job as failed for the flow above it: it did fail, or a failure below it
// was tolerated, and nothing started after that from which it would show.
func (t *truth) seemsFailed(job *simulator.Job) bool {
	if failed := job.Outcome == "error"; failed || !isContainer(job) {
		return failed // what an agent's tool or a task did is for the agent or the workflow to judge
	}
	for _, child := range t.children[job.JobID] {
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

// failedSideBySide says whether several branches of one step failed, or several iterations of which one only seems
// to have.
func (t *truth) failedSideBySide() bool {
	failed, seeming := map[string]int{}, map[string]bool{}
	for i := range t.Jobs {
		job := &t.Jobs[i]
		if job.Kind != "branch" && job.Kind != "iteration" || !t.seemsFailed(job) {
			continue
		}
		step := value(job.ParentJob) + " " + value(job.Step)
		failed[step]++
		seeming[step] = seeming[step] || job.Kind == "branch" || job.Outcome == "ok"
	}
	for step, n := range failed {
		if n > 1 && seeming[step] {
			return true
		}
	}
	return false
}

// wentOn says whether something else of the same flow was pushed after the job. Ids carry milliseconds.
func (t *truth) wentOn(job *simulator.Job) bool {
	end := t.workEnd(job).Add(-time.Millisecond)
	for _, other := range t.children[value(job.ParentJob)] {
		if other != job && !other.Pushed.Before(end) {
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
	if !isContainer(job) {
		end = job.End // what it launched may outlive it
	}
	for _, child := range children {
		if child.Kind == "launched" {
			continue
		}
		if e := t.workEnd(child); e.After(end) {
			end = e
		}
	}
	return end
}

func isContainer(job *simulator.Job) bool {
	switch job.Kind {
	case "flow", "subflow", "iteration", "branch":
		return true
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
