package simulator

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
)

const calledFlow = `
path: f/x
workspace: w
created_by: ann
trigger: {kind: http, path: api/x, traceparent: true}
schedule: {every: 1h}
modules: [{id: a, script: f/lib/a, language: go, duration: 100ms, output: [hello], fail: {probability: 1, name: Boom, message: it broke}}]
`

func simulateWith(t *testing.T, o Options, documents ...string) Batch {
	t.Helper()
	o.Seed, o.Flows, o.Start, o.History = 1, loadAll(t, documents...), testStart, time.Minute
	s, err := New(o)
	require.NoError(t, err)
	return s.Advance(testStart.Add(time.Minute))
}

func TestOlderVersions(t *testing.T) {
	var old Version
	require.NoError(t, old.Without("job_kind,status,full_job,traceparent,log_trace"))
	old.Service = "my windmill"
	batch := simulateWith(t, Options{Version: old}, calledFlow)
	for _, span := range batch.Spans {
		for _, key := range []string{"job_kind", "created_by", "trigger_kind", "trigger", "script_hash"} {
			require.Empty(t, span.Attribute(key))
		}
		require.Equal(t, tracev1.Status_STATUS_CODE_UNSET, span.Status.Code)
		require.Equal(t, withoutDashes(batch.Runs[0].RunID), hex.EncodeToString(span.TraceId), "no traceparent")
	}
	require.Empty(t, spansNamed(batch, "full_job"))
	require.False(t, batch.Runs[0].FullJob)
	post := spanNamed(t, batch, "job_postprocessing a")
	require.Equal(t, []string{"false", "Boom", "it broke"}, []string{post.Attribute("success"), post.Attribute("error.name"), post.Attribute("error.message")})
	for _, log := range batch.Logs {
		require.Empty(t, log.TraceId)
	}
	require.Equal(t, "my windmill", TracesRequest(batch.Spans).ResourceSpans[0].Resource.Attributes[0].Value.GetStringValue())
	require.Equal(t, "my windmill", Windmill(batch.Spans)[0].Service)
	require.ErrorContains(t, old.Without("colour"), `no part "colour" of a version; the parts are: full_job, job_kind,`)
}

func TestForeignSpansChangeNothingElse(t *testing.T) {
	plain := simulateWith(t, Options{}, calledFlow)
	batch := simulateWith(t, Options{Foreign: Foreign{UserSpans: 1, Requests: true}}, calledFlow)
	require.Equal(t, plain.Runs, batch.Runs)
	require.Len(t, batch.Spans, len(plain.Spans)+3)
	step := spanNamed(t, batch, "job a")
	caller, request, user := spanNamed(t, batch, "POST /checkout"), spanNamed(t, batch, "request"), spanNamed(t, batch, "GET customers")
	require.Equal(t, step.TraceId, caller.TraceId)
	require.Equal(t, step.ParentSpanId, caller.SpanId, "the caller's span is the parent of the job spans")
	require.Equal(t, step.TraceId, user.TraceId, "a script gets the caller's context")
	require.NotEqual(t, step.TraceId, request.TraceId)
	require.Equal(t, "POST", request.Attribute("method"))
	for _, span := range []Span{caller, request, user} {
		require.Empty(t, span.Attribute("job_id"))
		require.NotEqual(t, step.Service, span.Service)
	}
	own := simulateWith(t, Options{Version: Version{NoTraceparent: true}, Foreign: Foreign{UserSpans: 1}}, calledFlow)
	user = spanNamed(t, own, "GET customers")
	require.Equal(t, withoutDashes(spanNamed(t, own, "job a").Attribute("job_id")), hex.EncodeToString(user.TraceId), "else that of its own job")
}

func TestAWorkerComplainsOfALongWait(t *testing.T) {
	batch := simulateWith(t, Options{Workers: []WorkerGroup{{Name: "one", Hosts: 1, PerHost: 1, Tags: []string{"flow", "go"}}}}, `
path: f/x
workspace: w
schedule: {every: 1h}
modules: [{id: all, branchall: {parallel: true, branches: [{modules: [{id: a, rawscript: go, duration: 3s}]}, {modules: [{id: b, rawscript: go, duration: 3s}]}]}}]
`)
	waited := logsStarting(batch, "job ")
	require.NotEmpty(t, waited)
	require.Regexp(t, `^job [0-9a-f-]{36} waited for an executor for a significant amount of time\. Recording value wait_time=\d+ms$`, waited[0].Body.GetStringValue())
	require.Equal(t, "WARN", waited[0].SeverityText)
	require.NotEmpty(t, waited[0].Attribute("flow_step_id"))
	require.NotEmpty(t, waited[0].TraceId)
}
