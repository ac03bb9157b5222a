//go:build integration

package integration

import (
	"slices"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"
)

// number is what an expression of an alert rule gives for one step.
type number struct {
	name  string // flow and step
	value float64
}

// firing evaluates the expressions of a rule as Grafana does, as far as the provisioned ones need: reduce with mean or
// last (mode dropNN), and a threshold "is above". It names the steps for which the condition holds.
func (rule alertRule) firing(t *testing.T, frames data.Frames) (names []string) {
	t.Helper()
	results := map[string][]number{}
	for _, part := range rule.Data[1:] {
		require.Equal(t, "__expr__", part.Datasource)
		input, _ := part.Model["expression"].(string)
		switch part.Model["type"] {
		case "reduce":
			require.Equal(t, rule.Data[0].RefID, input)
			results[part.RefID] = reduce(t, part.Model, frames)
		case "threshold":
			numbers, done := results[input]
			if !done {
				require.Equal(t, rule.Data[0].RefID, input)
				numbers = numeric(t, frames)
			}
			results[part.RefID] = above(t, part.Model, numbers)
		default:
			t.Fatalf("%s: expression %v is not evaluated here", rule.UID, part.Model["type"])
		}
	}
	for _, n := range results[rule.Condition] {
		if n.value != 0 {
			names = append(names, n.name)
		}
	}
	slices.Sort(names)
	return names
}

func nameOf(f *data.Field) string { return f.Labels["flow"] + " " + f.Labels["step"] }

// numeric takes frames of the type numeric-multi as numbers.
func numeric(t *testing.T, frames data.Frames) (list []number) {
	t.Helper()
	for _, f := range frames {
		require.Equal(t, data.FrameTypeNumericMulti, f.Meta.Type)
		for _, field := range f.Fields {
			require.Equal(t, 1, field.Len())
			v, ok := field.ConcreteAt(0)
			require.True(t, ok)
			list = append(list, number{nameOf(field), v.(float64)})
		}
	}
	return list
}

// reduce makes a number of each series. Points without a value are dropped, and a series without any has no number.
func reduce(t *testing.T, model query, frames data.Frames) (list []number) {
	t.Helper()
	settings, _ := model["settings"].(query)
	require.Equal(t, "dropNN", settings["mode"])
	for _, f := range frames {
		require.Equal(t, data.FrameTypeTimeSeriesMulti, f.Meta.Type)
		var values []float64
		for i := range f.Rows() {
			if v, ok := f.Fields[1].ConcreteAt(i); ok {
				values = append(values, v.(float64))
			}
		}
		if len(values) == 0 {
			continue
		}
		n := number{name: nameOf(f.Fields[1])}
		switch model["reducer"] {
		case "mean":
			for _, v := range values {
				n.value += v / float64(len(values))
			}
		case "last":
			n.value = values[len(values)-1]
		default:
			t.Fatalf("reducer %v is not evaluated here", model["reducer"])
		}
		list = append(list, n)
	}
	return list
}

// above gives 1 for the numbers above a threshold, and 0 for the others.
func above(t *testing.T, model query, numbers []number) (list []number) {
	t.Helper()
	conditions, _ := model["conditions"].([]any)
	require.Len(t, conditions, 1)
	evaluator, _ := conditions[0].(query)["evaluator"].(query)
	require.Equal(t, "gt", evaluator["type"])
	params, _ := evaluator["params"].([]any)
	require.Len(t, params, 1)
	var threshold float64
	switch p := params[0].(type) {
	case int:
		threshold = float64(p)
	case float64:
		threshold = p
	}
	for _, n := range numbers {
		if n.value > threshold {
			n.value = 1
		} else {
			n.value = 0
		}
		list = append(list, n)
	}
	return list
}
