package frame

import (
	"strconv"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// series is a figure of one step over time, to be linked from.
type series struct {
	key      flowstep.Key
	flow     *string
	matchers string // of its series in Prometheus; empty: there are none
	measure  query.Measure
	quantile float64 // of the latency
}

// ofSeries are the links of the points of a step's series. All points are of one step, so its names are in the links. A
// heatmap of several steps has none.
func (l Links) ofSeries(s series, info Info) []data.DataLink {
	if s.key.Step == "" {
		return nil
	}
	step := map[string]string{"step": s.key.Step}
	if s.key.Workspace != "" {
		step["workspace"] = s.key.Workspace
	}
	if s.flow != nil {
		step["flow"] = *s.flow
	}
	return []data.DataLink{
		l.self("Runs with this step", "flow-runs", filtered(step)),
		l.self("Latency of this step over time", "step-latency", filtered(step)),
		l.self("Statistics of this step", "step-stats", filtered(step)),
		l.prometheus("This in Prometheus", promQL(s.measure, s.quantile, histogramOf(info), s.matchers)),
	}
}

// series leads to the p95 over time of the very series that the row's baseline or figures come from, whose matchers are
// in the field `series`. Of which histogram they are is in the meta.
func (l Links) series(info Info) data.DataLink {
	return l.prometheus("p95 of this in Prometheus", promQL(query.MeasureLatency, 0.95, histogramOf(info), fieldVariable("series")))
}

// prometheus leads to a graph of an expression; without one there is no link.
func (l Links) prometheus(title, expr string) data.DataLink {
	if l.PrometheusUID == "" || expr == "" {
		return data.DataLink{}
	}
	return data.DataLink{Title: title, Internal: &data.InternalDataLink{
		DatasourceUID: l.PrometheusUID,
		Query:         map[string]any{"refId": "A", "expr": expr, "range": true},
	}}
}

// histogramOf is the kind of histogram that figures come from: classic, native or none.
func histogramOf(info Info) string {
	kind, _ := info.Custom["baselineHistogram"].(string)
	return kind
}

// promQL is a measure of the series with the matchers, over time, for a person to look at. Empty: there is none.
func promQL(m query.Measure, quantile float64, histogram, matchers string) string {
	if matchers == "" || histogram == "" {
		return ""
	}
	rate := func(metric, more string) string {
		return "rate(traces_spanmetrics_" + metric + "{" + matchers + more + "}[$__rate_interval])"
	}
	calls := "sum(" + rate("calls_total", "") + ")"
	switch m {
	case query.MeasureLatency:
		q := strconv.FormatFloat(quantile, 'g', -1, 64)
		if histogram == "native" {
			return "histogram_quantile(" + q + ", sum(" + rate("latency", "") + "))"
		}
		return "histogram_quantile(" + q + ", sum by (le) (" + rate("latency_bucket", "") + "))"
	case query.MeasureErrors:
		return "sum(" + rate("calls_total", `,status_code="STATUS_CODE_ERROR"`) + ") / " + calls
	case query.MeasureRate:
		return calls
	case query.MeasureSize:
		return "sum(" + rate("size_total", "") + ") / " + calls
	case query.MeasureSeconds, query.MeasureShare:
		if histogram == "native" {
			return "histogram_sum(sum(" + rate("latency", "") + "))"
		}
		return "sum(" + rate("latency_sum", "") + ")"
	}
	return "" // waits have no series
}
