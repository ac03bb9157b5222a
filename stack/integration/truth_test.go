//go:build integration

package integration

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// TestStepsOfEveryRunAreTheTruth asks for each run that the simulator made, by its id alone, with a time range that
// has nothing to do with it: every job there once, with its parent, duration, wait, transition and outcome.
func TestStepsOfEveryRunAreTheTruth(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	elsewhere := time.Now().Add(-48 * time.Hour)
	flows, jobs := map[string]int{}, 0
	for _, run := range shared.truth {
		frames := ask(t, d, elsewhere, elsewhere.Add(time.Minute), query{"queryType": "flow-steps", "runId": run.RunID})
		require.Len(t, frames, 1)
		compareRun(t, run, rows(frames[0]))
		flows[run.Flow]++
		jobs += len(run.Jobs)
	}
	t.Logf("%d runs of %d flows and scripts, %d jobs", len(shared.truth), len(flows), jobs)
	require.GreaterOrEqual(t, len(flows), 6)
}

func compareRun(t *testing.T, run simulator.Run, got []row) {
	t.Helper()
	where := run.Flow + " " + run.RunID
	byID := map[string]row{}
	for _, r := range got {
		_, twice := byID[r.text("job_id")]
		require.False(t, twice, "%s: job %s is there twice", where, r.text("job_id"))
		byID[r.text("job_id")] = r
	}
	require.Equal(t, run.RunID, got[0].text("job_id"), "%s: the run itself comes first", where)
	for _, job := range slices.Concat(run.Jobs, run.Handlers) {
		r, ok := byID[job.JobID]
		require.True(t, ok, "%s: job %s is missing", where, job.JobID)
		compareJob(t, where, run, job, r)
	}
	require.Equal(t, len(run.Jobs)+len(run.Handlers), len(got), "%s: jobs that the run does not have", where)
}

func compareJob(t *testing.T, where string, run simulator.Run, job simulator.Job, r row) {
	t.Helper()
	at := where + " job " + job.JobID + " " + value(job.Step)
	require.Equal(t, run.RunID, r.text("run_id"), at)
	require.Equal(t, value(job.ParentJob), r.text("parent_job"), at)
	require.Equal(t, value(job.Step), r.text("step"), at)
	require.Equal(t, value(job.ScriptPath), r.text("script_path"), at)
	require.Equal(t, expectedKind(job), r.text("kind"), at)
	require.Equal(t, value(job.Language), r.text("language"), at)
	require.Equal(t, job.Worker, r.text("worker"), at)
	require.Equal(t, job.Tag, r.text("tag"), at)
	require.Contains(t, expectedOutcomes(run, job), r.text("outcome"), at)
	start, ok := r["start"].(time.Time)
	require.True(t, ok, at)
	require.True(t, job.Start.Equal(start), "%s: start %s, not %s", at, start, job.Start)
	require.InDelta(t, float64(job.DurationNS)/1e9, r.number(t, "duration"), precision(run, job), "%s: duration", at)
	compareSeconds(t, at+": transition", job.TransitionNS, r["transition"])
	compareSeconds(t, at+": wait", expectedWait(job, r["wait"]), r["wait"])
	require.Equal(t, job.TraceID, r.text("trace_id"), at)
	require.Equal(t, job.SpanID, r.text("span_id"), at)
	if job.Iteration != nil && !lonely(run, job) {
		require.EqualValues(t, *job.Iteration, r["iteration"], "%s: iteration", at)
	}
	if job.Attempt != nil && job.Step != nil {
		require.EqualValues(t, *job.Attempt, r["attempt"], "%s: attempt", at)
	}
}

// expectedKind is the truth, but that nothing calls a job a task of a workflow as code: it is a child that is no step.
func expectedKind(job simulator.Job) string {
	if job.Kind == "task" {
		return "launched"
	}
	return job.Kind
}

// lonely is the only iteration of a loop that ran its one script directly: it cannot be told from a plain step.
func lonely(run simulator.Run, job simulator.Job) bool {
	same := 0
	for _, other := range run.Jobs {
		if value(other.ParentJob) == value(job.ParentJob) && value(other.Step) == value(job.Step) {
			same++
		}
	}
	_, numbered := windmill.LastSegment(value(job.ScriptPath))
	return same == 1 && !numbered
}

// expectedOutcomes are the truth, and what else spans may tell: the end of a run whose approval was refused or timed
// out is reported by no span of its own. Where no span of the run's trace carries the record of it either, the run
// looks as if it still waited.
func expectedOutcomes(run simulator.Run, job simulator.Job) []string {
	if endsUnseen(run, job) {
		return []string{job.Outcome, "running"}
	}
	return []string{job.Outcome}
}

// listedOutcome is what a list tells, which reads no trace whole: no record either.
func listedOutcome(run simulator.Run) string {
	if endsUnseen(run, run.Jobs[0]) {
		return "running"
	}
	return run.Jobs[0].Outcome
}

func endsUnseen(run simulator.Run, job simulator.Job) bool {
	return job.JobID == run.RunID && !run.FullJob && job.Kind == "flow" && run.FailedStep == nil
}

// precision is that of a duration in seconds. A record has milliseconds, and ends before the last transition does.
func precision(run simulator.Run, job simulator.Job) float64 {
	if endsUnseen(run, job) {
		return 0.05
	}
	return 1e-6
}

// expectedWait is the truth. A schedule pushes its run ahead, for a time that is known where a record of it was read.
func expectedWait(job simulator.Job, got any) *int64 {
	if job.WaitNS != nil || job.ParentJob != nil || got == nil {
		return job.WaitNS
	}
	since := int64(job.Start.Sub(job.ScheduledFor.Truncate(time.Microsecond)))
	return &since
}

func compareSeconds(t *testing.T, what string, want *int64, got any) {
	t.Helper()
	if want == nil {
		require.Nil(t, got, what)
		return
	}
	seconds, ok := got.(float64)
	require.True(t, ok, "%s is %v, not %v ns", what, got, *want)
	require.InDelta(t, float64(*want)/1e9, seconds, 1e-6, what)
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
