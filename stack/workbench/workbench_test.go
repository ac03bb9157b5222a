package workbench

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// buildOnce keeps the binaries that several tests start.
var (
	buildDir string
	builds   = map[string]func() (string, error){}
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "workbench-test-")
	if err != nil {
		panic(err)
	}
	buildDir = dir
	builds["echo"] = sync.OnceValues(func() (string, error) { return build("echo", ".", "./testdata/echoplugin") })
	builds["windmill"] = sync.OnceValues(func() (string, error) { return build("windmill", "../..", "./pkg") })
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func build(name, dir, target string) (string, error) {
	binary := filepath.Join(buildDir, name)
	command := exec.Command("go", "build", "-o", binary, target)
	command.Dir = dir
	if output, err := command.CombinedOutput(); err != nil {
		return "", errorWithOutput{err, output}
	}
	return binary, nil
}

type errorWithOutput struct {
	err    error
	output []byte
}

func (e errorWithOutput) Error() string { return e.err.Error() + ": " + string(e.output) }

// lines collects what a workbench prints, and hands over the address when it is there.
type lines struct {
	mu      sync.Mutex
	text    bytes.Buffer
	address chan string
	once    sync.Once
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	if url, found := strings.CutPrefix(strings.TrimSpace(l.text.String()), "workbench: "); found {
		l.once.Do(func() { l.address <- url })
	}
	return len(p), nil
}

// layout writes the directories that a workbench needs around a plugin binary.
func layout(t *testing.T, binary string) Options {
	t.Helper()
	dir := t.TempDir()
	dist := filepath.Join(dir, "dist")
	writeFile(t, filepath.Join(dist, "plugin.json"), `{"id":"echo-datasource","type":"datasource","name":"Echo",`+
		`"info":{"version":"1.2.3","logos":{"small":"img/logo.svg","large":"img/logo.svg"}}}`)
	writeFile(t, filepath.Join(dist, "module.js"), "define([],()=>({}))")
	writeFile(t, filepath.Join(dist, "panel", "plugin.json"), `{"id":"echo-panel","type":"panel","name":"Echo panel"}`)
	writeFile(t, filepath.Join(dist, "panel", "module.js"), "define([],()=>({}))")
	writeFile(t, filepath.Join(dir, "web", "index.html"), "<title>Workbench</title>")
	writeFile(t, filepath.Join(dir, "web", "public", "workbench", "boot.js"), "boot")
	writeFile(t, filepath.Join(dir, "provisioning", "datasources", "all.yml"), provisionedSources)
	writeFile(t, filepath.Join(dir, "provisioning", "dashboards", "one.json"), `{"uid":"one","title":"One"}`)
	return Options{
		Listen: "127.0.0.1:0", DistDir: dist, PluginPath: binary, ProvisioningDir: filepath.Join(dir, "provisioning"),
		WebDir: filepath.Join(dir, "web"), Stdout: io.Discard, Stderr: io.Discard,
		LookupEnv: environment(map[string]string{"TEMPO_URL": "http://127.0.0.1:1", "PASSWORD": "p4ss"}).lookup,
	}
}

// start runs a workbench until the test ends and returns its address.
func start(t *testing.T, options Options) string {
	t.Helper()
	out := &lines{address: make(chan string, 1)}
	options.Stdout = out
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, options) }()
	select {
	case url := <-out.address:
		t.Cleanup(func() {
			cancel()
			require.NoError(t, <-ended)
		})
		return url
	case err := <-ended:
		cancel()
		require.NoError(t, err)
	case <-time.After(30 * time.Second):
		cancel()
		t.Fatal("the workbench did not say where it listens within 30 s")
	}
	return ""
}

func startEcho(t *testing.T) string {
	t.Helper()
	binary, err := builds["echo"]()
	require.NoError(t, err)
	return start(t, layout(t, binary))
}

// call makes a request and returns status and body.
func call(t *testing.T, method, url, body string, headers map[string]string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	for name, value := range headers {
		if name == "Host" {
			request.Host = value
		}
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(content)
}

func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	var value map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &value), text)
	return value
}

// at walks decoded JSON by keys and indices.
func at(t *testing.T, value any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch key := step.(type) {
		case string:
			object, ok := value.(map[string]any)
			require.True(t, ok, "no object for %q in %v", key, path)
			value = object[key]
		case int:
			list, ok := value.([]any)
			require.True(t, ok && key < len(list), "no item %d in %v", key, path)
			value = list[key]
		}
	}
	return value
}

func TestStartErrors(t *testing.T) {
	binary, err := builds["echo"]()
	require.NoError(t, err)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = taken.Close() }()

	for name, test := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"port taken":      {func(o *Options) { o.Listen = taken.Addr().String() }, "is in use by another program"},
		"not loopback":    {func(o *Options) { o.Listen = "0.0.0.0:3000" }, "listens on loopback only"},
		"no address":      {func(o *Options) { o.Listen = "3000" }, "is not an address to listen on"},
		"no binary":       {func(o *Options) { o.PluginPath = "/missing/gpx" }, "run: go build -o /missing/gpx ./pkg"},
		"no frontend":     {func(o *Options) { o.DistDir = "/missing" }, "run: npm run build"},
		"no page":         {func(o *Options) { o.WebDir = "/missing" }, "run: npm run workbench:build"},
		"no provisioning": {func(o *Options) { o.ProvisioningDir = "/missing" }, "name the right one with -provisioning"},
		"not a plugin":    {func(o *Options) { o.PluginPath = "/bin/true" }, "did not start as a Grafana plugin"},
	} {
		t.Run(name, func(t *testing.T) {
			options := layout(t, binary)
			test.change(&options)
			err := Run(t.Context(), options)
			require.ErrorContains(t, err, test.want)
		})
	}
}
