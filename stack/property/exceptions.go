package property

import (
	"strings"

	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// exception is a difference that no reader of the telemetry could avoid.
type exception struct {
	field  string // of a difference; empty: any
	reason string
	// explains says whether a difference is such a one. The job is nil for the run itself.
	explains func(t *truth, job *simulator.Job, d Difference) bool
}

// exceptions are the differences that nothing can be done about.
var exceptions = []exception{
	{
		field: "", reason: "no span tells that the result of a failure module made its flow a success",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			recovered := func(j *simulator.Job) bool { return j.Outcome == "recovered" }
			switch {
			case t.recorded(job):
				return false
			case d.Field == "run failed step":
				return d.Want == "none" && t.any(nil, recovered)
			}
			return isOutcome(d.Field) && (d.Got == "error" || d.Want == "recovered") && t.any(job, recovered)
		},
	},
	{
		field: "", reason: "a record tells a failure from a success, not a cancellation from an error",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			failing := func(outcome string) bool { return outcome == "error" || outcome == "canceled" }
			return t.recorded(job) && isOutcome(d.Field) && failing(d.Want) && failing(d.Got)
		},
	},
	{
		field: "", reason: "the span of a process names no job, so nothing tells that it was lost",
		explains: func(t *truth, _ *simulator.Job, d Difference) bool {
			return t.lossy && (d.Field == "setup" || d.Field == "work")
		},
	},
	{
		field: "job kind", reason: "older versions have no job_kind",
		explains: func(t *truth, _ *simulator.Job, d Difference) bool { return t.version.NoJobKind && d.Got == "none" },
	},
	{
		field: "kind", reason: "without job_kind, agents and identities look like steps, tools like any child, and a flow with nothing below it like a script",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return t.version.NoJobKind && (d.Want == "agent" || d.Want == "identity" || d.Want == "tool" || len(t.children[job.JobID]) == 0)
		},
	},
	{
		field: "", reason: "without trigger_kind nothing tells that a schedule pushed the run ahead of its time",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return t.version.NoJobKind && job != nil && job.ParentJob == nil && value(t.Trigger) == "schedule" && (d.Field == "wait" || d.Field == "wait kind")
		},
	},
	{
		field: "", reason: "without a status, a pull that lost a race looks like any other, and may end after the one that won",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return t.version.NoStatus && (isTime(d.Field) || d.Field == "run duration" || d.Field == "wait") && t.any(job, func(j *simulator.Job) bool { return j.Pulls > 1 })
		},
	},
	{
		field: "outcome", reason: "without job_kind nothing tells a skipped step from one that ran",
		explains: func(t *truth, _ *simulator.Job, d Difference) bool {
			return t.version.NoJobKind && d.Want == "skipped" && d.Got == "ok"
		},
	},
	{
		field: "", reason: "without job_kind, a flow with nothing below it looks like a script",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			if job == nil {
				job = t.root()
			}
			return t.version.NoJobKind && isContainer(job) && len(t.children[job.JobID]) == 0
		},
	},
	{
		field: "wait kind", reason: "a sleep and a lack of workers look the same: pushed at once, pulled later",
		explains: func(_ *truth, job *simulator.Job, d Difference) bool {
			return d.Want == "sleep" && (d.Got == "queue" || d.Got == "unknown")
		},
	},
	{
		field: "wait kind", reason: "a job that later ones of its tag overtook slept or was limited, or a worker was kept for those (same_worker): no span tells",
		explains: func(t *truth, job *simulator.Job, d Difference) bool { return d.Got == "unknown" && t.overtaken(job) },
	},
	{
		field: "wait kind", reason: "a limit and a lack of workers look the same where nothing overtook: of a script a log line alone tells, of a loop the number that waited",
		explains: func(t *truth, job *simulator.Job, d Difference) bool { return d.Want == "limit" && d.Got == "queue" },
	},
	{
		field: "wait kind", reason: "a record tells for when a job was scheduled, not whether a sleep or a limit moved that: a line alone does",
		explains: func(t *truth, _ *simulator.Job, d Difference) bool {
			return len(t.records) > 0 && d.Want == "limit" && d.Got == "sleep"
		},
	},
	{
		field: "wait kind", reason: "where iterations were lost that no loop held back, the others may look parked",
		explains: func(t *truth, _ *simulator.Job, d Difference) bool {
			return t.lossy && d.Want == "queue" && d.Got == "limit"
		},
	},
	{
		field: "error", reason: "a job that failed before it ran has no job_postprocessing, whose error.name alone names the error",
		explains: func(_ *truth, _ *simulator.Job, d Difference) bool {
			return d.Got != "none" && strings.HasSuffix(d.Want, ": "+d.Got)
		},
	},
	{
		field: "", reason: "what an AI agent's own worker or a dedicated one ran has no `job` span, only job_postprocessing",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			if job == nil {
				return t.root().Pulls == 0 && (d.Field == "run start" || d.Field == "run duration")
			}
			return job.Pulls == 0 && (isTime(d.Field) || d.Field == "wait" || d.Field == "wait kind")
		},
	},
	{
		field: "wait kind", reason: "iterations that one worker must run (same_worker) wait for each other as if their loop ran one at a time",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return d.Got == "limit" && t.onOneWorker(value(job.ParentJob))
		},
	},
	{
		field: "kind", reason: "nothing calls a job a task of a workflow as code: its script started it",
		explains: func(_ *truth, job *simulator.Job, d Difference) bool { return d.Want == "task" && d.Got == "launched" },
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
		explains: func(t *truth, job *simulator.Job, d Difference) bool { return !t.recorded(job) && t.unapproved(job) },
	},
	{
		field: "run outcome", reason: "no span says that an approval was refused or timed out",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return !t.recorded(job) && t.unapproved(t.root())
		},
	},
	{
		field: "outcome", reason: "an approval that was granted looks refused when nothing followed it, in a run that ended for another reason",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return !t.recorded(job) && d.Want == "ok" && d.Got == "canceled" && t.any(job, t.resumedForNothing)
		},
	},
	{
		field: "run failed step", reason: "an approval that was granted looks refused when nothing followed it, which then seems to have ended the run",
		explains: func(t *truth, _ *simulator.Job, d Difference) bool {
			return d.Got == "none" && t.any(nil, t.resumedForNothing)
		},
	},
	{
		field: "outcome", reason: "without a full_job nothing tells an ended run from one that goes on, nor its containers",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return !t.recorded(job) && !t.FullJob && d.Got == "running"
		},
	},
	{
		field: "run outcome", reason: "without a full_job nothing tells an ended run from one that goes on",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return !t.recorded(job) && !t.FullJob && d.Got == "running"
		},
	},
	{
		field: "outcome", reason: "that a failure was tolerated shows only when the flow went on after it",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return !t.recorded(job) && d.Got == "error" && t.seemsFailed(job)
		},
	},
	{
		field: "outcome", reason: "continue_on_error of a step whose parallel branches or iterations failed in part looks like skip_failure within it",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return !t.recorded(job) && d.Want == "error" && d.Got == "ok" && t.wentOn(job) && t.failedPartly(job)
		},
	},
	{
		field: "run outcome", reason: "that a failure was tolerated shows only when the flow went on after it",
		explains: func(t *truth, job *simulator.Job, d Difference) bool {
			return !t.recorded(job) && d.Got == "error" && t.seemsFailed(t.root())
		},
	},
	{
		field: "run failed step", reason: "a run that was canceled may have had failures that were not to end it",
		explains: func(t *truth, _ *simulator.Job, d Difference) bool { return t.root().Outcome == "canceled" },
	},
	{
		field: "run failed step", reason: "of branches or iterations that failed side by side, no span says for which of them, or inside which, skip_failure is set",
		explains: func(t *truth, _ *simulator.Job, d Difference) bool { return d.Got != "none" && t.failedSideBySide() },
	},
	{
		field: "run failed step", reason: "a failure that was tolerated without anything after it seems to have failed the run",
		explains: func(t *truth, _ *simulator.Job, d Difference) bool {
			return d.Want == "none" && t.seemsFailed(t.root())
		},
	},
}

func isOutcome(field string) bool { return field == "outcome" || field == "run outcome" }

func isTime(field string) bool { return field == "start" || field == "end" || field == "duration" }
