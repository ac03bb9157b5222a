package plugin

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"
)

// TestEveryTypeFromAnAlertRule: a rule gets frames of a type that Grafana's dataplane contract has for alerting, all of
// one kind and with unique labels, or one sentence that says which types to use, without any upstream being asked.
func TestEveryTypeFromAnAlertRule(t *testing.T) {
	kinds := map[query.Type]data.FrameType{
		query.StepLatency: data.FrameTypeTimeSeriesMulti, query.StepContribution: data.FrameTypeTimeSeriesMulti, query.StepRegressions: data.FrameTypeNumericMulti,
	}
	require.Len(t, query.Types(), 13)
	for _, kind := range query.Types() {
		t.Run(string(kind), func(t *testing.T) {
			want, fit := kinds[kind]
			require.Equal(t, fit, slices.Contains(alertable, kind))
			c := goldenCase{Query: json.RawMessage(`{"queryType":"` + string(kind) + `"}`), Loki: "works"}
			u := &upstreams{t: t}
			if fit {
				dir := "testdata/" + string(kind) + "/from-alert"
				raw, err := os.ReadFile(dir + "/query.json")
				require.NoError(t, err)
				require.NoError(t, json.Unmarshal(raw, &c))
				u = loadUpstreams(t, dir)
			}
			c.Headers = map[string]string{"FromAlert": "true"}
			res := c.answer(t, u)
			if !fit {
				require.Equal(t, backend.StatusBadRequest, res.Status)
				require.Equal(t, backend.ErrorSourceDownstream, res.ErrorSource)
				require.EqualError(t, res.Error, "Alert rules need time series or numbers: use the query type step-latency, step-contribution or step-regressions, because "+
					string(kind)+" gives neither.")
				return
			}
			require.NoError(t, res.Error)
			requireTyped(t, res.Frames, want)
		})
	}
}

func requireTyped(t *testing.T, frames data.Frames, want data.FrameType) {
	t.Helper()
	require.NotEmpty(t, frames)
	labels := map[string]bool{}
	for _, f := range frames {
		require.Equal(t, want, f.Meta.Type)
		require.Equal(t, data.FrameTypeVersion{0, 1}, f.Meta.TypeVersion)
		if len(f.Fields) == 0 {
			require.Len(t, frames, 1, "no data is one frame without fields")
			return
		}
		value := f.Fields[len(f.Fields)-1]
		require.Equal(t, data.FieldTypeNullableFloat64, value.Type())
		require.False(t, labels[value.Labels.String()])
		labels[value.Labels.String()] = true
		if want == data.FrameTypeTimeSeriesMulti {
			require.Len(t, f.Fields, 2)
			require.Equal(t, data.FieldTypeTime, f.Fields[0].Type())
		} else {
			require.Len(t, f.Fields, 1, "a number has no time")
			require.Equal(t, 1, value.Len())
		}
	}
}
