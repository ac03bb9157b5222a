package frame

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"
)

var allLinks = Links{SelfUID: "self", SelfType: "t", TempoUID: "tempo", PrometheusUID: "prom", LokiUID: "loki", WindmillURL: "https://w"}

func names(f *data.Frame) string {
	var list []string
	for _, field := range f.Fields {
		list = append(list, field.Name)
	}
	return strings.Join(list, ", ")
}

// The names and their order are a public contract.
func TestFieldNames(t *testing.T) {
	require.Equal(t, "run_id, start, flow, outcome, duration, ratio, failed_step, error, slowest_step, wait, steps, trigger, workspace, baseline_p50, baseline_p95, handled, series, version_page, list_page",
		names(FlowRuns(make([]flowstep.RunRow, 1), Info{}, Links{})))
	require.Equal(t, "path, step, outcome, duration, ratio, verdict, wait, wait_kind, error, start, contribution, critical, baseline_p50, baseline_p95, script_path, worker, iteration, attempt, kind, transition, language, tag, baseline_count, run_id, job_id, parent_job, depth, trace_id, span_id, series, from_logs, handled, setup, work, editor_page, list_page",
		names(FlowSteps(nil, StepsInfo{}, Links{})))
	require.Equal(t, "flow, step, verdict, p95, change, contribution, calls, rate, error_ratio, errors, p50, mean, total, previous_p95, slowest_run, script_path, workspace, impact, p90, p99, previous_calls, series",
		names(StepStats(make([]flowstep.StatsRow, 1), Info{}, Links{})))
}

func TestUnits(t *testing.T) {
	for _, f := range []*data.Frame{FlowRuns(make([]flowstep.RunRow, 1), Info{}, Links{}), FlowSteps(nil, StepsInfo{}, Links{}), StepStats(make([]flowstep.StatsRow, 1), Info{}, Links{})} {
		for _, field := range f.Fields {
			switch field.Name {
			case "duration", "wait", "transition", "baseline_p50", "baseline_p95", "p50", "p90", "p95", "p99", "mean", "total", "previous_p95":
				require.Equal(t, "s", field.Config.Unit, field.Name)
				require.Equal(t, data.FieldTypeNullableFloat64, field.Type(), field.Name)
			case "contribution", "error_ratio", "change":
				require.Equal(t, "percentunit", field.Config.Unit, field.Name)
			}
			require.NotEmpty(t, field.Config.DisplayNameFromDS)
			require.Empty(t, field.Config.Links, "no target, no link")
		}
	}
}

func TestMeta(t *testing.T) {
	f := FlowSteps(nil, StepsInfo{Info: Info{Queries: []string{"a", "b"}, Custom: map[string]any{"flow": "f/x"}, Notices: []data.Notice{{Text: "n"}}}}, Links{})
	require.Equal(t, "flow-steps", f.Name)
	require.Equal(t, map[string]any{"frame": "flow-steps", "version": 2, "flow": "f/x", "notices": []data.Notice{{Text: "n"}}}, f.Meta.Custom)
	require.Equal(t, "a\nb", f.Meta.ExecutedQueryString)
	require.Equal(t, PanelID, f.Meta.PreferredVisualizationPluginID)
	require.EqualValues(t, data.VisTypeTable, f.Meta.PreferredVisualization)
	require.Len(t, f.Meta.Notices, 1)
}

func TestLinks(t *testing.T) {
	f := FlowSteps(nil, StepsInfo{Info: Info{Custom: map[string]any{"baselineHistogram": "native"}}, Workspace: "a b"}, allLinks)
	link := func(field string, n int) string {
		x, _ := f.FieldByName(field)
		raw, err := json.Marshal(x.Config.Links[n])
		require.NoError(t, err)
		return string(raw)
	}
	require.JSONEq(t, `{"title":"Steps of this run","internal":{"datasourceUid":"self","query":{"refId":"A","queryType":"flow-steps","runId":"${__value.raw}","datasource":{"type":"t","uid":"self"}}}}`, link("run_id", 0))
	require.JSONEq(t, `{"title":"Job in Windmill","targetBlank":true,"url":"https://w/run/${__value.raw}?workspace=a+b"}`, link("job_id", 1))
	require.JSONEq(t, `{"title":"Logs of this job in Loki","internal":{"datasourceUid":"loki","query":{"refId":"A","queryType":"range","expr":"{service_name=~\".+\"} | job_id=\"${__value.raw}\""}}}`, link("job_id", 0))
	require.JSONEq(t, `{"title":"p95 of this in Prometheus","internal":{"datasourceUid":"prom","query":{"refId":"A","expr":"histogram_quantile(0.95, sum(rate(traces_spanmetrics_latency{${__data.fields[\"series\"]}}[$__rate_interval])))","range":true}}}`, link("baseline_p50", 0))
	for _, field := range []string{"trace_id", "span_id"} {
		require.JSONEq(t, `{"title":"Trace in Tempo","internal":{"datasourceUid":"tempo","query":{"refId":"A","queryType":"traceql","query":"${__data.fields[\"trace_id\"]}"},"panelsState":{"trace":{"spanId":"${__data.fields[\"span_id\"]}"}}}}`, link(field, 0))
	}
}

func TestStepLatency(t *testing.T) {
	flow, one := "f/x", 1.0
	at := time.Unix(60, 0)
	frames := StepLatency([]flowstep.Series{
		{Key: flowstep.Key{Workspace: "w", StepPath: "f/x/a", Step: "a"}, Flow: &flow, Quantile: 0.95, Points: []flowstep.Point{{Time: at, Value: &one}}},
		{Key: flowstep.Key{Step: "b"}, Quantile: 0.999, Points: []flowstep.Point{{Time: at}}},
	}, query.MeasureLatency, Info{Notices: []data.Notice{{Text: "n"}}}, Links{})
	require.Len(t, frames, 2)
	require.Equal(t, data.Labels{"workspace": "w", "flow": "f/x", "step": "a", "script_path": "f/x/a", "quantile": "0.95"}, frames[0].Fields[1].Labels)
	require.Equal(t, data.Labels{"step": "b", "quantile": "0.999"}, frames[1].Fields[1].Labels, "what is unknown is no label")
	require.Equal(t, "f/x a p95", frames[0].Fields[1].Config.DisplayNameFromDS)
	require.Equal(t, "b p99.9", frames[1].Fields[1].Config.DisplayNameFromDS)
	require.Len(t, frames[0].Meta.Notices, 1)
	require.Empty(t, frames[1].Meta.Notices)
	for _, f := range append(frames, StepLatency(nil, query.MeasureLatency, Info{}, Links{})...) {
		require.Equal(t, data.FrameTypeTimeSeriesMulti, f.Meta.Type)
		require.Equal(t, data.FrameTypeVersion{0, 1}, f.Meta.TypeVersion)
		require.EqualValues(t, data.VisTypeGraph, f.Meta.PreferredVisualization)
	}
	require.Len(t, StepLatency(nil, query.MeasureLatency, Info{}, Links{}), 1, "no series: one frame that says so")
}

func TestStepContribution(t *testing.T) {
	one := 1.0
	frames := StepContribution([]flowstep.Series{{Key: flowstep.Key{Step: "a"}, Points: []flowstep.Point{{Time: time.Unix(60, 0), Value: &one}}}}, query.MeasureShare, Info{}, Links{})
	v := frames[0].Fields[1]
	require.Equal(t, "share", v.Name)
	require.Equal(t, "percentunit", v.Config.Unit)
	require.Equal(t, "a", v.Config.DisplayNameFromDS)
	require.Equal(t, data.Labels{"step": "a"}, v.Labels)
	require.Equal(t, map[string]any{"mode": "normal", "group": "A"}, v.Config.Custom["stacking"])
	require.Equal(t, data.FrameTypeTimeSeriesMulti, frames[0].Meta.Type)
}
