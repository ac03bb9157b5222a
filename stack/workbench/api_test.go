package workbench

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestQueryReachesThePlugin(t *testing.T) {
	url := startEcho(t)
	body := `{"from":"1000","to":"now-1h","queries":[
		{"refId":"A","queryType":"flow-steps","datasource":{"uid":"flow-steps"},"runId":"r"},
		{"refId":"B","queryType":"fail","datasource":{"uid":"flow-steps"}},
		{"refId":"H","hide":true,"datasource":{"uid":"flow-steps"}}]}`
	t.Setenv("WORKBENCH_TEST_HOST_ENV", "1")
	status, text := call(t, http.MethodPost, url+"/api/ds/query?ds_type=echo", body,
		map[string]string{"FromAlert": "true", "X-Panel-Id": "7", "Cookie": "secret", "Authorization": "secret"})
	require.Equal(t, http.StatusBadRequest, status, "one query failed") // as Grafana answers
	answer := decode(t, text)

	require.Equal(t, "asked to fail", at(t, answer, "results", "B", "error"))
	require.Equal(t, "downstream", at(t, answer, "results", "B", "errorSource"))
	require.InDelta(t, 400, at(t, answer, "results", "B", "status"), 0)
	require.Nil(t, at(t, answer, "results", "H"))

	frame := at(t, answer, "results", "A", "frames", 0)
	require.InDelta(t, 1000, at(t, frame, "data", "values", 0, 0), 0)
	require.InDelta(t, float64(time.Now().Add(-time.Hour).UnixMilli()), at(t, frame, "data", "values", 1, 0), 60_000)
	require.Contains(t, at(t, frame, "data", "values", 2, 0), `"runId":"r"`)
	custom := at(t, frame, "schema", "meta", "custom")
	require.Equal(t, map[string]any{"FromAlert": "true", "http_X-Panel-Id": "7"}, at(t, custom, "headers"))
	require.Equal(t, map[string]any{
		"jsonData": map[string]any{"tempo": map[string]any{"url": "http://127.0.0.1:1", "timeout": 30.0, "tlsSkipVerify": false}},
		"secrets":  map[string]any{"tempo.basicAuthPassword": "p4ss", "tempo.bearerToken": ""},
		"url":      "", "uid": "flow-steps", "user": "workbench", "version": "1.2.3", "hostEnvironment": false,
	}, at(t, custom, "seen"))
}

func TestQueryErrors(t *testing.T) {
	url := startEcho(t) + "/api/ds/query"
	for body, want := range map[string]struct {
		status int
		text   string
	}{
		`{`:              {http.StatusBadRequest, "is not JSON that can be read"},
		`{"queries":[]}`: {http.StatusBadRequest, "there is no query"},
		`{"from":"1","to":"2","queries":[{"refId":"A"}]}`:                                           {http.StatusBadRequest, "one and the same data source"},
		`{"from":"1","to":"2","queries":[{"refId":"A","datasource":{"uid":"x"}}]}`:                  {http.StatusNotFound, `no data source has the uid \"x\"`},
		`{"from":"yesterday","to":"2","queries":[{"refId":"A","datasource":{"uid":"flow-steps"}}]}`: {http.StatusBadRequest, "neither epoch milliseconds nor relative"},
	} {
		status, text := call(t, http.MethodPost, url, body, nil)
		require.Equal(t, want.status, status, body)
		require.Contains(t, text, want.text, body)
	}
}

func TestOtherTypesAreNamed(t *testing.T) {
	url := startEcho(t)
	settings := decode(t, second(call(t, http.MethodGet, url+"/api/frontend/settings", "", nil)))
	tempo := at(t, settings, "datasources", "Tempo", "uid").(string)
	status, text := call(t, http.MethodGet, url+"/api/datasources/uid/"+tempo+"/health", "", nil)
	require.Equal(t, http.StatusNotImplemented, status)
	require.Contains(t, text, "which only Grafana runs")
}

func second(_ int, text string) string { return text }

func TestSettingsHoldNoSecrets(t *testing.T) {
	url := startEcho(t)
	text := second(call(t, http.MethodGet, url+"/api/frontend/settings", "", nil))
	settings := decode(t, text)
	require.Equal(t, "Flow steps", at(t, settings, "defaultDatasource"))
	require.Equal(t, "public/plugins/echo-datasource/module.js", at(t, settings, "datasources", "Flow steps", "meta", "module"))
	require.Equal(t, "/public/plugins/echo-datasource/img/logo.svg",
		at(t, settings, "datasources", "Flow steps", "meta", "info", "logos", "small"))
	require.Equal(t, "public/plugins/echo-datasource/panel/module.js", at(t, settings, "panels", "echo-panel", "module"))
	require.NotContains(t, text, "p4ss")

	text = second(call(t, http.MethodGet, url+"/api/datasources/uid/flow-steps", "", nil))
	require.NotContains(t, text, "p4ss")
	require.Equal(t, map[string]any{"tempo.basicAuthPassword": true}, at(t, decode(t, text), "secureJsonFields"))
}

func TestSaveAndTest(t *testing.T) {
	url := startEcho(t) + "/api/datasources/uid/flow-steps"
	status, text := call(t, http.MethodGet, url+"/health", "", nil)
	require.Equal(t, http.StatusOK, status, text)
	require.Equal(t, "OK", at(t, decode(t, text), "status"))
	require.Equal(t, "healthy", at(t, decode(t, text), "message"))

	status, text = call(t, http.MethodPut, url, `{"jsonData":{"healthy":false},"secureJsonData":{"token":"t0ken"}}`, nil)
	require.Equal(t, http.StatusOK, status, text)
	require.NotContains(t, text, "t0ken")

	status, text = call(t, http.MethodGet, url+"/health", "", nil)
	require.Equal(t, http.StatusBadRequest, status, text)
	require.Equal(t, "ERROR", at(t, decode(t, text), "status"))
	// The plugin got the new secret and kept the old one; the empty one is gone.
	require.Equal(t, map[string]any{"tempo.basicAuthPassword": "p4ss", "token": "t0ken"}, at(t, decode(t, text), "details", "secrets"))
}

func TestResources(t *testing.T) {
	url := startEcho(t) + "/api/datasources/uid/flow-steps/resources/"
	status, text := call(t, http.MethodGet, url+"tag-values?tag=flow&x=a%20b", "", nil)
	require.Equal(t, http.StatusAccepted, status)
	require.Equal(t, `{"body":"","method":"GET","path":"tag-values","url":"tag-values?tag=flow\u0026x=a%20b"}`+"\n{}\n", text)

	_, text = call(t, http.MethodPost, url+"a/b", `{"x":1}`, nil)
	require.Contains(t, text, `"path":"a/b"`)
	require.Contains(t, text, `"method":"POST"`)

	status, text = call(t, http.MethodGet, url+"fail", "", nil)
	require.Equal(t, http.StatusBadGateway, status)
	require.Contains(t, text, "the plugin failed on the resource call")
}

func TestDeadPluginIsStartedAgain(t *testing.T) {
	url := startEcho(t) + "/api/datasources/uid/flow-steps"
	status, text := call(t, http.MethodGet, url+"/resources/exit", "", nil)
	require.Equal(t, http.StatusBadGateway, status)
	require.Contains(t, text, "the plugin's process ended")
	require.Eventually(t, func() bool {
		status, _ := call(t, http.MethodGet, url+"/health", "", nil)
		return status == http.StatusOK
	}, 15*time.Second, 50*time.Millisecond)
}

func TestPagesAndFiles(t *testing.T) {
	url := startEcho(t)
	for path, want := range map[string]string{
		"/": "<title>Workbench", "/explore?left=x": "<title>Workbench", "/d/one": "<title>Workbench",
		"/connections/datasources/edit/flow-steps":        "<title>Workbench",
		"/public/workbench/boot.js":                       "boot",
		"/public/plugins/echo-datasource/module.js":       "define",
		"/public/plugins/echo-datasource/panel/module.js": "define",
		"/api/search":             `"/d/one"`,
		"/api/dashboards/uid/one": `"title":"One"`,
	} {
		status, text := call(t, http.MethodGet, url+path, "", nil)
		require.Equal(t, http.StatusOK, status, path)
		require.Contains(t, text, want, path)
	}
	for _, path := range []string{"/public/plugins/echo-datasource/", "/public/plugins/echo-datasource/../../web/index.html", "/public/missing.js", "/api/org", "/api/dashboards/uid/two"} {
		status, _ := call(t, http.MethodGet, url+path, "", nil)
		require.Equal(t, http.StatusNotFound, status, path)
	}
}

func TestForeignPagesAreRefused(t *testing.T) {
	url := startEcho(t)
	status, _ := call(t, http.MethodGet, url+"/api/search", "", map[string]string{"Host": "evil.example"})
	require.Equal(t, http.StatusForbidden, status)
	status, _ = call(t, http.MethodPost, url+"/api/ds/query", "{}", map[string]string{"Origin": "http://evil.example"})
	require.Equal(t, http.StatusForbidden, status)
	status, _ = call(t, http.MethodGet, url+"/api/search", "", map[string]string{"Origin": url})
	require.Equal(t, http.StatusOK, status)
	port := url[strings.LastIndex(url, ":"):]
	status, _ = call(t, http.MethodGet, url+"/api/search", "", map[string]string{"Host": "localhost" + port})
	require.Equal(t, http.StatusOK, status)
}
