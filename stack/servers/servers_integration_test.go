//go:build integration

package servers

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/stack/progress"
	"github.com/stretchr/testify/require"
)

const (
	// A plain Tempo reads its remote-write log every 15 s, so a span metric can take 20 s.
	dataTimeout = 60 * time.Second
	dataPoll    = 500 * time.Millisecond
	traceID     = "01890a5d000070008000000000000001"
)

func TestEmbeddedTakesASpanAndItsMetrics(t *testing.T) {
	stack := startForTest(t, StartEmbedded, Options{})
	require.Empty(t, stack.Loki)
	sendSpan(t, stack.OTLP, `{"key":"step_path","value":{"stringValue":"f/etl/nightly"}},`)
	requireSearchable(t, stack, "f/etl/nightly")
	series := requireSpanMetrics(t, stack)
	require.Equal(t, "f/etl/nightly", series["step_path"])
	require.Equal(t, "load", series["flow_step_id"])
	require.Equal(t, "demo", series["workspace_id"])
	require.NotContains(t, series, "script_path")
}

func TestDataSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	stack := startForTest(t, StartEmbedded, Options{Dir: dir})
	sendSpan(t, stack.OTLP, "")
	requireSearchable(t, stack, "")
	requireSpanMetrics(t, stack)
	stack.Stop()

	again := startForTest(t, StartEmbedded, Options{Dir: dir, Ports: stack.Ports})
	require.Equal(t, stack.URLs, again.URLs)
	requireSearchable(t, again, "")
	require.NotEmpty(t, querySeries(t, again, "count_over_time(traces_spanmetrics_calls_total[5m])"))
}

func TestStockTempoHasNoDimensions(t *testing.T) {
	config, err := Config("tempo-stock.yaml")
	require.NoError(t, err)
	stack := startForTest(t, StartEmbedded, Options{TempoConfig: config})
	sendSpan(t, stack.OTLP, "")
	series := requireSpanMetrics(t, stack)
	require.Equal(t, "job load", series["span_name"])
	require.NotContains(t, series, "flow_step_id")
}

func TestABrokenConfigurationIsReported(t *testing.T) {
	config := t.TempDir() + "/tempo.yaml"
	require.NoError(t, os.WriteFile(config, []byte("no_such_section: {}\n"), 0o600))
	_, err := StartEmbedded(t.Context(), Options{Dir: t.TempDir(), TempoConfig: config})
	require.ErrorContains(t, err, "stopped early")
	require.ErrorContains(t, err, "no_such_section")
}

func TestFullStackDerivesStepPathAndTakesLogs(t *testing.T) {
	stack := startForTest(t, StartFull, Options{})
	sendSpan(t, stack.OTLP, "")
	sendLog(t, stack.OTLP)
	requireSearchable(t, stack, "f/etl/nightly")
	require.Equal(t, "f/etl/nightly", requireSpanMetrics(t, stack)["step_path"])
	query := url.Values{"query": {`{service_name="windmill-worker"} | job_id="j1"`}}
	require.Eventually(t, func() bool {
		return strings.Contains(get(t, stack.Loki+"/loki/api/v1/query_range?"+query.Encode()), "row 17 is bad")
	}, dataTimeout, dataPoll)
}

func startForTest(t *testing.T, start func(context.Context, Options) (*Stack, error), opts Options) *Stack {
	t.Helper()
	if opts.Dir == "" {
		opts.Dir = t.TempDir()
	}
	opts.Progress = progress.New(os.Stderr)
	stack, err := start(t.Context(), opts)
	require.NoError(t, err)
	t.Cleanup(stack.Stop)
	return stack
}

// sendSpan exports one job span of an iteration of a loop; extra attributes are JSON that ends in a comma.
func sendSpan(t *testing.T, otlp, extra string) {
	t.Helper()
	end := time.Now()
	post(t, otlp+"/v1/traces", fmt.Sprintf(`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"windmill-worker"}}]},
		"scopeSpans":[{"spans":[{"traceId":%q,"spanId":"8000000000000001","name":"job load","kind":1,"startTimeUnixNano":"%d","endTimeUnixNano":"%d","attributes":[%s
		{"key":"script_path","value":{"stringValue":"f/etl/nightly/forloop-17/load"}},{"key":"flow_step_id","value":{"stringValue":"load"}},
		{"key":"workspace_id","value":{"stringValue":"demo"}},{"key":"job_id","value":{"stringValue":"j1"}}]}]}]}]}`,
		traceID, end.Add(-700*time.Millisecond).UnixNano(), end.UnixNano(), extra))
}

func sendLog(t *testing.T, otlp string) {
	t.Helper()
	post(t, otlp+"/v1/logs", fmt.Sprintf(`{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"windmill-worker"}}]},
		"scopeLogs":[{"logRecords":[{"timeUnixNano":"%d","severityText":"ERROR","body":{"stringValue":"row 17 is bad"},"attributes":[{"key":"job_id","value":{"stringValue":"j1"}}]}]}]}]}`,
		time.Now().UnixNano()))
}

// requireSearchable waits until TraceQL finds the span, with the given step_path unless that is empty.
func requireSearchable(t *testing.T, stack *Stack, stepPath string) {
	t.Helper()
	query := `{ span.flow_step_id = "load" }`
	if stepPath != "" {
		query = fmt.Sprintf(`{ span.flow_step_id = "load" && span.step_path = %q }`, stepPath)
	}
	// Tempo's search drops the leading zero of a trace id.
	want := strings.TrimLeft(traceID, "0")
	_, err := hex.DecodeString(traceID)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		return strings.Contains(get(t, stack.Tempo+"/api/search?q="+url.QueryEscape(query)), want)
	}, dataTimeout, dataPoll)
}

// requireSpanMetrics waits for the span's counter and returns its labels.
func requireSpanMetrics(t *testing.T, stack *Stack) map[string]string {
	t.Helper()
	var found []map[string]string
	require.Eventually(t, func() bool {
		found = querySeries(t, stack, "traces_spanmetrics_calls_total")
		return len(found) > 0
	}, dataTimeout, dataPoll)
	require.Len(t, found, 1)
	return found[0]
}

func querySeries(t *testing.T, stack *Stack, query string) []map[string]string {
	t.Helper()
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string `json:"metric"`
			} `json:"result"`
		} `json:"data"`
	}
	text := get(t, stack.Prometheus+"/api/v1/query?query="+url.QueryEscape(query))
	require.NoError(t, json.Unmarshal([]byte(text), &answer), text)
	var labels []map[string]string
	for _, result := range answer.Data.Result {
		labels = append(labels, result.Metric)
	}
	return labels
}

func get(t *testing.T, address string) string {
	t.Helper()
	res, err := http.Get(address)
	require.NoError(t, err)
	return body(t, res)
}

func post(t *testing.T, address, text string) {
	t.Helper()
	res, err := http.Post(address, "application/json", strings.NewReader(text))
	require.NoError(t, err)
	answer := body(t, res)
	require.Equal(t, http.StatusOK, res.StatusCode, answer)
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	defer func() { require.NoError(t, res.Body.Close()) }()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return string(text)
}
