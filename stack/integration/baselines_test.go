//go:build integration

package integration

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// TestBaselinesEqualPromQL asks Prometheus for each step of the newest ETL run by a query of the test's own.
func TestBaselinesEqualPromQL(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	run := shared.newest(t, "f/etl/orders_hourly")
	frames := ask(t, d, run.Start, run.End, query{"queryType": "flow-steps", "runId": run.RunID})
	require.Equal(t, "span-metrics", custom(t, frames[0], "baselineSource"))
	compared := 0
	for _, r := range rows(frames[0]) {
		step := r.text("step")
		if r.text("kind") != "step" {
			continue
		}
		matchers := fmt.Sprintf(`{workspace_id=%q,step_path=%q,flow_step_id=%q,span_name=%q}`,
			run.Workspace, windmill.StepPath(r.text("script_path")), step, "job "+step)
		increase := "increase(traces_spanmetrics_latency" + matchers + "[24h])"
		require.InDelta(t, scalar(t, "histogram_quantile(0.5, sum("+increase+"))", run.Start), r.number(t, "baseline_p50"), 1e-6, step)
		require.InDelta(t, scalar(t, "histogram_quantile(0.95, sum("+increase+"))", run.Start), r.number(t, "baseline_p95"), 1e-6, step)
		require.InDelta(t, scalar(t, "histogram_count(sum("+increase+"))", run.Start), r.number(t, "baseline_count"), 1e-3, step)
		require.InDelta(t, r.number(t, "duration")/r.number(t, "baseline_p50"), r.number(t, "ratio"), 1e-9, step)
		compared++
	}
	require.Greater(t, compared, 10)
}

// TestBaselineIsNearTheTruth compares a baseline with the durations that the simulator knows: native histograms have
// buckets a tenth wide, so a quantile is off by no more than that and the neighbours among few executions.
func TestBaselineIsNearTheTruth(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	run := shared.newest(t, "f/etl/orders_hourly")
	var before []float64
	for _, other := range shared.truth {
		for _, job := range other.Jobs {
			if other.Flow == run.Flow && value(job.Step) == "normalise" && job.End.Before(run.Start.Add(-15*time.Second)) {
				before = append(before, float64(job.DurationNS)/1e9)
			}
		}
	}
	slices.Sort(before)
	frames := ask(t, d, run.Start, run.End, query{"queryType": "flow-steps", "runId": run.RunID, "filters": map[string]any{"step": []string{"normalise"}}})
	list := rows(frames[0])
	last := list[len(list)-1]
	require.Equal(t, "normalise", last.text("step"))
	median := before[len(before)/2]
	require.InDelta(t, median, last.number(t, "baseline_p50"), 0.2*median)
}

// TestBaselinesOfScripts asks for what a standalone script usually takes, and compares with a query of the test's
// own and with the truth. Runs of flows are none of it, nor are steps that run a script of that path.
func TestBaselinesOfScripts(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	for _, flow := range []string{"f/reports/weekly_kpi", "f/ops/cleanup_temp"} {
		run := shared.newest(t, flow)
		matchers := fmt.Sprintf(`{workspace_id=%q,step_path=%q,span_name="job"}`, run.Workspace, run.Flow)
		increase := "increase(traces_spanmetrics_latency" + matchers + "[24h])"
		frames := ask(t, d, run.Start, run.End, query{"queryType": "flow-steps", "runId": run.RunID})
		require.Equal(t, "span-metrics", custom(t, frames[0], "baselineSource"))
		step := rows(frames[0])[0]
		require.InDelta(t, scalar(t, "histogram_quantile(0.5, sum("+increase+"))", run.Start), step.number(t, "baseline_p50"), 1e-6)
		require.InDelta(t, scalar(t, "histogram_count(sum("+increase+"))", run.Start), step.number(t, "baseline_count"), 1e-3)
		require.InDelta(t, step.number(t, "duration")/step.number(t, "baseline_p50"), step.number(t, "ratio"), 1e-9)
		require.Contains(t, []string{"slow", "normal", "fast"}, step.text("verdict"))
		require.InDelta(t, median(shared.durationsBefore(flow, run.Start)), step.number(t, "baseline_p50"), 0.25*step.number(t, "baseline_p50"))

		frames = ask(t, d, run.Start.Add(-time.Minute), run.End.Add(time.Minute), query{"queryType": "flow-runs", "filters": map[string]any{"flow": []string{flow}}})
		listed := rows(frames[0])
		i := slices.IndexFunc(listed, func(r row) bool { return r.text("run_id") == run.RunID })
		require.GreaterOrEqual(t, i, 0)
		require.InDelta(t, listed[i].number(t, "duration")/listed[i].number(t, "baseline_p50"), listed[i].number(t, "ratio"), 1e-9)
	}
}

// durationsBefore are those of the runs of a flow that had ended, and been counted, before a time.
func (w *world) durationsBefore(flow string, at time.Time) (list []float64) {
	for _, run := range w.truth {
		if run.Flow == flow && run.End.Before(at.Add(-15*time.Second)) {
			list = append(list, float64(run.DurationNS)/1e9)
		}
	}
	return list
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// TestTheSlowStepIsFound looks for what the ETL flow hides: aggregate becomes four times slower.
func TestTheSlowStepIsFound(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	end := shared.truth[len(shared.truth)-1].End
	window := time.Duration(0.4 * float64(history)) // it is slow from 0.55 of the history on
	frames := ask(t, d, end.Add(-window), end, query{"queryType": "step-stats", "filters": map[string]any{"flow": []string{"f/etl/orders_hourly"}}})
	list := rows(frames[0])
	steps := map[string]row{}
	for _, r := range list {
		steps[r.text("step")] = r
	}
	require.Contains(t, steps, "aggregate")
	require.Equal(t, "slow", steps["aggregate"].text("verdict"))
	require.Greater(t, steps["aggregate"].number(t, "change"), 1.0)
	require.NotEmpty(t, steps["aggregate"].text("slowest_run"))
	require.Equal(t, "f/etl/orders_hourly", steps["aggregate"].text("flow"))
	for name, r := range steps {
		if change, known := r["change"].(float64); known && name != "aggregate" {
			require.Less(t, change, steps["aggregate"].number(t, "change"), "%s changed more than what became slow", name)
		}
	}
	require.Equal(t, "f/etl/orders_hourly", steps["extract"].text("flow"), "the flow of a script by path is known from the runs")
}

// TestStepLatencyEqualsPromQL compares each point of a series with a query of the test's own.
func TestStepLatencyEqualsPromQL(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	end := shared.truth[len(shared.truth)-1].End.Truncate(time.Minute)
	frames := ask(t, d, end.Add(-30*time.Minute), end, query{
		"queryType": "step-latency", "quantiles": []float64{0.95},
		"filters": map[string]any{"step": []string{"aggregate"}, "workspace": []string{"sales"}},
	})
	require.Len(t, frames, 2)
	require.Equal(t, "exemplar", frames[1].Name)
	frame := frames[0]
	require.EqualValues(t, "timeseries-multi", frame.Meta.Type)
	require.Equal(t, "aggregate", frame.Fields[1].Labels["step"])
	require.Equal(t, "0.95", frame.Fields[1].Labels["quantile"])
	values := 0
	for _, r := range rows(frame) {
		if v, ok := r[frame.Fields[1].Name].(float64); ok {
			require.False(t, math.IsNaN(v))
			values++
		}
	}
	require.Greater(t, values, 10)
}

func (w *world) newest(t *testing.T, flow string) simulator.Run {
	t.Helper()
	for _, run := range slices.Backward(w.truth) {
		if run.Flow == flow {
			return run
		}
	}
	t.Fatalf("the simulator ran no %s", flow)
	return simulator.Run{}
}

func scalar(t *testing.T, expr string, at time.Time) float64 {
	t.Helper()
	samples := promQL(t, shared.Prometheus, expr, at)
	require.Len(t, samples, 1, expr)
	return samples[0].value
}
