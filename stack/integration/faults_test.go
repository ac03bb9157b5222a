//go:build integration

package integration

import (
	"net"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/require"
)

// closedPort is the address of a server that is down.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := "http://" + listener.Addr().String()
	require.NoError(t, listener.Close())
	return address
}

func TestOneBadQueryLeavesTheOthersUnharmed(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	run := shared.newest(t, "f/etl/orders_hourly")
	responses := askAll(t, d, run.Start, run.End,
		query{"queryType": "flow-steps", "runId": run.RunID},
		query{"queryType": "flow-steps", "runId": "not-a-uuid"},
		query{"queryType": "no-such-type"},
		query{"queryType": "flow-runs", "minDuration": "soon"},
		query{"queryType": "flow-steps", "runId": "01a20000-0000-4000-8000-000000000000"},
		query{"queryType": "step-stats"},
	)
	require.NoError(t, responses["A"].Error)
	require.NoError(t, responses["F"].Error)
	for refID, says := range map[string]string{"B": "not-a-uuid", "C": "no-such-type", "D": "soon", "E": "was not found"} {
		res := responses[refID]
		require.Error(t, res.Error, refID)
		require.Contains(t, res.Error.Error(), says)
		require.Equal(t, backend.ErrorSourceDownstream, res.ErrorSource, refID)
		require.GreaterOrEqual(t, int(res.Status), 400, refID)
		require.Less(t, int(res.Status), 500, refID)
	}
}

func TestStepsWithoutPrometheus(t *testing.T) {
	d := datasource(t, shared.Tempo, closedPort(t))
	run := shared.newest(t, "f/etl/orders_hourly")
	frames := ask(t, d, run.Start, run.End, query{"queryType": "flow-steps", "runId": run.RunID})
	compareRun(t, run, rows(frames[0]))
	require.Contains(t, notices(frames[0]), "There are no baselines: Prometheus")
	require.Nil(t, rows(frames[0])[0]["baseline_p50"])
}

func TestStatisticsWithoutTempo(t *testing.T) {
	d := datasource(t, closedPort(t), shared.Prometheus)
	end := shared.truth[len(shared.truth)-1].End
	frames := ask(t, d, end.Add(-history/2), end, query{"queryType": "step-stats"})
	require.NotZero(t, frames[0].Rows())
	require.Contains(t, notices(frames[0]), "Tempo")
}

func TestStepsWithoutTempo(t *testing.T) {
	d := datasource(t, closedPort(t), shared.Prometheus)
	run := shared.newest(t, "f/etl/orders_hourly")
	res := askAll(t, d, run.Start, run.End, query{"queryType": "flow-steps", "runId": run.RunID}, query{"queryType": "step-latency"})
	require.ErrorContains(t, res["A"].Error, "Tempo")
	require.Equal(t, backend.ErrorSourceDownstream, res["A"].ErrorSource)
	require.NoError(t, res["B"].Error)
}

func TestAnEmptyWindowIsNoError(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	from := shared.truth[0].Start.Add(-20 * history)
	for _, kind := range []string{"flow-runs", "flow-steps", "step-stats", "step-latency", "run-trace", "run-grid", "run-compare", "step-map", "deployments"} {
		frames := ask(t, d, from, from.Add(history), query{"queryType": kind})
		for _, frame := range frames {
			require.Zero(t, frame.Rows(), kind)
		}
	}
}

func TestHealthNamesWhatFails(t *testing.T) {
	check := func(tempo, prometheus string) *backend.CheckHealthResult {
		res, err := datasource(t, tempo, prometheus).CheckHealth(t.Context(), &backend.CheckHealthRequest{})
		require.NoError(t, err)
		return res
	}
	good := check(shared.Tempo, shared.Prometheus)
	require.Equal(t, backend.HealthStatusOk, good.Status, good.Message)
	noTempo := check(closedPort(t), shared.Prometheus)
	require.Equal(t, backend.HealthStatusError, noTempo.Status)
	require.Contains(t, noTempo.Message, "Tempo")
	noPrometheus := check(shared.Tempo, closedPort(t))
	require.Equal(t, backend.HealthStatusError, noPrometheus.Status)
	require.Contains(t, noPrometheus.Message, "Prometheus")
	swapped := check(shared.Prometheus, shared.Tempo)
	require.Equal(t, backend.HealthStatusError, swapped.Status)
}

// TestRunsWithoutPrometheus: what Tempo alone can tell is there, and what is missing is said.
func TestRunsWithoutPrometheus(t *testing.T) {
	d := datasource(t, shared.Tempo, closedPort(t))
	run := shared.newest(t, "f/etl/orders_hourly")
	for kind, says := range map[string]string{
		"run-trace": "", "run-grid": "There are no baselines", "run-compare": "There are no baselines", "step-map": "sampled runs alone", "deployments": "",
	} {
		frames := ask(t, d, run.Start.Add(-time.Second), run.End, query{"queryType": kind, "filters": map[string]any{"flow": []string{run.Flow}}})
		require.Contains(t, notices(frames[0]), says, kind)
		if kind != "deployments" {
			require.NotZero(t, frames[0].Rows(), kind)
		}
	}
}

func TestNothingOfRunsWithoutTempo(t *testing.T) {
	d := datasource(t, closedPort(t), shared.Prometheus)
	run := shared.newest(t, "f/etl/orders_hourly")
	for _, kind := range []string{"run-trace", "run-grid", "run-compare", "step-map", "deployments"} {
		res := askAll(t, d, run.Start, run.End, query{"queryType": kind, "runId": run.RunID})["A"]
		require.ErrorContains(t, res.Error, "Tempo", kind)
		require.Equal(t, backend.ErrorSourceDownstream, res.ErrorSource, kind)
	}
}
