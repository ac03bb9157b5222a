//go:build integration

package integration

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/stack/servers"
)

// TestFullStack sends spans and logs through the real collector to a Tempo, a Prometheus and a Loki of their own, with
// the configuration that docker-compose.yml mounts: the collector derives step_path, so baselines are by Windmill's tags.
func TestFullStack(t *testing.T) {
	stack, err := servers.StartFull(t.Context(), servers.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(stack.Stop)
	liveRun(t, stack, stack.OTLP, stack.OTLP) // a run before, for the baselines
	awaitSeries(t, stack.Prometheus, `traces_spanmetrics_calls_total{span_name="job normalise"}`)
	run := liveRun(t, stack, stack.OTLP, stack.OTLP)
	d := datasource(t, stack.Tempo, stack.Prometheus)
	require.Eventually(t, func() bool { // Tempo's remote write takes 15 s as a process of its own
		res := askAll(t, d, run.Start, run.End, query{"queryType": "flow-steps", "runId": run.RunID})["A"]
		return res.Error == nil && res.Frames[0].Rows() == len(run.Jobs) && custom(t, res.Frames[0], "baselineSource") == "span-metrics"
	}, 2*arrivalTimeout, time.Second)
	frames := ask(t, d, run.Start, run.End, query{"queryType": "flow-steps", "runId": run.RunID})
	compareRun(t, run, rows(frames[0]))

	paths := map[string]bool{}
	for _, s := range promQL(t, stack.Prometheus, "group by (step_path) (traces_spanmetrics_calls_total)", time.Now()) {
		paths[s.labels["step_path"]] = true
	}
	require.True(t, paths["f/etl/orders_hourly"], "the collector derives step_path: %v", paths)
	for path := range paths {
		require.NotContains(t, path, "forloop-", "an iteration's number makes a series of its own")
	}
	requireLogs(t, stack.Loki, run.Jobs[1].JobID)
	requireLogLink(t, stack.Loki, frames[0], rows(frames[0])[1])
}

// requireLogs waits until Loki finds log lines of a job by its structured metadata.
func requireLogs(t *testing.T, loki, jobID string) {
	t.Helper()
	q := url.Values{"query": {`{service_name=~"windmill.*"} | job_id="` + jobID + `"`}, "limit": {"10"},
		"start": {strconv.FormatInt(time.Now().Add(-time.Hour).UnixNano(), 10)}}
	require.Eventually(t, func() bool {
		var answer struct {
			Data struct {
				Result []json.RawMessage `json:"result"`
			} `json:"data"`
		}
		return getJSON(loki+"/loki/api/v1/query_range?"+q.Encode(), &answer) == nil && len(answer.Data.Result) > 0
	}, arrivalTimeout, time.Second, "Loki has no lines of job %s", jobID)
}

func contextWithStop(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	return ctx, stop
}
