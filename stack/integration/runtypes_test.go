//go:build integration

package integration

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// TestRunTraceIsTheTruth asks for runs of every flow as a trace: every job once, below its true parent, its own times,
// its wait and its transition beside it.
func TestRunTraceIsTheTruth(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	asked := map[string]int{}
	for _, run := range shared.truth {
		if asked[run.Flow]++; asked[run.Flow] > 5 {
			continue // that every run is read right is tested with flow-steps
		}
		frames := ask(t, d, run.Start, run.End, query{"queryType": "run-trace", "runId": run.RunID})
		require.EqualValues(t, "trace", frames[0].Meta.PreferredVisualization)
		compareTrace(t, run, rows(frames[0]))
	}
}

func compareTrace(t *testing.T, run simulator.Run, list []row) {
	t.Helper()
	jobs, waits, transitions, ids := map[string]row{}, map[string]row{}, map[string]row{}, map[string]bool{}
	for _, r := range list {
		require.Equal(t, windmill.TraceID(run.RunID), r.text("traceID"))
		require.False(t, ids[r.text("spanID")], "span ids are unique")
		ids[r.text("spanID")] = true
		kind := jobs
		if tagsOf(t, r)["part"] != nil {
			continue // a process that a worker started for a job
		}
		switch {
		case strings.HasPrefix(r.text("operationName"), "wait: "):
			kind = waits
		case r.text("operationName") == "transition":
			kind = transitions
		}
		require.NotContains(t, kind, r.text("job_id"), "%s is there twice", r.text("operationName"))
		kind[r.text("job_id")] = r
	}
	require.Len(t, jobs, len(run.Jobs), run.RunID)
	for _, job := range run.Jobs {
		at := run.Flow + " " + run.RunID + " " + value(job.Step)
		r := jobs[job.JobID]
		require.NotNil(t, r, at)
		above := ""
		if job.ParentJob != nil {
			above = jobs[*job.ParentJob].text("spanID")
		}
		require.Equal(t, above, r.text("parentSpanID"), at)
		require.Equal(t, job.TraceID, r.text("trace_id"), at)
		require.Equal(t, job.SpanID, r.text("spanID"), at)
		sameMoment(t, job.Start, r, at)
		tags := tagsOf(t, r)
		outcome, _ := tags["outcome"].(string)
		require.Contains(t, expectedOutcomes(run, job), outcome, at)
		if tags["running"] != true {
			require.InDelta(t, float64(job.DurationNS)/1e6, r.number(t, "duration"), 1000*precision(run, job)+0.001, at)
		}
		compareBeside(t, run, job, waits[job.JobID], transitions[job.JobID], at)
	}
}

// compareBeside holds the spans beside a job: waits and transitions of milliseconds have none.
func compareBeside(t *testing.T, run simulator.Run, job simulator.Job, wait, transition row, at string) {
	t.Helper()
	shown := func(ns *int64) bool {
		return ns != nil && (*ns >= 100*int64(time.Millisecond) || *ns > 0 && *ns >= run.DurationNS/100)
	}
	if wait != nil {
		took := wait.number(t, "duration") / 1000
		job.WaitNS = expectedWait(job, took)
		if job.WaitKind == nil {
			queue := "queue"
			job.WaitKind = &queue
		}
	}
	if shown(job.WaitNS) {
		require.NotNil(t, wait, "%s: its wait", at)
		kind := strings.TrimPrefix(wait.text("operationName"), "wait: ")
		if kind != "queue" || value(job.WaitKind) != "sleep" { // a sleep that nothing overtook cannot be told from a queue
			require.Equal(t, value(job.WaitKind), kind, at)
		}
		require.InDelta(t, float64(*job.WaitNS)/1e6, wait.number(t, "duration"), 0.001, at)
	} else {
		require.Nil(t, wait, at)
	}
	if shown(job.TransitionNS) {
		require.NotNil(t, transition, "%s: its transition", at)
		require.InDelta(t, float64(*job.TransitionNS)/1e6, transition.number(t, "duration"), 0.001, at)
	} else {
		require.Nil(t, transition, at)
	}
}

// sameMoment: a float64 of milliseconds keeps about a quarter of a microsecond.
func sameMoment(t *testing.T, want time.Time, r row, at string) {
	t.Helper()
	require.InDelta(t, float64(want.UnixNano())/1e6, r.number(t, "startTime"), 0.001, at)
}

func tagsOf(t *testing.T, r row) map[string]any {
	t.Helper()
	var list []struct {
		Key   string
		Value any
	}
	raw, ok := r["tags"].(json.RawMessage)
	require.True(t, ok, "%T", r["tags"])
	require.NoError(t, json.Unmarshal(raw, &list))
	tags := map[string]any{}
	for _, x := range list {
		tags[x.Key] = x.Value
	}
	return tags
}

// TestRunGridEqualsTheTruth lays out the whole history: every step of every run, all its executions together, for which
// Tempo is asked no more often than levels of nesting and batches need.
func TestRunGridEqualsTheTruth(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	frames := ask(t, d, shared.truth[0].Start.Add(-time.Minute), time.Now(), query{"queryType": "run-grid", "limit": 1000})
	got := map[string]row{}
	for _, r := range rows(frames[0]) {
		key := r.text("run_id") + " " + r.text("step")
		require.NotContains(t, got, key)
		got[key] = r
	}
	cells := 0
	for _, run := range shared.truth {
		for step, want := range cellsOf(run) {
			r := got[run.RunID+" "+step]
			require.NotNil(t, r, "%s %s: %s; notices: %s", run.Flow, run.RunID, step, notices(frames[0]))
			require.EqualValues(t, want.executions, r["executions"], step)
			require.InDelta(t, want.total.Seconds(), r.number(t, "duration"), 1e-6, step)
			require.InDelta(t, want.total.Seconds(), r.number(t, "value"), 1e-6, step)
			require.True(t, run.Start.Equal(r["start"].(time.Time)))
			cells++
		}
	}
	asked := statOf(t, frames[0], "Requests to Tempo")
	t.Logf("%d runs, %d cells, %v requests to Tempo", len(shared.truth), cells, asked)
	require.Less(t, asked, float64(len(shared.truth))/2)
}

func statOf(t *testing.T, frame *data.Frame, name string) float64 {
	t.Helper()
	i := slices.IndexFunc(frame.Meta.Stats, func(s data.QueryStat) bool { return s.DisplayName == name })
	require.GreaterOrEqual(t, i, 0, name)
	return frame.Meta.Stats[i].Value
}

type truthCell struct {
	executions int
	total      time.Duration
}

func cellsOf(run simulator.Run) map[string]truthCell {
	cells := map[string]truthCell{}
	for _, job := range run.Jobs[1:] {
		if !isContainer(job) && job.Step != nil { // what an AI agent or a workflow as code calls is no step
			c := cells[placeOf(run, job)]
			cells[placeOf(run, job)] = truthCell{c.executions + 1, c.total + time.Duration(job.DurationNS)}
		}
	}
	return cells
}

func isContainer(job simulator.Job) bool {
	switch job.Kind {
	case "flow", "subflow", "iteration", "branch":
		return true
	}
	return false
}

// placeOf names the steps above a job and its own, without numbers.
func placeOf(run simulator.Run, job simulator.Job) string {
	place := value(job.Step)
	for up := parentOf(run, job); up != nil && up.ParentJob != nil; up = parentOf(run, *up) {
		place = value(up.Step) + "/" + place
	}
	return place
}

func parentOf(run simulator.Run, job simulator.Job) *simulator.Job {
	for i := range run.Jobs {
		if run.Jobs[i].JobID == value(job.ParentJob) {
			return &run.Jobs[i]
		}
	}
	return nil
}

// TestRunCompareEqualsTheDifferencesOfTheTruth compares the two newest runs of each flow.
func TestRunCompareEqualsTheDifferencesOfTheTruth(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	for _, flow := range []string{"f/etl/orders_hourly", "f/ml/retrain_model", "f/onboarding/new_customer"} {
		a, b := shared.newest(t, flow), shared.newestBefore(t, flow)
		frames := ask(t, d, a.Start, a.End, query{"queryType": "run-compare", "runId": a.RunID, "compareRunId": b.RunID})
		compareSides(t, a, b, rows(frames[0]))
	}
}

func compareSides(t *testing.T, a, b simulator.Run, list []row) {
	t.Helper()
	jobsA, jobsB := byID(a), byID(b)
	seen := map[string]bool{}
	both := 0
	for _, r := range list {
		jobA, inA := jobsA[r.text("job_a")]
		jobB, inB := jobsB[r.text("job_b")]
		require.Equal(t, r.text("job_a") != "", inA)
		require.Equal(t, r.text("job_b") != "", inB)
		seen[r.text("job_a")], seen[r.text("job_b")] = true, true
		switch {
		case inA && inB:
			both++
			durationA, durationB := float64(jobA.DurationNS)/1e9, float64(jobB.DurationNS)/1e9
			require.Equal(t, numbered(a, jobA), numbered(b, jobB), "what is compared is the same step, iteration and attempt")
			require.InDelta(t, durationA, r.number(t, "duration_a"), 1e-6)
			require.InDelta(t, durationB, r.number(t, "duration_b"), 1e-6)
			require.InDelta(t, durationA/durationB-1, r.number(t, "change"), 1e-6)
			require.Contains(t, []string{"slower", "faster", "same"}, r.text("verdict"))
			require.Equal(t, jobB.Outcome, r.text("outcome_b"))
		case inA:
			require.Equal(t, "only_a", r.text("verdict"))
			require.Nil(t, r["duration_b"])
		default:
			require.Equal(t, "only_b", r.text("verdict"))
			require.Nil(t, r["duration_a"])
		}
	}
	for _, run := range []simulator.Run{a, b} {
		for _, job := range run.Jobs {
			require.True(t, seen[job.JobID], "%s of %s is missing", placeOf(run, job), run.RunID)
		}
	}
	require.Greater(t, both, 3)
}

func byID(run simulator.Run) map[string]simulator.Job {
	m := map[string]simulator.Job{}
	for _, job := range run.Jobs {
		m[job.JobID] = job
	}
	return m
}

// numbered is a job's place with the numbers of iterations and attempts.
func numbered(run simulator.Run, job simulator.Job) string {
	text := ""
	for up := &job; up != nil; up = parentOf(run, *up) {
		iteration, attempt := -1, -1
		if up.Iteration != nil {
			iteration = *up.Iteration
		}
		if up.Attempt != nil {
			attempt = *up.Attempt
		}
		text = value(up.Step) + " " + strconv.Itoa(iteration) + " " + strconv.Itoa(attempt) + "/" + text
	}
	return text
}

// TestRunCompareWithTheBaseline takes the run's side from the truth and the other from flow-steps.
func TestRunCompareWithTheBaseline(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	run := shared.newest(t, "f/etl/orders_hourly")
	responses := askAll(t, d, run.Start, run.End, query{"queryType": "run-compare", "runId": run.RunID}, query{"queryType": "flow-steps", "runId": run.RunID})
	require.NoError(t, responses["A"].Error)
	require.NoError(t, responses["B"].Error)
	steps := rows(responses["B"].Frames[0])
	verdicts := map[string]int{}
	for i, r := range rows(responses["A"].Frames[0]) {
		require.Equal(t, steps[i].text("path"), r.text("path"))
		require.Equal(t, steps[i]["duration"], r["duration_a"])
		require.Equal(t, steps[i]["baseline_p50"], r["duration_b"])
		require.Nil(t, r["outcome_b"])
		verdicts[r.text("verdict")]++
	}
	require.Positive(t, verdicts["slower"], "aggregate has become four times slower: %v", verdicts)
	require.Positive(t, verdicts["unknown"], "iterations have no baseline")
}

func (w *world) newestBefore(t *testing.T, flow string) simulator.Run {
	t.Helper()
	newest, found := w.newest(t, flow), simulator.Run{}
	for _, run := range w.truth {
		if run.Flow == flow && run.RunID != newest.RunID {
			found = run
		}
	}
	require.NotEmpty(t, found.RunID)
	return found
}
