package simulator

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLogsOfAFlow(t *testing.T) {
	batch := simulate(t, time.Minute, `
path: f/l
workspace: w
schedule: {every: 1h}
modules:
  - {id: a, rawscript: python3, duration: 1s, output: [one, two]}
  - {id: b, rawscript: python3, duration: 10ms, fail: {probability: 1, name: Boom, message: it broke}}
`)
	run := onlyRun(t, batch)
	flow, a, b := run.Jobs[0], run.Jobs[1], run.Jobs[2]

	fetched := logsStarting(batch, "fetched job ")
	require.Len(t, fetched, 3)
	require.Contains(t, fetched[0].Body.GetStringValue(), "fetched job "+flow.JobID+" (root job: none, scheduled for: 2026-03-01 12:00:00 UTC)")
	require.Contains(t, fetched[1].Body.GetStringValue(), "fetched job "+a.JobID+" (root job: "+flow.JobID)
	require.Equal(t, flow.JobID, fetched[1].Attribute("root_id"))
	require.Empty(t, fetched[1].TraceId, "logged before the job's context exists")
	require.Empty(t, fetched[1].Attribute("worker"))

	pushed := logsStarting(batch, "all next flow jobs pushed: ")
	require.Len(t, pushed, 2)
	require.Equal(t, "all next flow jobs pushed: ["+a.JobID+"]", pushed[0].Body.GetStringValue())
	require.Equal(t, "all next flow jobs pushed: ["+b.JobID+"]", pushed[1].Body.GetStringValue())
	require.Equal(t, flow.JobID, pushed[1].Attribute("id"))
	require.Equal(t, a.JobID, pushed[1].Attribute("job_id"), "in the context of the step that ended")
	post := spanNamed(t, batch, "job_postprocessing a")
	require.Equal(t, post.SpanId, pushed[1].SpanId)
	require.Equal(t, pushed[1].Body.GetStringValue(), post.Events[0].Name)

	output := logsStarting(batch, "one")
	require.Len(t, output, 1)
	require.Equal(t, targetJobLog, output[0].Target)
	require.Equal(t, "INFO", output[0].SeverityText)
	require.Equal(t, a.SpanID, hex.EncodeToString(output[0].SpanId))
	require.Equal(t, a.TraceID, hex.EncodeToString(output[0].TraceId))
	for _, key := range []string{"job_id", "workspace_id", "worker", "hostname", "tag", "job_kind", "created_by", "script_path", "language", "flow_step_id", "parent_job", "root_job"} {
		require.NotEmpty(t, output[0].Attribute(key), key)
	}
	require.True(t, output[0].Time().After(a.Start) && output[0].Time().Before(a.End), "while the script runs")

	failure := logsStarting(batch, "error handling job: Boom: it broke")
	require.Len(t, failure, 1)
	require.Equal(t, "ERROR", failure[0].SeverityText)
	require.Equal(t, flow.JobID, failure[0].Attribute("parent_flow"))
	require.Equal(t, b.JobID, failure[0].Attribute("job_id"))
}

func logsStarting(batch Batch, start string) []Log {
	var out []Log
	for _, log := range batch.Logs {
		if strings.HasPrefix(log.Body.GetStringValue(), start) {
			out = append(out, log)
		}
	}
	return out
}
