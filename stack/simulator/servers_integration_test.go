//go:build integration

package simulator

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/flowsteps/windmill-datasource/stack/servers"
)

const arrivalTimeout = 60 * time.Second

// TestSpanMetricsEqualTempos sends the same spans to a real Tempo, which makes span metrics of them, and counts them
// here. Every series of the one must be a series of the other, with the same value.
func TestSpanMetricsEqualTempos(t *testing.T) {
	// Tempo must count spans of the whole simulated time, whenever they ended.
	stack := startServers(t, "TEMPO_SPAN_METRICS_SLACK=24h")
	start := time.Now().Add(-30 * time.Minute)
	flows, err := Load(ShippedFlows())
	require.NoError(t, err)
	workers, err := LoadWorkers(ShippedFlows())
	require.NoError(t, err)
	simulation, err := New(Options{Seed: 5, Flows: flows, Workers: workers, Start: start, History: 30 * time.Minute, StepPath: true})
	require.NoError(t, err)
	spans := simulation.Advance(start.Add(30 * time.Minute)).Spans
	require.Greater(t, len(spans), 1000)

	require.NoError(t, NewOTLP(stack.OTLP, "", 0).Spans(t.Context(), spans))
	options := MetricsOptions{Dimensions: DefaultDimensions(), TargetInfo: true, Labels: map[string]string{"source": "simulator"}}
	writer := NewRemoteWriter(stack.Prometheus+"/api/v1/write", options, start, 0)
	require.NoError(t, writer.Spans(t.Context(), spans, start.Add(30*time.Minute)))
	require.NoError(t, writer.Finish(t.Context(), time.Now()))

	awaitCount(t, stack.Prometheus, `sum(traces_spanmetrics_calls_total{source="tempo"})`, len(spans))
	for _, name := range []string{metricCalls, metricSize, metricLatency, metricLatency + "_bucket", metricLatency + "_count", metricLatency + "_sum"} {
		awaitAll(t, stack.Prometheus, name)
		requireSameSeries(t, stack.Prometheus, name)
	}
	requireSameExemplars(t, stack.Prometheus, start)
}

// TestBackfillIsCountedOnce runs a whole backfill against real servers with Tempo's own slack: every span must be
// counted exactly once, by the simulator or by Tempo.
func TestBackfillIsCountedOnce(t *testing.T) {
	stack := startServers(t)
	var sent atomic.Int64
	counter := countingProxy(t, stack.OTLP, &sent)
	session := shippedSession(t)
	session.Traces, session.RemoteWrite = counter, stack.Prometheus+"/api/v1/write"
	session.Backfill, session.Truth = time.Hour, TruthDir(t.TempDir())
	session.Metrics = MetricsOptions{Dimensions: DefaultDimensions(), TargetInfo: true, Labels: map[string]string{"source": "simulator"}}
	require.NoError(t, session.Run(t.Context()))

	awaitCount(t, stack.Prometheus, `sum(last_over_time(traces_spanmetrics_calls_total[1h]))`, int(sent.Load()))
	require.NotEmpty(t, query(t, stack.Prometheus, `traces_spanmetrics_calls_total{source="simulator"} offset 30m`))
	runs := readTruth(t, session.Truth)
	require.Greater(t, len(runs), 200)
	requireFound(t, stack.Tempo, runs[0])
	requireFound(t, stack.Tempo, runs[len(runs)-1])
}

func startServers(t *testing.T, env ...string) *servers.Stack {
	t.Helper()
	stack, err := servers.StartEmbedded(t.Context(), servers.Options{Dir: t.TempDir(), Env: env})
	require.NoError(t, err)
	t.Cleanup(stack.Stop)
	return stack
}

// series is an element of the answer to an instant query.
type series struct {
	Metric    map[string]string `json:"metric"`
	Value     []any             `json:"value"`
	Histogram []json.RawMessage `json:"histogram"`
}

// histogramJSON is a native histogram in an answer.
type histogramJSON struct {
	Count   string  `json:"count"`
	Sum     string  `json:"sum"`
	Buckets [][]any `json:"buckets"`
}

func query(t *testing.T, base, promQL string) []series {
	t.Helper()
	var answer struct {
		Data struct {
			Result []series `json:"result"`
		} `json:"data"`
	}
	get(t, base+"/api/v1/query?"+url.Values{"query": {promQL}}.Encode(), &answer)
	return answer.Data.Result
}

func get(t *testing.T, address string, out any) {
	t.Helper()
	response, err := http.Get(address)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, string(body))
	require.NoError(t, json.Unmarshal(body, out), string(body))
}

func awaitCount(t *testing.T, base, promQL string, want int) {
	t.Helper()
	last := "nothing"
	for deadline := time.Now().Add(arrivalTimeout); time.Now().Before(deadline); time.Sleep(500 * time.Millisecond) {
		result := query(t, base, promQL)
		if len(result) == 1 {
			last = result[0].Value[1].(string)
			if number(t, last) == float64(want) {
				return
			}
		}
	}
	require.Failf(t, "the spans were not counted", "%s is %s, want %d", promQL, last, want)
}

// awaitAll waits until Tempo has written as many series of a metric as the simulator, with as much in them in all:
// it sends its metrics in several requests.
func awaitAll(t *testing.T, base, name string) {
	t.Helper()
	theirs, ours := name+`{source="tempo"}`, name+`{source="simulator"}`
	awaitCount(t, base, "count("+theirs+") - count("+ours+")", 0)
	if name == metricLatency { // a native histogram
		theirs, ours = "histogram_count("+theirs+")", "histogram_count("+ours+")"
	}
	awaitCount(t, base, "round(sum("+theirs+") - sum("+ours+"), 0.000001)", 0)
}

func requireSameSeries(t *testing.T, base, name string) {
	t.Helper()
	theirs := byLabels(query(t, base, name+`{source="tempo"}`))
	ours := byLabels(query(t, base, name+`{source="simulator"}`))
	require.NotEmpty(t, theirs, name)
	require.ElementsMatch(t, keysOf(theirs), keysOf(ours), name)
	for key, want := range theirs {
		got := ours[key]
		if want.Histogram == nil {
			requireSameNumber(t, want.Value[1].(string), got.Value[1].(string), name+" "+key)
			continue
		}
		var a, b histogramJSON
		require.NoError(t, json.Unmarshal(want.Histogram[1], &a))
		require.NoError(t, json.Unmarshal(got.Histogram[1], &b))
		require.NotEmpty(t, a.Buckets)
		require.Equal(t, a.Count, b.Count, key)
		require.Equal(t, a.Buckets, b.Buckets, key)
		requireSameNumber(t, a.Sum, b.Sum, key)
	}
}

// requireSameNumber allows for the order in which floating-point numbers were added.
func requireSameNumber(t *testing.T, want, got, what string) {
	t.Helper()
	a, b := number(t, want), number(t, got)
	require.LessOrEqual(t, math.Abs(a-b), 1e-9*math.Max(1, math.Abs(a)), "%s: Tempo has %s, the simulator %s", what, want, got)
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	var n float64
	require.NoError(t, json.Unmarshal([]byte(s), &n))
	return n
}

// byLabels keys series by all labels but those that tell the two sources apart.
func byLabels(all []series) map[string]series {
	out := map[string]series{}
	for _, s := range all {
		delete(s.Metric, "source")
		delete(s.Metric, "__metrics_gen_instance")
		key, err := json.Marshal(s.Metric) // sorts
		if err != nil {
			panic(err)
		}
		out[string(key)] = s
	}
	return out
}

func keysOf(m map[string]series) []string {
	var out []string
	for key := range maps.Keys(m) {
		out = append(out, key)
	}
	return out
}

// requireSameExemplars checks that both sources have exemplars on the same series, in the same form. Which span became
// the exemplar depends on when samples were taken.
func requireSameExemplars(t *testing.T, base string, start time.Time) {
	t.Helper()
	form := func(source string) map[string]string {
		var answer struct {
			Data []struct {
				SeriesLabels map[string]string `json:"seriesLabels"`
				Exemplars    []struct {
					Labels map[string]string `json:"labels"`
				} `json:"exemplars"`
			} `json:"data"`
		}
		get(t, base+"/api/v1/query_exemplars?"+url.Values{
			"query": {metricLatency + `_bucket{source="` + source + `",span_name=~"job.*"}`},
			"start": {start.Format(time.RFC3339)}, "end": {time.Now().Add(time.Minute).Format(time.RFC3339)},
		}.Encode(), &answer)
		out := map[string]string{}
		for _, s := range answer.Data {
			delete(s.SeriesLabels, "source")
			delete(s.SeriesLabels, "__metrics_gen_instance")
			key, err := json.Marshal(s.SeriesLabels)
			require.NoError(t, err)
			newest := s.Exemplars[len(s.Exemplars)-1].Labels
			require.Len(t, newest, 1)
			require.False(t, strings.HasPrefix(newest["trace_id"], "0"), "Tempo drops leading zeros")
			out[string(key)] = "trace_id"
			require.NotEmpty(t, newest["trace_id"])
		}
		return out
	}
	theirs := form("tempo")
	require.NotEmpty(t, theirs)
	require.Equal(t, theirs, form("simulator"))
}

// countingProxy passes requests on to an OTLP receiver and counts the spans in them.
func countingProxy(t *testing.T, target string, spans *atomic.Int64) string {
	t.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		var request collectortrace.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &request); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		for _, resource := range request.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				spans.Add(int64(len(scope.Spans)))
			}
		}
		response, err := http.Post(target+r.URL.Path, r.Header.Get("Content-Type"), bytes.NewReader(body))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer func() { _ = response.Body.Close() }()
		w.WriteHeader(response.StatusCode)
		_, _ = io.Copy(w, response.Body)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL
}

// requireFound checks that Tempo finds a run in its own time window, however old it is.
func requireFound(t *testing.T, base string, run Run) {
	t.Helper()
	var answer struct {
		Traces []struct {
			TraceID string `json:"traceID"`
		} `json:"traces"`
	}
	address := base + "/api/search?" + url.Values{
		"q":     {`{ span.job_id = "` + run.RunID + `" }`},
		"start": {unixSeconds(run.Start.Add(-time.Minute))}, "end": {unixSeconds(run.End.Add(time.Minute))},
	}.Encode()
	for deadline := time.Now().Add(arrivalTimeout); time.Now().Before(deadline); time.Sleep(500 * time.Millisecond) {
		if get(t, address, &answer); len(answer.Traces) > 0 {
			return
		}
	}
	require.Failf(t, "the run was not found", "%s at %s", run.RunID, run.Start)
}

func unixSeconds(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
