//go:build integration

package integration

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/plugin"
)

// asMimir puts the real Prometheus where Mimir has it: below a path, and for one tenant only.
func asMimir(t *testing.T, prometheus string) string {
	t.Helper()
	target, err := url.Parse(prometheus)
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(target)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, below := strings.CutPrefix(r.URL.Path, "/prometheus/")
		switch {
		case r.Header.Get("X-Scope-OrgID") != "flows":
			http.Error(w, "no org id", http.StatusUnauthorized)
		case !below:
			http.NotFound(w, r)
		default:
			r.URL.Path = "/" + path
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL + "/prometheus"
}

func TestMimirsPathsAndTenants(t *testing.T) {
	base := asMimir(t, shared.Prometheus)
	as := func(tenant string) *plugin.Datasource {
		mimir := upstreamAt(base, "mimir")
		mimir["tenant"] = tenant
		content, err := json.Marshal(map[string]any{
			"tempo": upstreamAt(shared.Tempo, "tempo"), "prometheus": mimir, "limits": map[string]any{"seconds": patience},
		})
		require.NoError(t, err)
		instance, err := plugin.NewDatasource(t.Context(), backend.DataSourceInstanceSettings{JSONData: content})
		require.NoError(t, err)
		t.Cleanup(instance.(*plugin.Datasource).Dispose)
		return instance.(*plugin.Datasource)
	}
	from, to := shared.middle()
	for _, kind := range []string{"step-stats", "step-latency", "step-contribution", "step-heatmap"} {
		q := query{"queryType": kind, "source": "span-metrics", "filters": map[string]any{"step": []string{"normalise"}}}
		frames := ask(t, as("flows"), from, to, q)
		require.Positive(t, frames[0].Rows(), kind)
		if kind == "step-latency" {
			require.Equal(t, "exemplar", frames[len(frames)-1].Name, notices(frames[0]))
		}
	}
	res := askAlert(t, as("others"), from, to, query{"queryType": "step-latency", "source": "span-metrics"})
	require.ErrorContains(t, res.Error, "Prometheus")
	require.Equal(t, backend.ErrorSourceDownstream, res.ErrorSource)
}
