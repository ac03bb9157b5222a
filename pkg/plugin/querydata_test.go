package plugin

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/stretchr/testify/require"
)

// TestAnAlertIsKnownByTheBareHeader: Grafana sends FromAlert without the prefix of forwarded HTTP headers.
func TestAnAlertIsKnownByTheBareHeader(t *testing.T) {
	require.True(t, fromAlert(&backend.QueryDataRequest{Headers: map[string]string{"FromAlert": "true"}}))
	for _, headers := range []map[string]string{nil, {}, {"FromAlert": "false"}, {"http_X-Panel-Id": "7"}} {
		require.False(t, fromAlert(&backend.QueryDataRequest{Headers: headers}), headers)
	}
}

// TestNoIntervalIsTooShortForPrometheus: whatever Grafana proposes, Prometheus' 11,000 points suffice.
func TestNoIntervalIsTooShortForPrometheus(t *testing.T) {
	now := time.Unix(1_750_000_000, 0)
	hour, day := time.Hour, 24*time.Hour
	for name, r := range map[string]request{
		"a rule over 46 h":              {step: time.Second, points: 43_200, within: runs.Range{From: now.Add(-46 * hour), To: now}},
		"a rule over 7 d":               {step: time.Second, points: 43_200, within: runs.Range{From: now.Add(-7 * day), To: now}},
		"a rule over 30 d":              {step: time.Second, points: 43_200, within: runs.Range{From: now.Add(-30 * day), To: now}},
		"a dashboard without interval":  {points: 1500, within: runs.Range{From: now.Add(-30 * day), To: now}},
		"a dashboard over 46 h":         {step: 30 * time.Second, points: 1500, within: runs.Range{From: now.Add(-46 * hour), To: now}},
		"a dashboard over 7 d":          {step: 5 * time.Minute, points: 1500, within: runs.Range{From: now.Add(-7 * day), To: now}},
		"Explore with a fixed interval": {step: 1500 * time.Millisecond, points: 900, within: runs.Range{From: now.Add(-46 * hour), To: now}},
		"nothing proposed":              {within: runs.Range{From: now.Add(-30 * day), To: now}},
	} {
		t.Run(name, func(t *testing.T) {
			step := stepOf(r)
			require.Equal(t, step, step.Truncate(time.Second), "whole seconds")
			require.GreaterOrEqual(t, step, max(r.step, smallestStep))
			require.LessOrEqual(t, int64(r.within.To.Sub(r.within.From)/step)+1, int64(maxPoints))
		})
	}
}

// TestAPanicFailsItsQueryAlone: wherever it happens, also in a goroutine that the query started, the plugin goes on and
// the answer says that it is a bug of the plugin.
func TestAPanicFailsItsQueryAlone(t *testing.T) {
	for _, kind := range query.Types() {
		t.Run(string(kind), func(t *testing.T) {
			d, err := newDatasource(context.Background(), backend.DataSourceInstanceSettings{JSONData: []byte(
				`{"tempo":{"url":"http://tempo.invalid"},"prometheus":{"url":"http://prometheus.invalid"},"loki":{"url":"http://loki.invalid"}}`,
			)}, time.Now)
			require.NoError(t, err)
			defer d.Dispose()
			raw := `{"queryType":"` + string(kind) + `","runId":"01890a5d-ac96-774b-bcce-b302099a8057"}`
			if kind == query.RunCompare {
				raw = `{"queryType":"run-compare","runId":"01890a5d-ac96-774b-bcce-b302099a8057","compareRunId":"01890a5d-ac96-774b-bcce-b302099a8058"}`
			}
			now := time.Now()
			over := backend.TimeRange{From: now.Add(-time.Hour), To: now}
			res, err := d.QueryData(panicking(context.Background()), &backend.QueryDataRequest{Queries: []backend.DataQuery{
				{RefID: "A", JSON: []byte(raw), TimeRange: over},
				{RefID: "B", JSON: []byte(`{"queryType":"none"}`), TimeRange: over},
			}})
			require.NoError(t, err)
			require.Equal(t, backend.StatusBadRequest, res.Responses["B"].Status, "the other is answered")
			a := res.Responses["A"]
			require.EqualError(t, a.Error, "The plugin failed because of a bug: Grafana's log has the details.")
			require.Equal(t, backend.StatusInternal, a.Status)
			require.Equal(t, backend.ErrorSourcePlugin, a.ErrorSource)
		})
	}
}

// panicking makes every request to an upstream panic, in the goroutine that makes it.
func panicking(ctx context.Context) context.Context {
	return httpclient.WithContextualMiddleware(ctx, httpclient.MiddlewareFunc(
		func(httpclient.Options, http.RoundTripper) http.RoundTripper {
			return httpclient.RoundTripperFunc(func(*http.Request) (*http.Response, error) { panic("a bug") })
		}))
}
