//go:build integration

package integration

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/stack/servers"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// TestStockConfiguration runs the plugin against Tempo as its documentation sets it up: span metrics have no
// dimensions, only span names. Steps are as complete as ever, baselines are by name, and what is missing is said.
func TestStockConfiguration(t *testing.T) {
	config, err := servers.Config("tempo-stock.yaml")
	require.NoError(t, err)
	stack, err := servers.StartEmbedded(t.Context(), servers.Options{Dir: t.TempDir(), TempoConfig: config})
	require.NoError(t, err)
	t.Cleanup(stack.Stop)
	liveRun(t, stack, stack.OTLP, "") // a run before, for the baselines
	awaitSeries(t, stack.Prometheus, `traces_spanmetrics_calls_total{span_name="job normalise"}`)
	run := liveRun(t, stack, stack.OTLP, "")
	d := datasource(t, stack.Tempo, stack.Prometheus)

	var got []row
	require.Eventually(t, func() bool { // Tempo's default timings: a span is searchable within some 15 s
		res := askAll(t, d, run.Start, run.End, query{"queryType": "flow-steps", "runId": run.RunID})["A"]
		if res.Error != nil || res.Frames[0].Rows() != len(run.Jobs) {
			return false
		}
		got = rows(res.Frames[0])
		return custom(t, res.Frames[0], "baselineSource") == "span-metrics-by-name"
	}, 2*arrivalTimeout, time.Second)
	compareRun(t, run, got)

	frames := ask(t, d, run.Start, time.Now(), query{"queryType": "flow-steps", "runId": run.RunID})
	require.Contains(t, notices(frames[0]), "mix")
	health, err := d.CheckHealth(t.Context(), &backend.CheckHealthRequest{})
	require.NoError(t, err)
	require.Contains(t, string(health.JSONDetails), "dimensions: [workspace_id, step_path, flow_step_id")
}

// liveRun simulates in real time, six times as fast, until an ETL run has ended, and gives its truth.
func liveRun(t *testing.T, stack *servers.Stack, traces, logs string) simulator.Run {
	t.Helper()
	session, err := shippedSession()
	require.NoError(t, err)
	truth := filepath.Join(t.TempDir(), "truth")
	session.Live, session.Speed = true, 6
	session.Traces, session.Logs, session.Truth = traces, logs, simulator.TruthDir(truth)
	session.StepPath = traces == stack.TempoOTLP
	ctx, stop := contextWithStop(t)
	done := make(chan error, 1)
	go func() { done <- session.Run(ctx) }()
	var run simulator.Run
	require.Eventually(t, func() bool {
		runs, err := readTruth(truth)
		if err != nil {
			return false // none has ended yet
		}
		for _, r := range runs {
			if r.Flow == "f/etl/orders_hourly" {
				run = r
			}
		}
		return run.RunID != ""
	}, 2*arrivalTimeout, 200*time.Millisecond)
	stop()
	require.NoError(t, <-done)
	return run
}
