package plugin

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/require"
)

// resource calls a resource of a data source whose Tempo answers with handler.
func resource(t *testing.T, path string, handler http.HandlerFunc) (status int, body string) {
	t.Helper()
	return limitedResource(t, path, map[string]any{}, handler)
}

func limitedResource(t *testing.T, path string, limits map[string]any, handler http.HandlerFunc) (status int, body string) {
	t.Helper()
	s := httptest.NewServer(handler)
	defer s.Close()
	settings, err := json.Marshal(map[string]any{"tempo": map[string]any{"url": s.URL}, "limits": limits})
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
	status, body := resource(t, "tag-values?tag=step&from=1000&to=2000&filters="+url.QueryEscape(`{"workspace":["w"],"step":["ignored"]}`), tempo)
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
	require.JSONEq(t, `{"values":["ok","error","recovered","skipped","canceled","running","handled"],"truncated":false}`, body)
	require.Empty(t, asked)
}

// TestTagValuesBeyondTemposRange: Tempo refuses more than 168 hours, which would leave all variables of a dashboard
// empty.
func TestTagValuesBeyondTemposRange(t *testing.T) {
	var asked url.Values
	status, _ := resource(t, "tag-values?tag=step&from=1793500000123&to=1796092000456", func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Query()
		_, _ = w.Write([]byte(`{"tagValues":[]}`))
	})
	require.Equal(t, http.StatusOK, status)
	start, err := strconv.ParseInt(asked.Get("start"), 10, 64)
	require.NoError(t, err)
	require.Equal(t, "1796092001", asked.Get("end"))
	require.LessOrEqual(t, 1796092001-start, int64(168*3600))
	require.Greater(t, 1796092001-start, int64(167*3600))
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

// The traces' answer has the flow's own span, which the other filters do not judge, and two of its jobs.
func TestTagValuesBelowAFlow(t *testing.T) {
	const traces = `{"traces":[{"traceID":"1","spanSets":[{"matched":3,"spans":[
		{"spanID":"1","attributes":[{"key":"script_path","value":{"stringValue":"f/x"}},{"key":"tag","value":{"stringValue":"flow"}}]},
		{"spanID":"2","attributes":[{"key":"flow_step_id","value":{"stringValue":"b"}},{"key":"tag","value":{"stringValue":"bun"}}]},
		{"spanID":"3","attributes":[{"key":"flow_step_id","value":{"stringValue":"a"}},{"key":"tag","value":{"stringValue":"bun"}}]}]}]}]}`
	asked := make(chan string, 2)
	tempo := func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path + " " + r.URL.Query().Get("q")
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/api/search" {
			_, _ = w.Write([]byte(traces))
			return
		}
		_, _ = w.Write([]byte(`{"tagValues":[{"type":"string","value":"c"}]}`))
	}
	ask := func(tag, filters string) (string, []string) {
		status, body := resource(t, "tag-values?tag="+tag+"&from=1000&to=2000&filters="+url.QueryEscape(filters), tempo)
		require.Equal(t, http.StatusOK, status, body)
		both := []string{<-asked, <-asked}
		slices.Sort(both)
		return body, both
	}
	body, both := ask("step", `{"workspace":["w"],"flow":["f/x","f/y+"]}`)
	require.JSONEq(t, `{"values":["a","b","c"],"truncated":false}`, body)
	require.Contains(t, both[0], `/api/search { (name = "job" || name = "full_job") && span.script_path =~ "f/x|f/y\\+" } && { span.job_id != nil && span.workspace_id = "w" }`)
	require.Contains(t, both[1], `flow_step_id/values { span.job_id != nil && span.script_path =~ "(f/x|f/y\\+)/.*" && span.job_kind =~ "flowscript|preview|aiagent|flownode|flowpreview" && span.workspace_id = "w" }`)

	body, _ = ask("tag", `{"flow":["f/x"]}`)
	require.JSONEq(t, `{"values":["bun","c","flow"],"truncated":false}`, body)
	body, _ = ask("tag", `{"flow":["f/x"],"step":["a","b"]}`)
	require.JSONEq(t, `{"values":["bun","c"],"truncated":false}`, body, "the flow's own tag is not that of a step")
}

// TestLimitsHoldForResources: two requests of a megabyte each are more than one, and nobody waits longer than a
// query may.
func TestLimitsHoldForResources(t *testing.T) {
	status, body := limitedResource(t, "tag-values?tag=flow", map[string]any{"megabytes": 1}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"tagValues":[{"type":"string","value":"` + strings.Repeat("a", 600<<10) + `"}]}`))
	})
	require.Equal(t, http.StatusBadGateway, status)
	require.Contains(t, body, "Tempo answered with more than 1 MB for one query")

	release := make(chan struct{})
	status, body = limitedResource(t, "tag-values?tag=step", map[string]any{"seconds": 1}, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	close(release)
	require.Equal(t, http.StatusGatewayTimeout, status)
	require.Contains(t, body, "when the time for the query was over")
}

func TestErrorsOfResourcesAreShort(t *testing.T) {
	status, body := resource(t, "tag-values?tag="+strings.Repeat("x", 1<<20), http.NotFound)
	require.Equal(t, http.StatusBadRequest, status)
	require.Less(t, len(body), 2000)
	require.Contains(t, body, "use the name of a filter")
}
