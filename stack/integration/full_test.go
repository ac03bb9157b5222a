//go:build integration

package integration

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/stack/servers"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// TestFullStack sends spans and logs through the real collector to a Tempo, a Prometheus and a Loki of their own, with
// the configuration that docker-compose.yml mounts: the collector derives step_path, so baselines are by Windmill's
// tags.
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
	requireLogs(t, stack, run)
	requireLogLink(t, stack.Loki, frames[0], rows(frames[0])[1])
}

// requireLogs waits until the log lines of every job of a run have come through the collector to Loki.
func requireLogs(t *testing.T, stack *servers.Stack, run simulator.Run) {
	t.Helper()
	d := datasourceWith(t, stack.Tempo, stack.Prometheus, stack.Loki)
	missing := map[string]bool{}
	require.Eventually(t, func() bool {
		for _, j := range run.Jobs {
			missing[j.JobID] = true
		}
		for _, r := range rows(ask(t, d, run.Start, run.End, query{"queryType": "step-logs", "runId": run.RunID, "limit": 1000})[0]) {
			delete(missing, r.text("job_id"))
		}
		return len(missing) == 0
	}, arrivalTimeout, time.Second, "Loki has no lines of the jobs %v", missing)
}

func contextWithStop(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	return ctx, stop
}
