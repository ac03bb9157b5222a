package plugin

import (
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/upstream/upstreamtest"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// Record anew with the flags below, each "Tempo's URL,Prometheus' URL"; pkg/spanmetrics says how the servers are
// configured.
var recordHealth = map[string]*string{
	"both":  flag.String("record-health-both", "", "step_path as a dimension"),
	"raw":   flag.String("record-health-raw", "", "script_path as a dimension"),
	"stock": flag.String("record-health-stock", "", "no dimensions"),
}

func realUpstreams(t *testing.T, name string) (*tempo.Client, *spanmetrics.Client, time.Time) {
	t.Helper()
	at := time.Now().UTC().Truncate(time.Second)
	targets := strings.Split(*recordHealth[name], ",")
	client := func(product string, i int) *upstream.Client {
		file := "testdata/health/" + name + "-" + strings.ToLower(product) + ".json"
		if *recordHealth[name] != "" {
			tape := &upstreamtest.Cassette{Server: product + ", configuration " + name, At: at}
			server := tape.Record(t, targets[i])
			t.Cleanup(func() { require.NoError(t, os.WriteFile(file, tape.JSON(t), 0o644)) })
			return upstreamtest.Client(t, product, server)
		}
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		tape := upstreamtest.Load(t, raw)
		at = tape.At
		return upstreamtest.Client(t, product, tape.Replay(t))
	}
	return tempo.New(client("Tempo", 0)), spanmetrics.New(client("Prometheus", 1), 0), at
}

func details(t *testing.T, r *backend.CheckHealthResult) healthDetails {
	t.Helper()
	var d healthDetails
	require.NoError(t, json.Unmarshal(r.JSONDetails, &d))
	return d
}

func TestHealthReal(t *testing.T) {
	for name, tt := range map[string]struct {
		message string
		missing []string
		titles  []string
		label   string
	}{
		"both": {"Tempo and Prometheus work.", []string{}, []string{}, "step_path"},
		"raw": {"Tempo and Prometheus work. The dimension script_path holds the numbers of loop iterations.",
			[]string{"step_path", "job_kind"},
			[]string{"The dimension script_path holds the numbers of loop iterations", "The span metrics lack job_kind",
				"The label step_path comes from an OpenTelemetry collector in front of Tempo"}, "script_path"},
		"stock": {"Tempo and Prometheus work. The span metrics lack workspace_id, step_path, flow_step_id, language, tag and job_kind.",
			wantedTags,
			[]string{"The span metrics lack workspace_id, step_path, flow_step_id, language, tag and job_kind",
				"The label step_path comes from an OpenTelemetry collector in front of Tempo"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			traces, metrics, at := realUpstreams(t, name)
			got := checkHealth(context.Background(), checked{tempo: traces, metrics: metrics}, at)
			assert.Equal(t, backend.HealthStatusOk, got.Status)
			assert.Equal(t, tt.message, got.Message)
			d := details(t, got)
			require.Len(t, d.Upstreams, 3)
			assert.Equal(t, "Tempo works and holds spans of Windmill.", d.Upstreams[0].Message)
			require.NotNil(t, d.Upstreams[1].Version)
			assert.Equal(t, "3.3.1", *d.Upstreams[1].Version)
			require.NotNil(t, d.SpanMetrics)
			assert.Equal(t, tt.missing, d.SpanMetrics.Missing)
			assert.Equal(t, tt.label, d.SpanMetrics.StepLabel)
			require.NotNil(t, d.SpanMetrics.Sampled)
			assert.Equal(t, 5.0, *d.SpanMetrics.Sampled)
			assert.Contains(t, d.Upstreams[1].Message, "Their samples are 5 s apart.")
			assert.Equal(t, name == "raw", d.SpanMetrics.IterationSeries != nil)
			titles := []string{}
			for _, a := range d.Advice {
				titles = append(titles, a.Title)
				assertYAML(t, a.Lines)
			}
			assert.Equal(t, tt.titles, titles)
		})
	}
}

// TestHealthOfASetInterval: what is set is told, and a warning if the samples are otherwise.
func TestHealthOfASetInterval(t *testing.T) {
	for set, title := range map[time.Duration]string{
		6 * time.Second:  "",
		time.Second:      "The scrape interval is set to 1 s, but the samples of the span metrics are 5 s apart",
		90 * time.Second: "The scrape interval is set to 90 s, but the samples of the span metrics are 5 s apart",
	} {
		sampling := spanmetrics.Sampling{Set: set, Measured: 5 * time.Second}
		assert.Equal(t, " The scrape interval is set to "+seconds(set)+".", samplingMessage(sampling))
		list := adviseSampling(sampling)
		if title == "" {
			assert.Empty(t, list)
			continue
		}
		require.Len(t, list, 1)
		assert.Equal(t, title, list[0].Title)
		assertYAML(t, list[0].Lines)
	}
	assert.Empty(t, adviseSampling(spanmetrics.Sampling{Set: time.Minute}), "nothing was measured")
	assert.Empty(t, adviseSampling(spanmetrics.Sampling{Measured: time.Minute}), "nothing is set")
}

func assertYAML(t *testing.T, lines []string) {
	t.Helper()
	var doc map[string]any
	assert.NoError(t, yaml.Unmarshal([]byte(strings.Join(lines, "\n")), &doc), "the lines can be pasted")
}

func TestAdvice(t *testing.T) {
	for name, tt := range map[string]struct {
		shape  spanmetrics.Shape
		titles []string
	}{
		"no span metrics": {spanmetrics.Shape{}, []string{"There are no span metrics in Prometheus, so there are no baselines",
			"The label step_path comes from an OpenTelemetry collector in front of Tempo"}},
		"of other programs": {spanmetrics.Shape{Exists: true}, []string{"The span metrics in Prometheus hold no spans of Windmill from the last 24 hours"}},
		"endless, no histogram": {spanmetrics.Shape{Exists: true, Windmill: true, Tags: append([]string{"job_id", "root_job"}, wantedTags...), StepLabel: "step_path"},
			[]string{"Dimensions with a new value for every job (job_id and root_job) make series without end", "The span metrics have no latency histogram"}},
		"own dimension kept": {spanmetrics.Shape{Exists: true, Windmill: true, Histogram: "native", Tags: []string{"worker", "workspace_id", "step_path", "language", "tag", "job_kind"}},
			[]string{"The span metrics lack flow_step_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			titles := []string{}
			for _, a := range adviseMetrics(tt.shape, spanmetrics.Cost{}, standIn{}) {
				titles = append(titles, a.Title)
				assert.NotEmpty(t, a.Text)
				require.NotNil(t, a.Lines)
				assertYAML(t, a.Lines)
				if name == "own dimension kept" {
					assert.Contains(t, strings.Join(a.Lines, "\n"), "dimensions: [workspace_id, step_path, flow_step_id, language, tag, job_kind, worker]")
				}
			}
			assert.Equal(t, tt.titles, titles)
		})
	}
}

func TestHealthFailures(t *testing.T) {
	server := func(h http.HandlerFunc) *httptest.Server {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s
	}
	refuse := server(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusUnauthorized) })
	empty := server(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"traces":[]}`)) })
	html := server(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`<html>Grafana</html>`)) })
	traces := func(s *httptest.Server) *tempo.Client { return tempo.New(upstreamtest.Client(t, "Tempo", s)) }
	metrics := func(s *httptest.Server) *spanmetrics.Client {
		return spanmetrics.New(upstreamtest.Client(t, "Prometheus", s), 0)
	}
	htmlHost := html.Listener.Addr().String()
	for name, tt := range map[string]struct {
		t       *tempo.Client
		m       *spanmetrics.Client
		status  backend.HealthStatus
		message string
	}{
		"nothing configured": {nil, nil, backend.HealthStatusError, "Neither Tempo nor Prometheus is configured: give the URL of at least one of them."},
		"Tempo alone, no spans": {traces(empty), nil, backend.HealthStatusOk,
			"Tempo works. Prometheus is not configured. No spans of Windmill were found in Tempo in the last hour."},
		"Prometheus refuses": {traces(empty), metrics(refuse), backend.HealthStatusError,
			"Prometheus refused the credentials (status 401): check them in the data source's settings. It says: no. Tempo works."},
		"both fail": {traces(refuse), metrics(html), backend.HealthStatusError,
			"Tempo refused the credentials (status 401): check them in the data source's settings. It says: no. Prometheus at " + htmlHost +
				" answered with a page of HTML: is the URL right?"},
	} {
		t.Run(name, func(t *testing.T) {
			got := checkHealth(context.Background(), checked{tempo: tt.t, metrics: tt.m}, time.Now())
			assert.Equal(t, tt.status, got.Status)
			assert.Equal(t, tt.message, got.Message)
			d := details(t, got)
			require.Len(t, d.Upstreams, 3)
			assert.Nil(t, d.SpanMetrics)
		})
	}
}
