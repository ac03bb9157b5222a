package frame

import (
	"testing"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"
)

// TestHiddenEverywhere: Explore reads custom.hidden, the table panel custom.hideFrom.viz. What a timeline draws stays.
func TestHiddenEverywhere(t *testing.T) {
	f := FlowRuns(make([]flowstep.RunRow, 1), Info{}, Links{})
	series, _ := f.FieldByName("series")
	require.Equal(t, map[string]any{"hidden": true, "hideFrom": map[string]any{"viz": true}}, series.Config.Custom)
	for _, m := range query.Measures(query.RunGrid) {
		value, _ := RunGrid(make([]flowstep.GridCell, 1), m, Info{}, Links{}).FieldByName("value")
		require.Equal(t, map[string]any{"hidden": true}, value.Config.Custom, m)
	}
}

// TestOneNoticeOfASeverity: a panel's header keeps one, so that it has all texts; the list is whole in custom.notices.
func TestOneNoticeOfASeverity(t *testing.T) {
	list := []data.Notice{
		{Severity: data.NoticeSeverityInfo, Text: "First."},
		{Severity: data.NoticeSeverityWarning, Text: "Careful."},
		{Severity: data.NoticeSeverityInfo, Text: "Second."},
		{Severity: data.NoticeSeverityInfo, Text: "Third."},
	}
	f := FlowRuns(make([]flowstep.RunRow, 1), Info{Notices: list}, Links{})
	require.Equal(t, []data.Notice{
		{Severity: data.NoticeSeverityInfo, Text: "• First.\n• Second.\n• Third."},
		{Severity: data.NoticeSeverityWarning, Text: "Careful."},
	}, f.Meta.Notices)
	require.Equal(t, list, f.Meta.Custom.(map[string]any)["notices"])
}

// TestNoRowsIsNoFields: else a table shows an empty header, and not what no data means.
func TestNoRowsIsNoFields(t *testing.T) {
	for _, f := range []*data.Frame{
		FlowRuns(nil, Info{}, Links{}), StepStats(nil, Info{}, Links{}), StepRegressions(nil, Info{}, Links{}),
		Deployments(nil, Info{}, Links{}), RunCompare(nil, CompareInfo{}, Links{}), RunGrid(nil, query.MeasureDuration, Info{}, Links{}),
	} {
		require.Empty(t, f.Fields, f.Name)
		require.NotEmpty(t, f.Name)
		require.NotNil(t, f.Meta)
	}
}

// TestTheNodeGraphsNumbersAreText: Grafana prints a number there with two decimals and the id of its unit.
func TestTheNodeGraphsNumbersAreText(t *testing.T) {
	n := func(f float64) *float64 { return &f }
	step := flowstep.Key{Step: "a"}
	nodes := StepMap(flowstep.StepMap{Nodes: []flowstep.StepNode{
		{Key: step, P95: n(1.2), Calls: n(72.83)}, {Key: step, P95: n(0.04), Calls: n(1)}, {P95: n(75)}, {},
	}}, Info{}, Links{})[0]
	texts := func(name string) (list []string) {
		field, _ := nodes.FieldByName(name)
		for i := range field.Len() {
			if text := field.At(i).(*string); text != nil {
				list = append(list, *text)
			} else {
				list = append(list, "")
			}
		}
		return list
	}
	require.Equal(t, []string{"1.20 s", "40 ms", "1m15s", ""}, texts("mainstat"))
	require.Equal(t, []string{"73 calls", "1 call", "", ""}, texts("secondarystat"))
	marked, _ := nodes.FieldByName("highlighted")
	for i, want := range []bool{true, false, false, false} {
		require.Equal(t, want, marked.At(i))
	}
}

// TestRatesAreAnHour: people count executions by the hour.
func TestRatesAreAnHour(t *testing.T) {
	rate := 0.0379
	field, _ := StepStats([]flowstep.StatsRow{{Stats: flowstep.Stats{Rate: &rate}}}, Info{}, Links{}).FieldByName("rate")
	require.InDelta(t, 136.44, *field.At(0).(*float64), 1e-9)
	require.Equal(t, "suffix: /h", field.Config.Unit)
}
