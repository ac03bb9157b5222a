package simulator

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
)

func withoutDashes(id string) string { return strings.ReplaceAll(id, "-", "") }

func TestIDsComeFromTheJob(t *testing.T) {
	for _, run := range shippedHour(t, 1).Runs {
		for _, job := range run.Jobs {
			require.True(t, strings.HasPrefix(job.JobID, "01"), job.JobID)
			require.False(t, job.Created.After(job.Start), "created before it started")
			require.Len(t, job.JobID, 36)
		}
	}
	id := JobID{0x01, 0x99, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	require.Equal(t, "01990203-0405-0607-0809-0a0b0c0d0e0f", id.String())
	require.Equal(t, "0199020304050607"+"08090a0b0c0d0e0f", id.TraceID().String())
	require.Equal(t, "08090a0b0c0d0e0f", id.SpanID().String())
}

// TestTruthIsWhatTheSpansSay rebuilds every run of an hour from its spans alone and compares.
func TestTruthIsWhatTheSpansSay(t *testing.T) {
	batch := shippedHour(t, 3)
	jobSpans, posts, full := map[string][]Span{}, map[string]Span{}, map[string]Span{}
	for _, span := range batch.Spans {
		id := span.Attribute("job_id")
		switch {
		case span.Name == "full_job":
			require.NotContains(t, full, id)
			full[id] = span
		case strings.HasPrefix(span.Name, "job_postprocessing ") || span.Name == "job postprocessing":
			require.NotContains(t, posts, id)
			posts[id] = span
		default:
			jobSpans[id] = append(jobSpans[id], span)
		}
	}
	for _, run := range batch.Runs {
		ends := map[string]time.Time{}
		for i := len(run.Jobs) - 1; i >= 0; i-- {
			checkJob(t, run, run.Jobs[i], jobSpans[run.Jobs[i].JobID], posts, full, ends)
		}
		_, hasFull := full[run.RunID]
		require.Equal(t, hasFull, run.FullJob)
	}
}

func checkJob(t *testing.T, run Run, job Job, pulls []Span, posts, full map[string]Span, ends map[string]time.Time) {
	t.Helper()
	require.NotEmpty(t, pulls)
	first := pulls[0]
	require.Equal(t, job.Start.UnixNano(), int64(first.StartTimeUnixNano))
	require.Equal(t, value(job.ParentJob), first.Attribute("parent_job"))
	require.Equal(t, value(job.RootJob), first.Attribute("root_job"))
	require.Equal(t, value(job.Step), first.Attribute("flow_step_id"))
	require.Equal(t, value(job.ScriptPath), first.Attribute("script_path"))
	require.Equal(t, job.JobKind, first.Attribute("job_kind"))
	require.Equal(t, job.Worker, first.Attribute("worker"))
	require.Equal(t, job.Tag, first.Attribute("tag"))
	require.Equal(t, value(job.Language), first.Attribute("language"))
	container := strings.HasPrefix(job.JobKind, "flow") && job.JobKind != "flowscript"
	end := pulls[len(pulls)-1].End()
	if container {
		require.NotContains(t, posts, job.JobID, "flows have no postprocessing of their own")
		require.Nil(t, job.TransitionNS)
		if ends[job.JobID].After(end) {
			end = ends[job.JobID]
		}
		if span, ok := full[job.JobID]; ok {
			end = span.End()
			require.Equal(t, job.SpanID, hex.EncodeToString(span.SpanId))
		}
	} else {
		require.Len(t, pulls, job.Pulls)
		post := posts[job.JobID]
		require.Equal(t, *job.TransitionNS, int64(post.EndTimeUnixNano-post.StartTimeUnixNano))
		require.Equal(t, job.Outcome == outcomeError, post.Attribute("success") == "false")
		require.Equal(t, hex.EncodeToString(first.SpanId), job.SpanID)
		noteEnd(ends, job, post.End())
	}
	noteEnd(ends, job, end)
	require.Equal(t, end.UnixNano(), job.End.UnixNano(), "%s %s", run.Flow, job.JobKind)
	require.Equal(t, int64(end.Sub(job.Start)), job.DurationNS)
}

func noteEnd(ends map[string]time.Time, job Job, end time.Time) {
	if parent := value(job.ParentJob); end.After(ends[parent]) {
		ends[parent] = end
	}
}

func TestTheSpanTreeIsFlat(t *testing.T) {
	batch := simulate(t, time.Minute, everything, subflow)
	run := onlyRun(t, batch)
	for _, span := range batch.Spans {
		trace := hex.EncodeToString(span.TraceId)
		if span.Name == "full_job" {
			require.Equal(t, withoutDashes(run.RunID), trace)
			require.Equal(t, trace[16:], hex.EncodeToString(span.SpanId))
			require.Empty(t, span.ParentSpanId)
			continue
		}
		root := span.Attribute("root_job")
		if root == "" {
			root = span.Attribute("job_id")
		}
		require.Equal(t, withoutDashes(root), trace)
		require.Equal(t, trace[16:], hex.EncodeToString(span.ParentSpanId))
		require.Equal(t, tracev1.Span_SPAN_KIND_INTERNAL, span.Kind)
	}
}

func TestAttributesOfEachSpan(t *testing.T) {
	batch := simulate(t, time.Minute, `
path: f/a
workspace: w
created_by: ann
trigger: {kind: http, path: api/a}
schedule: {every: 1h}
modules: [{id: a, script: f/lib/a, language: go, duration: 10ms, labels: [x, y]}]
`)
	run := onlyRun(t, batch)
	tracing := []string{"code.filepath", "code.namespace", "code.lineno", "thread.id", "thread.name", "busy_ns", "idle_ns"}
	common := []string{"job_id", "workspace_id", "worker", "tag", "script_path", "job_kind", "created_by"}
	require.ElementsMatch(t, keys(batch, "job"), append(append([]string{"hostname", "trigger_kind", "trigger"}, common...), tracing...))
	leaf := append([]string{"language", "flow_step_id", "parent_job", "root_job", "script_hash"}, append(common, tracing...)...)
	require.ElementsMatch(t, keys(batch, "job a"), append([]string{"hostname"}, leaf...))
	require.ElementsMatch(t, keys(batch, "job_postprocessing a"), append([]string{"success", "labels"}, leaf...))
	require.ElementsMatch(t, keys(batch, "full_job"), []string{"job_id", "workspace_id", "script_path"})
	require.Equal(t, "x,y", spanNamed(t, batch, "job_postprocessing a").Attribute("labels"))
	require.Equal(t, "api/a", spanNamed(t, batch, "job").Attribute("trigger"))
	require.Equal(t, run.RunID, spanNamed(t, batch, "job a").Attribute("parent_job"))
	for _, span := range batch.Spans {
		require.Equal(t, uint32(1), span.Flags)
	}
}

func TestStatuses(t *testing.T) {
	failing := func(extra string) Batch {
		return simulate(t, time.Minute, `
path: f/a
workspace: w
schedule: {every: 1h}
modules: [{id: a, rawscript: python3, duration: 10ms, fail: {probability: 1, name: Boom, message: "`+strings.Repeat("é", 300)+`"`+extra+`}}]
`)
	}
	batch := failing("")
	job, post := spanNamed(t, batch, "job a"), spanNamed(t, batch, "job_postprocessing a")
	require.Equal(t, tracev1.Status_STATUS_CODE_ERROR, job.Status.Code)
	require.Equal(t, strings.Repeat("é", 256), job.Status.Message, "at most 512 bytes")
	require.Equal(t, tracev1.Status_STATUS_CODE_ERROR, post.Status.Code)
	require.Equal(t, "false", post.Attribute("success"))
	require.Equal(t, "Boom", post.Attribute("error.name"))
	require.Equal(t, strings.Repeat("é", 300), post.Attribute("error.message"))
	require.Equal(t, tracev1.Status_STATUS_CODE_UNSET, spanNamed(t, batch, "job").Status.Code, "a flow's own span never fails")
	require.Equal(t, tracev1.Status_STATUS_CODE_ERROR, spanNamed(t, batch, "full_job").Status.Code)
	require.Equal(t, "Job failed", spanNamed(t, batch, "full_job").Status.Message)

	batch = failing(", by_result: true")
	require.Equal(t, tracev1.Status_STATUS_CODE_UNSET, spanNamed(t, batch, "job a").Status.Code)
	require.Equal(t, tracev1.Status_STATUS_CODE_ERROR, spanNamed(t, batch, "job_postprocessing a").Status.Code)
}

func TestFullJobHasTheStatusOfTheLastStep(t *testing.T) {
	batch := simulate(t, time.Minute, `
path: f/a
workspace: w
schedule: {every: 1h}
modules: [{id: a, rawscript: python3, duration: 10ms, fail: {probability: 1, message: no}}]
failure_module: {rawscript: bun, duration: 10ms}
`)
	require.Equal(t, outcomeError, onlyRun(t, batch).Outcome)
	require.Equal(t, tracev1.Status_STATUS_CODE_OK, spanNamed(t, batch, "full_job").Status.Code)

	batch = simulate(t, time.Minute, `
path: f/a
workspace: w
schedule: {every: 1h}
modules: [{id: a, rawscript: python3, duration: 10ms, continue_on_error: true, fail: {probability: 1, message: no}}]
`)
	require.Equal(t, outcomeOK, onlyRun(t, batch).Outcome)
	require.Equal(t, tracev1.Status_STATUS_CODE_ERROR, spanNamed(t, batch, "full_job").Status.Code)
}

func TestStandaloneScriptsHaveNoFullJob(t *testing.T) {
	batch := simulate(t, time.Minute, `
path: f/s
workspace: w
schedule: {every: 1h}
script: {language: bash, duration: 1s}
`)
	require.Len(t, batch.Spans, 2)
	require.Equal(t, "script", spanNamed(t, batch, "job").Attribute("job_kind"))
	require.Empty(t, spanNamed(t, batch, "job postprocessing").Attribute("root_job"))
	run := onlyRun(t, batch)
	require.False(t, run.FullJob)
	require.Equal(t, int64(time.Second), run.DurationNS)
}

func TestApproval(t *testing.T) {
	flow := func(extra string) string {
		return `
path: f/a
workspace: w
schedule: {every: 1h}
modules:
  - {id: ask, rawscript: bun, duration: 10ms, approval: {wait: 20s, timeout: 30s` + extra + `}}
  - {id: do, rawscript: bun, duration: 10ms}
`
	}
	granted := simulate(t, time.Minute, flow(""))
	run := onlyRun(t, granted)
	require.Equal(t, outcomeOK, run.Outcome)
	require.Equal(t, waitApproval, *run.Jobs[2].WaitKind)
	require.InDelta(t, 20, time.Duration(*run.Jobs[2].WaitNS).Seconds(), 0.2)
	require.Len(t, spansNamed(granted, "job"), 2, "the flow is pulled again")
	require.Len(t, spansNamed(granted, "full_job"), 1)

	for extra, wait := range map[string]float64{", refused: 1": 20, ", ignored: 1": 30} {
		batch := simulate(t, time.Minute, flow(extra))
		run := onlyRun(t, batch)
		require.Equal(t, outcomeCanceled, run.Outcome)
		require.Len(t, run.Jobs, 2)
		require.Empty(t, spansNamed(batch, "full_job"))
		require.Len(t, spansNamed(batch, "job"), 2)
		require.InDelta(t, wait, time.Duration(run.DurationNS).Seconds(), 0.3)
	}
}

func TestATraceparentMovesJobSpans(t *testing.T) {
	batch := simulate(t, time.Minute, `
path: f/a
workspace: w
trigger: {kind: http, traceparent: true}
schedule: {every: 1h}
modules: [{id: a, rawscript: bun, duration: 10ms}]
`)
	run := onlyRun(t, batch)
	flow, step, post := spanNamed(t, batch, "job"), spanNamed(t, batch, "job a"), spanNamed(t, batch, "job_postprocessing a")
	require.Equal(t, flow.TraceId, step.TraceId)
	require.Equal(t, flow.ParentSpanId, step.ParentSpanId)
	require.NotEqual(t, withoutDashes(run.RunID), hex.EncodeToString(step.TraceId))
	require.Equal(t, withoutDashes(run.RunID), hex.EncodeToString(post.TraceId))
	require.Equal(t, run.Jobs[1].TraceID, hex.EncodeToString(step.TraceId))
	require.Equal(t, run.Jobs[0].TraceID, withoutDashes(run.RunID), "full_job stays")
}

func TestStepPath(t *testing.T) {
	for path, want := range map[string]string{
		"f/x/a": "f/x/a", "f/x": "f/x", "f/x/loop-0/c": "f/x", "f/x/forloop-12": "f/x", "f/x/loop-1/branchone-1/d": "f/x",
		"f/x/branchall-0/d": "f/x", "f/loop-holes/a": "f/loop-holes/a", "u/a/loop-3x": "u/a",
	} {
		require.Equal(t, want, StepPath(path), path)
	}
	for _, span := range shippedHour(t, 1).Spans {
		if got, want := span.Attribute("step_path"), StepPath(span.Attribute("script_path")); got != want {
			require.Equal(t, want, got)
		}
	}
	require.Empty(t, simulate(t, time.Minute, everything, subflow).Spans[0].Attribute("step_path"), "off unless asked for")
}

func spansNamed(batch Batch, name string) []Span {
	var out []Span
	for _, span := range batch.Spans {
		if span.Name == name {
			out = append(out, span)
		}
	}
	return out
}

func spanNamed(t *testing.T, batch Batch, name string) Span {
	t.Helper()
	spans := spansNamed(batch, name)
	require.Len(t, spans, 1, name)
	return spans[0]
}

func keys(batch Batch, name string) []string {
	var out []string
	for _, a := range spansNamed(batch, name)[0].Attributes {
		out = append(out, a.Key)
	}
	return out
}
