package plugin

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/require"
)

// resource calls a resource of a data source whose Tempo answers with handler.
func resource(t *testing.T, path string, handler http.HandlerFunc) (status int, body string) {
	t.Helper()
	s := httptest.NewServer(handler)
	defer s.Close()
	settings, err := json.Marshal(map[string]any{"tempo": map[string]any{"url": s.URL}})
	require.NoError(t, err)
	d, err := newDatasource(context.Background(), backend.DataSourceInstanceSettings{JSONData: settings}, time.Now)
	require.NoError(t, err)
	defer d.Dispose()
	u, err := url.Parse(path)
	require.NoError(t, err)
	err = d.CallResource(context.Background(), &backend.CallResourceRequest{Method: http.MethodGet, Path: u.Path, URL: path},
		backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
			status, body = r.Status, string(r.Body)
			return nil
		}))
	require.NoError(t, err)
	return status, body
}

func TestTagValues(t *testing.T) {
	var asked []string
	tempo := func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path+" "+r.URL.Query().Get("q"))
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"tagValues":[{"type":"string","value":"b"},{"type":"string","value":"a"}]}`))
	}
	status, body := resource(t, "tag-values?tag=step&from=1000&to=2000&filters="+url.QueryEscape(`{"workspace":["w"],"step":["ignored"],"flow":["f/x"]}`), tempo)
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, `{"values":["a","b"],"truncated":false}`, body)
	require.Equal(t, []string{`/api/v2/search/tag/span.flow_step_id/values { span.job_id != nil && span.workspace_id = "w" }`}, asked)

	asked = nil
	_, body = resource(t, "tag-values?tag=flow", tempo)
	require.JSONEq(t, `{"values":["a","b"],"truncated":false}`, body)
	require.Len(t, asked, 2, "flows that ended, and flows that were pulled")

	asked = nil
	_, _ = resource(t, "tag-values?tag=worker", tempo)
	require.Len(t, asked, 2, "worker and worker_id")

	asked = nil
	status, body = resource(t, "tag-values?tag=outcome", tempo)
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, `{"values":["ok","error","recovered","skipped","canceled","running"],"truncated":false}`, body)
	require.Empty(t, asked)
}

func TestTagValueErrors(t *testing.T) {
	down := func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) }
	for path, want := range map[string]int{
		"tag-values?tag=colour":            http.StatusBadRequest,
		"tag-values?tag=step&from=x":       http.StatusBadRequest,
		"tag-values?tag=step&to=-1":        http.StatusBadRequest,
		"tag-values?tag=step&filters=%5B1": http.StatusBadRequest,
		"tag-values?tag=step":              http.StatusBadGateway,
		"nothing":                          http.StatusNotFound,
	} {
		status, body := resource(t, path, down)
		require.Equal(t, want, status, path+body)
		var m message
		require.NoError(t, json.Unmarshal([]byte(body), &m))
		require.Regexp(t, `^[A-Z].*[.?]$`, m.Message, path)
	}
}
