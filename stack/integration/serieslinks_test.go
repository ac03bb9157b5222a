//go:build integration

package integration

import (
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/plugin"
)

// rateInterval is what Grafana puts for $__rate_interval at six minutes: a sample more than the interval, as the
// plugin does.
const rateInterval = "6m15s"

// TestLinksOfSeries follows the links of the points of series, of heatmaps and of regressions: Prometheus gives the
// very value of the point, and each query of this data source has rows.
func TestLinksOfSeries(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	from, to := shared.middle()
	filters := map[string]any{"flow": []string{orders}, "step": []string{"enrich"}}
	for _, q := range []query{
		{"queryType": "step-latency", "quantiles": []float64{0.9}, "filters": filters},
		{"queryType": "step-latency", "measure": "rate", "filters": filters},
		{"queryType": "step-latency", "measure": "size", "filters": filters},
		{"queryType": "step-contribution", "filters": filters},
	} {
		f := askCoarse(t, d, from, to, q)[0]
		exprs := followSeries(t, d, f, from, to)
		require.Len(t, exprs, 1, "%v", q)
		at, value := lastPoint(t, f)
		expr := strings.ReplaceAll(exprs[0], "$__rate_interval", rateInterval)
		samples := promQL(t, shared.Prometheus, expr, at)
		require.Len(t, samples, 1, expr)
		require.InEpsilon(t, value, samples[0].value, 1e-9, expr)
	}
	errors := askCoarse(t, d, from, to, query{"queryType": "step-latency", "measure": "errors", "filters": filters})[0]
	require.Len(t, followSeries(t, d, errors, from, to), 1)
	waits := askCoarse(t, d, from, to, query{"queryType": "step-latency", "measure": "queue", "filters": filters})[0]
	require.Empty(t, followSeries(t, d, waits, from, to), "waits have no series")
	heatmap := askCoarse(t, d, from, to, query{"queryType": "step-heatmap", "filters": filters})[0]
	require.NotEmpty(t, samplesOfHeatmap(t, heatmap, to))
}

// followSeries asks the links of a frame's value and gives the expressions for Prometheus.
func followSeries(t *testing.T, d *plugin.Datasource, f *data.Frame, from, to time.Time) (exprs []string) {
	t.Helper()
	value := f.Fields[len(f.Fields)-1].Name
	links := linksOf(t, f, value, row{})
	require.Len(t, links["windmill-flow-steps"], 3)
	for _, q := range links["windmill-flow-steps"] {
		res := askAll(t, d, from, to, q)["A"]
		require.NoError(t, res.Error, "%v", q)
		require.NotZero(t, res.Frames[0].Rows(), "%v", q)
	}
	for _, q := range links["prometheus"] {
		exprs = append(exprs, q["expr"].(string))
	}
	return exprs
}

func samplesOfHeatmap(t *testing.T, f *data.Frame, at time.Time) []sample {
	t.Helper()
	list := linksOf(t, f, "count", row{})["prometheus"]
	require.Len(t, list, 1)
	return promQL(t, shared.Prometheus, strings.ReplaceAll(list[0]["expr"].(string), "$__rate_interval", rateInterval), at)
}

func lastPoint(t *testing.T, f *data.Frame) (at time.Time, value float64) {
	t.Helper()
	for i := f.Rows() - 1; i >= 0; i-- {
		if v, ok := f.Fields[1].ConcreteAt(i); ok {
			return f.Fields[0].At(i).(time.Time), v.(float64)
		}
	}
	t.Fatal("the series has no point")
	return
}

// TestLinksOfRegressions: the p95 of a row is that of its link over the same time.
func TestLinksOfRegressions(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	end := shared.truth[len(shared.truth)-1].End
	window := (time.Duration(0.43 * float64(history))).Truncate(time.Second)
	f := ask(t, d, end.Add(-window), end, query{"queryType": "step-regressions"})[0]
	require.Positive(t, f.Rows())
	for _, r := range rows(f) {
		expr := linksOf(t, f, "p95", r)["prometheus"][0]["expr"].(string)
		samples := promQL(t, shared.Prometheus, strings.ReplaceAll(expr, "$__rate_interval", window.String()), end)
		require.Len(t, samples, 1, expr)
		require.InEpsilon(t, r.number(t, "p95"), samples[0].value, 1e-6, expr)
		require.Len(t, linksOf(t, f, "step", r)["windmill-flow-steps"], 2)
		require.Len(t, linksOf(t, f, "flow", r)["windmill-flow-steps"], 4)
	}
}
