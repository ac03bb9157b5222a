package workbench

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/hashicorp/go-hclog"
	"github.com/stretchr/testify/require"
)

// realPlugin starts the plugin of this repository, built from its source, for a data source that reaches nothing.
func realPlugin(t *testing.T) (*Plugin, backend.PluginContext) {
	t.Helper()
	binary, err := builds["windmill"]()
	require.NoError(t, err)
	plugin, err := StartPlugin(binary, hclog.NewNullLogger())
	require.NoError(t, err)
	t.Cleanup(plugin.Close)

	unreachable := map[string]any{"url": "http://127.0.0.1:1", "timeout": 2}
	source := DataSource{
		ID: 1, UID: "flow-steps", Name: "Flow steps", Type: "flowsteps-windmill-datasource", Updated: time.Now(),
		JSONData: map[string]any{"tempo": unreachable, "prometheus": unreachable},
	}
	h := &host{state: &state{plugin: pluginMeta{ID: source.Type, Version: "0.1.0"}}}
	pluginContext, err := h.pluginContext(source)
	require.NoError(t, err)
	return plugin, pluginContext
}

func TestRealPluginReportsItsHealth(t *testing.T) {
	plugin, pluginContext := realPlugin(t)
	result, err := plugin.CheckHealth(t.Context(), &backend.CheckHealthRequest{PluginContext: pluginContext})
	require.NoError(t, err)
	require.Equal(t, backend.HealthStatusError, result.Status)
	require.Contains(t, result.Message, "Tempo")
	require.Contains(t, result.Message, "Prometheus")
}

func TestRealPluginRefusesABadQueryAlone(t *testing.T) {
	plugin, pluginContext := realPlugin(t)
	now := time.Now()
	query := func(refID, queryType string) backend.DataQuery {
		return backend.DataQuery{
			RefID: refID, QueryType: queryType, JSON: []byte(`{"refId":"` + refID + `","queryType":"` + queryType + `"}`),
			TimeRange: backend.TimeRange{From: now.Add(-time.Hour), To: now}, MaxDataPoints: 100, Interval: time.Second,
		}
	}
	response, err := plugin.QueryData(t.Context(), &backend.QueryDataRequest{
		PluginContext: pluginContext, Queries: []backend.DataQuery{query("A", "nonsense"), query("B", "flow-runs")},
	})
	require.NoError(t, err)
	require.Equal(t, backend.StatusBadRequest, response.Responses["A"].Status)
	require.Equal(t, backend.ErrorSourceDownstream, response.Responses["A"].ErrorSource)
	require.ErrorContains(t, response.Responses["A"].Error, "nonsense")
	require.ErrorContains(t, response.Responses["B"].Error, "Tempo")
}

func TestRealPluginAnswersResources(t *testing.T) {
	plugin, pluginContext := realPlugin(t)
	var status int
	var body []byte
	err := plugin.CallResource(t.Context(), &backend.CallResourceRequest{
		PluginContext: pluginContext, Path: "tag-values", Method: http.MethodGet, URL: "tag-values?tag=outcome",
	}, func(part *backend.CallResourceResponse) error {
		if status == 0 {
			status = part.Status
		}
		body = append(body, part.Body...)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status, string(body))
	require.Contains(t, at(t, decode(t, string(body)), "values"), "recovered")
}

func TestClosedPluginIsGone(t *testing.T) {
	binary, err := builds["echo"]()
	require.NoError(t, err)
	plugin, err := StartPlugin(binary, hclog.NewNullLogger())
	require.NoError(t, err)
	plugin.Close()
	require.True(t, plugin.client.Exited())
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, err = plugin.CheckHealth(ctx, &backend.CheckHealthRequest{})
	require.Error(t, err)
}
