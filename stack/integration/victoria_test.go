//go:build integration && victoria

package integration

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/servers"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// victoria is a VictoriaMetrics with the span metrics of a backfill, and the truth about it. It needs Debian's package
// victoria-metrics, so these tests have a build tag of their own, and the suite a stage.
func victoria(t *testing.T) (url string, truth []simulator.Run) {
	t.Helper()
	vm, err := servers.StartVictoriaMetrics(t.Context(), t.TempDir())
	require.NoError(t, err)
	t.Cleanup(vm.Stop)
	truth = writeHistory(t, vm.URL, 0)
	awaitSeries(t, vm.URL, `traces_spanmetrics_calls_total{span_name="job aggregate"} offset 2m`)
	return vm.URL, truth
}

// TestVictoriaMetrics asks everything that is made of span metrics of VictoriaMetrics in place of Prometheus: it has no
// native histograms and no exemplars, and its increase() does not extrapolate.
func TestVictoriaMetrics(t *testing.T) {
	url, truth := victoria(t)
	w := &world{Stack: shared.Stack, truth: truth}
	d := datasource(t, shared.Tempo, url)
	from, to := w.middle()
	filters := map[string]any{"step": []string{"normalise"}}
	jobs := executions(truth, from, to, ofStep("normalise"))

	t.Run("stats", func(t *testing.T) {
		list := rows(ask(t, d, from, to, query{"queryType": "step-stats", "filters": filters})[0])
		require.Len(t, list, 1)
		require.InEpsilon(t, float64(len(jobs)), list[0].number(t, "calls"), countersTolerance)
		require.InEpsilon(t, secondsOf(jobs), list[0].number(t, "total"), countersTolerance)
		require.Less(t, list[0].number(t, "p50"), list[0].number(t, "p95"))
	})
	t.Run("latency", func(t *testing.T) {
		frames := askCoarse(t, d, from, to, query{"queryType": "step-latency", "quantiles": []float64{0.95}, "filters": filters})
		require.Len(t, frames, 1, "there are no exemplars")
		require.Greater(t, frames[0].Rows(), 2)
	})
	t.Run("contribution", func(t *testing.T) {
		frames := askCoarse(t, d, from, to, query{"queryType": "step-contribution", "filters": filters})
		require.Len(t, frames, 1)
		require.InEpsilon(t, secondsOf(jobs), integral(frames[0], from), countersTolerance)
	})
	t.Run("heatmap", func(t *testing.T) {
		cells := askCoarse(t, d, from, to, query{"queryType": "step-heatmap", "filters": filters})[0]
		var calls float64
		for _, r := range rows(cells) {
			calls += r.number(t, "count")
		}
		require.InEpsilon(t, float64(len(jobs)), calls, countersTolerance)
	})
	t.Run("each execution once", func(t *testing.T) {
		stack := *shared.Stack
		stack.Prometheus = url
		all := &world{Stack: &stack, truth: truth}
		all.countSeries(t, d)
	})
	t.Run("regressions", func(t *testing.T) {
		end := truth[len(truth)-1].End
		list := rows(ask(t, d, end.Add(-time.Duration(0.43*float64(history))), end, query{"queryType": "step-regressions"})[0])
		require.Len(t, list, 1, "%v", list)
		require.Equal(t, "aggregate", list[0].text("step"))
	})
	t.Run("errors", func(t *testing.T) {
		frames := ask(t, d, from, to, query{"queryType": "step-latency", "measure": "errors", "filters": filters})
		require.Len(t, frames, 1)
		for _, r := range rows(frames[0]) {
			if v, ok := r["errors"].(float64); ok {
				require.Zero(t, v, "it never failed")
			}
		}
	})
	t.Run("baselines", func(t *testing.T) {
		run := shared.newest(t, orders) // the same flow, in the shared Tempo
		frames := ask(t, d, run.Start, run.End, query{"queryType": "flow-steps", "runId": run.RunID})
		require.Equal(t, "span-metrics", custom(t, frames[0], "baselineSource"))
		require.Equal(t, "classic", custom(t, frames[0], "baselineHistogram"))
		with := 0
		for _, r := range rows(frames[0]) {
			if r.text("kind") == "step" && r["baseline_p50"] != nil {
				with++
				require.NotEmpty(t, windmill.StepPath(r.text("script_path")))
			}
		}
		require.Greater(t, with, 10)
	})
}
