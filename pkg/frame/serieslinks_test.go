package frame

import (
	"testing"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/stretchr/testify/require"
)

func TestLinksOfASeries(t *testing.T) {
	l := Links{SelfUID: "me", PrometheusUID: "prom"}
	classic := Info{Custom: map[string]any{"baselineHistogram": "classic"}}
	flow := "f/x"
	s := series{key: flowstep.Key{Workspace: "w", StepPath: "f/x/a", Step: "a"}, flow: &flow, matchers: `step="a"`, measure: query.MeasureErrors}
	list := l.ofSeries(s, classic)
	require.Len(t, list, 4)
	for _, link := range list[:3] {
		q, ok := link.Internal.Query.(map[string]any)
		require.True(t, ok)
		require.Equal(t, map[string][]string{"workspace": {"w"}, "step": {"a"}, "flow": {"f/x"}}, q["filters"])
	}
	require.Nil(t, l.ofSeries(series{}, classic), "several steps")
	require.Nil(t, Links{SelfUID: "me"}.ofSeries(s, classic)[3].Internal, "no Prometheus to link to")
}

func TestPromQLOfMeasures(t *testing.T) {
	for m, want := range map[query.Measure][2]string{
		query.MeasureLatency: {"histogram_quantile(0.5, sum by (le) (rate(traces_spanmetrics_latency_bucket{x}[$__rate_interval])))",
			"histogram_quantile(0.5, sum(rate(traces_spanmetrics_latency{x}[$__rate_interval])))"},
		query.MeasureSeconds: {"sum(rate(traces_spanmetrics_latency_sum{x}[$__rate_interval]))", "histogram_sum(sum(rate(traces_spanmetrics_latency{x}[$__rate_interval])))"},
		query.MeasureRate:    {"sum(rate(traces_spanmetrics_calls_total{x}[$__rate_interval]))", "sum(rate(traces_spanmetrics_calls_total{x}[$__rate_interval]))"},
		query.MeasureQueue:   {"", ""},
	} {
		require.Equal(t, want[0], promQL(m, 0.5, "classic", "x"), m)
		require.Equal(t, want[1], promQL(m, 0.5, "native", "x"), m)
		require.Empty(t, promQL(m, 0.5, "classic", ""), m)
		require.Empty(t, promQL(m, 0.5, "", "x"), m)
	}
}
