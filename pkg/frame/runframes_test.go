package frame

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"
)

func TestFieldNamesOfRuns(t *testing.T) {
	require.Equal(t, "traceID, spanID, parentSpanID, operationName, serviceName, kind, statusCode, statusMessage, serviceTags, startTime, duration, tags, warnings, run_id, job_id, workspace, trace_id, span_id",
		names(RunTrace(nil, Info{}, Links{})))
	require.Equal(t, "run_id, start, step, duration, outcome, ratio, executions, value, workspace, flow, trace_id, span_id, series",
		names(RunGrid(make([]flowstep.GridCell, 1), query.MeasureRatio, Info{}, Links{})))
	require.Equal(t, "path, step, duration_a, duration_b, change, verdict, outcome_a, outcome_b, wait_a, wait_b, job_a, job_b, trace_a, span_a, trace_b, span_b, series",
		names(RunCompare(make([]flowstep.CompareRow, 1), CompareInfo{}, Links{})))
	graph := StepMap(flowstep.StepMap{}, Info{}, Links{})
	require.Equal(t, "id, title, subtitle, mainstat, secondarystat, highlighted, arc__ok, arc__error, detail__p95, detail__calls, detail__contribution, detail__kind, detail__workspace, detail__flow, detail__step, detail__script_path, detail__figures, detail__slowest_run, series", names(graph[0]))
	require.Equal(t, "id, source, target, mainstat, thickness", names(graph[1]))
}

func TestTraceIsWhatTheTraceViewReads(t *testing.T) {
	at := time.Unix(1_700_000_000, 123_456_000)
	f := RunTrace([]flowstep.TraceSpan{
		{TraceID: "t", SpanID: "s", Name: "a", Service: "w", Start: at, Duration: 1500 * time.Microsecond, Failed: true, Tags: []flowstep.Tag{{Key: "n", Value: 1}, {Key: "error", Value: true}}},
		{},
	}, Info{}, allLinks)
	require.EqualValues(t, data.VisTypeTrace, f.Meta.PreferredVisualization)
	at0 := func(name string) any { field, _ := f.FieldByName(name); return field.At(0) }
	require.InDelta(t, 1_700_000_000_123.456, at0("startTime"), 0.001)
	require.InDelta(t, 1.5, at0("duration"), 1e-9)
	require.EqualValues(t, 2, at0("statusCode"))
	require.JSONEq(t, `[{"key":"n","value":1},{"key":"error","value":true}]`, string(at0("tags").(json.RawMessage)))
	require.JSONEq(t, `[{"key":"service.name","value":"w"}]`, string(at0("serviceTags").(json.RawMessage)))
	for _, name := range []string{"tags", "warnings"} {
		field, _ := f.FieldByName(name)
		require.JSONEq(t, `[]`, string(field.At(1).(json.RawMessage)), "lists are never null")
	}
}

func TestTheMeasureIsTheValue(t *testing.T) {
	two, half := 2.0, 0.5
	cells := []flowstep.GridCell{{Duration: &two, Ratio: &half, Outcome: "error"}, {Outcome: "skipped"}}
	value := func(m query.Measure) *data.Field {
		f := RunGrid(cells, m, Info{}, Links{})
		require.Equal(t, string(m), f.Meta.Custom.(map[string]any)["measure"])
		field, _ := f.FieldByName("value")
		return field
	}
	require.Equal(t, &two, value(query.MeasureDuration).At(0))
	require.Equal(t, "s", value(query.MeasureDuration).Config.Unit)
	require.Nil(t, value(query.MeasureDuration).At(1))
	require.Equal(t, &half, value(query.MeasureRatio).At(0))
	outcome := value(query.MeasureOutcome)
	require.InDelta(t, 5, *outcome.At(0).(*float64), 0)
	require.InDelta(t, 0, *outcome.At(1).(*float64), 0)
	require.Equal(t, "error", outcome.Config.Mappings[0].(data.ValueMapper)["5"].Text)
	require.Len(t, outcome.Config.Mappings[0], 6)
}

func TestMapOfNodesAndEdges(t *testing.T) {
	calls, quarter := 8.0, 0.25
	frames := StepMap(flowstep.StepMap{
		Nodes: []flowstep.StepNode{{ID: "a", Title: "a", Calls: &calls, ErrorRatio: &quarter, Sampled: true}, {ID: "end"}},
		Edges: []flowstep.StepEdge{{ID: "e", Source: "a", Target: "end", Count: 4}, {ID: "f", Source: "a", Target: "a", Count: 8}},
	}, Info{Notices: []data.Notice{{Text: "n"}}}, allLinks)
	for _, f := range frames {
		require.EqualValues(t, data.VisTypeNodeGraph, f.Meta.PreferredVisualization)
	}
	require.Equal(t, "nodes", frames[0].Name)
	require.Len(t, frames[0].Meta.Notices, 1)
	require.Empty(t, frames[1].Meta.Notices, "said once")
	arc := func(name string, i int) *float64 {
		field, _ := frames[0].FieldByName(name)
		return field.At(i).(*float64)
	}
	require.InDelta(t, 0.75, *arc("arc__ok", 0), 1e-9)
	require.InDelta(t, 0.25, *arc("arc__error", 0), 1e-9)
	require.Nil(t, arc("arc__ok", 1))
	thickness, _ := frames[1].FieldByName("thickness")
	require.InDelta(t, 4.5, thickness.At(0), 1e-9)
	require.InDelta(t, 8, thickness.At(1), 1e-9)
}

// Without targets there are no links, and no frame names a data source that is not there.
func TestNoTargetNoLink(t *testing.T) {
	for _, f := range []*data.Frame{
		FlowRuns(make([]flowstep.RunRow, 1), Info{}, Links{}), RunTrace(nil, Info{}, Links{}), RunGrid(make([]flowstep.GridCell, 1), query.MeasureRatio, Info{}, Links{}),
		RunCompare(make([]flowstep.CompareRow, 1), CompareInfo{}, Links{}), StepMap(flowstep.StepMap{}, Info{}, Links{})[0],
	} {
		for _, field := range f.Fields {
			require.Empty(t, field.Config.Links, field.Name)
		}
	}
}

func TestEveryFrameOfRunsLinksOn(t *testing.T) {
	info := Info{Custom: map[string]any{"baselineHistogram": "classic"}}
	for _, c := range []struct {
		frame   *data.Frame
		targets []string
	}{
		{FlowRuns(make([]flowstep.RunRow, 1), info, allLinks), []string{"self", "loki", "prom", "windmill"}},
		{FlowSteps(nil, StepsInfo{Info: info}, allLinks), []string{"self", "tempo", "loki", "prom", "windmill"}},
		{StepStats(make([]flowstep.StatsRow, 1), info, allLinks), []string{"self", "loki", "prom", "windmill"}},
		{RunTrace(nil, info, allLinks), []string{"self", "tempo", "loki", "windmill"}},
		{RunGrid(make([]flowstep.GridCell, 1), query.MeasureRatio, info, allLinks), []string{"self", "tempo", "loki", "prom", "windmill"}},
		{RunCompare(make([]flowstep.CompareRow, 1), CompareInfo{Info: info}, allLinks), []string{"self", "tempo", "loki", "prom", "windmill"}},
		{StepMap(flowstep.StepMap{}, info, allLinks)[0], []string{"self", "loki", "prom", "windmill"}},
	} {
		reached := map[string]bool{}
		for _, field := range c.frame.Fields {
			for _, l := range field.Config.Links {
				if l.Internal != nil {
					reached[l.Internal.DatasourceUID] = true
				} else {
					reached["windmill"] = true
				}
			}
		}
		for _, target := range c.targets {
			require.True(t, reached[target], "%s has no link to %s", c.frame.Name, target)
		}
	}
}
