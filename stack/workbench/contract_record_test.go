package workbench

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// recordContract runs every case in the Grafana of GRAFANA_HOME, with the echo plugin.
func recordContract(t *testing.T) {
	t.Helper()
	url, version := startGrafana(t)
	recorded := contract{Grafana: version, Cases: map[string]handedOver{}}
	for name, one := range contractCases() {
		path, body := "/api/ds/query", `{"from":"now-1h","to":"now","queries":[`+one.query+`]}`
		if one.ruler {
			path, body = "/api/v1/eval", ruleOf(one.query)
		}
		status, text := call(t, http.MethodPost, url+path, body, signedIn(one.headers))
		require.Equal(t, http.StatusOK, status, text)
		recorded.Cases[name] = readHandedOver(t, text)
	}
	writeContract(t, recorded)
}

// ruleOf is a query as Grafana's ruler has it.
func ruleOf(query string) string {
	return `{"condition":"A","data":[
		{"refId":"A","queryType":"tell","datasourceUid":"flow-steps",
		 "relativeTimeRange":{"from":3600,"to":0},"model":` + query + `},
		{"refId":"B","datasourceUid":"__expr__","relativeTimeRange":{"from":0,"to":0},
		 "model":{"refId":"B","type":"reduce","expression":"A","reducer":"last"}}]}`
}

func signedIn(headers map[string]string) map[string]string {
	all := map[string]string{"Authorization": "Basic YWRtaW46YWRtaW4=", "Content-Type": "application/json"}
	for name, value := range headers {
		all[name] = value
	}
	return all
}

// startGrafana runs a Grafana with the echo plugin until the test ends, and returns its address and version.
func startGrafana(t *testing.T) (url, version string) {
	t.Helper()
	home := os.Getenv("GRAFANA_HOME")
	require.NotEmpty(t, home, "set GRAFANA_HOME to the Grafana to record from")
	dir, port := t.TempDir(), freePort(t)
	layEchoOut(t, dir)

	command := exec.CommandContext(t.Context(), filepath.Join(home, "bin", "grafana"), "server", "--homepath", home)
	command.Dir = home
	command.Env = append(os.Environ(),
		"GF_SERVER_HTTP_ADDR=127.0.0.1", fmt.Sprintf("GF_SERVER_HTTP_PORT=%d", port),
		"GF_PATHS_DATA="+filepath.Join(dir, "data"),
		"GF_PATHS_LOGS="+filepath.Join(dir, "log"), "GF_PATHS_PLUGINS="+filepath.Join(dir, "plugins"),
		"GF_PATHS_PROVISIONING="+filepath.Join(dir, "provisioning"), "GF_PLUGINS_PREINSTALL_DISABLED=true",
		"GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS=echo-datasource", "GF_ANALYTICS_REPORTING_ENABLED=false",
		"GF_ANALYTICS_CHECK_FOR_UPDATES=false", "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES=false")
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 10 * time.Second
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait()
	})

	url = fmt.Sprintf("http://127.0.0.1:%d", port)
	deadline := time.Now().Add(3 * time.Minute)
	for time.Now().Before(deadline) {
		if answers(t.Context(), url) {
			_, text := call(t, http.MethodGet, url+"/api/health", "", nil)
			version, _ = at(t, decode(t, text), "version").(string)
			return url, version
		}
		time.Sleep(500 * time.Millisecond)
	}
	t.Fatal("Grafana did not answer within three minutes")
	return "", ""
}

func answers(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/health", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// layEchoOut writes the echo plugin as Grafana loads plugins, and a data source of it.
func layEchoOut(t *testing.T, dir string) {
	t.Helper()
	binary, err := builds["echo"]()
	require.NoError(t, err)
	plugin := filepath.Join(dir, "plugins", "echo-datasource")
	writeFile(t, filepath.Join(plugin, "plugin.json"), `{"id":"echo-datasource","type":"datasource","name":"Echo",
		"backend":true,"alerting":true,"executable":"gpx_echo","dependencies":{"grafanaDependency":">=12.0.0"},
		"info":{"version":"1.2.3","author":{"name":"x"},"logos":{"small":"img/logo.svg","large":"img/logo.svg"}}}`)
	writeFile(t, filepath.Join(plugin, "module.js"), "define([],()=>({}))")
	content, err := os.ReadFile(binary)
	require.NoError(t, err)
	target := filepath.Join(plugin, fmt.Sprintf("gpx_echo_%s_%s", runtime.GOOS, runtime.GOARCH))
	require.NoError(t, os.WriteFile(target, content, 0o700)) // #nosec G306 -- it is executed
	writeFile(t, filepath.Join(dir, "provisioning", "datasources", "all.yml"), strings.ReplaceAll(`apiVersion: 1
datasources:
	- {name: Echo, uid: flow-steps, type: echo-datasource, access: proxy}
`, "\t", "  "))
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	address, ok := listener.Addr().(*net.TCPAddr)
	require.True(t, ok)
	return address.Port
}
