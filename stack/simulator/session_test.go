package simulator

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

func shippedSession(t *testing.T) *Session {
	t.Helper()
	flows, err := Load(ShippedFlows())
	require.NoError(t, err)
	workers, err := LoadWorkers(ShippedFlows())
	require.NoError(t, err)
	return &Session{Seed: 1, Flows: flows, Workers: workers, StepPath: true}
}

// receiver takes spans and samples, as Tempo and Prometheus would.
type receiver struct {
	*httptest.Server
	mutex   sync.Mutex
	spans   int
	ages    []time.Duration // of spans when they arrived
	samples map[string][]prompb.Sample
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{samples: map[string][]prompb.Sample{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/traces", func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		var traces collectortrace.ExportTraceServiceRequest
		if err != nil || proto.Unmarshal(body, &traces) != nil {
			http.Error(w, "no OTLP", http.StatusBadRequest)
			return
		}
		r.mutex.Lock()
		defer r.mutex.Unlock()
		for _, resource := range traces.ResourceSpans {
			for _, span := range resource.ScopeSpans[0].Spans {
				r.spans++
				r.ages = append(r.ages, time.Since(Span{Span: span}.End()))
			}
		}
	})
	mux.HandleFunc("POST /write", func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err == nil {
			body, err = snappy.Decode(nil, body)
		}
		var write prompb.WriteRequest
		if err != nil || write.Unmarshal(body) != nil {
			http.Error(w, "no remote write", http.StatusBadRequest)
			return
		}
		r.mutex.Lock()
		defer r.mutex.Unlock()
		for _, ts := range write.Timeseries {
			key := ""
			for _, l := range ts.Labels {
				key += l.Name + "=" + l.Value + ";"
			}
			r.samples[key] = append(r.samples[key], ts.Samples...)
		}
	})
	r.Server = httptest.NewServer(mux)
	t.Cleanup(r.Close)
	return r
}

// counted is how many spans the last samples of the counters tell of.
func (r *receiver) counted() int {
	total := 0
	for key, samples := range r.samples {
		if bytes.HasPrefix([]byte(key), []byte("__name__="+metricCalls+";")) {
			total += int(samples[len(samples)-1].Value)
		}
	}
	return total
}

func TestABackfillCountsOldSpansAndLeavesFreshOnesToTempo(t *testing.T) {
	t.Parallel() // it mostly waits
	server := newReceiver(t)
	session := shippedSession(t)
	session.Flows = append(session.Flows, loadAll(t, `
path: f/x
workspace: w
schedule: {every: 2s}
script: {language: bash, duration: 50ms}
`)...)
	session.Backfill, session.MetricsSlack = 12*time.Minute, 14*time.Second
	session.Traces, session.RemoteWrite = server.URL, server.URL+"/write"
	session.Truth = TruthDir(t.TempDir())
	require.NoError(t, session.Run(t.Context()))

	fresh := 0
	for _, age := range server.ages {
		if age < session.MetricsSlack {
			fresh++
		}
	}
	require.Greater(t, server.spans, 1000)
	require.NotZero(t, fresh)
	require.Equal(t, server.spans, server.counted()+fresh, "every span is counted once")
	for key, samples := range server.samples {
		for i := 1; i < len(samples); i++ {
			if samples[i-1].Timestamp >= samples[i].Timestamp || samples[i-1].Value > samples[i].Value {
				require.Fail(t, "a counter went back", "%s: %v, then %v", key, samples[i-1], samples[i])
			}
		}
	}
	require.Greater(t, len(readTruth(t, session.Truth)), 300)
}

func TestLiveFollowsTheClockUntilItIsStopped(t *testing.T) {
	t.Parallel() // it mostly waits
	server := newReceiver(t)
	session := shippedSession(t)
	session.Flows = loadAll(t, `
path: f/x
workspace: w
schedule: {every: 500ms}
modules: [{id: a, rawscript: python3, duration: 50ms}]
`)
	session.Live, session.Traces, session.Truth = true, server.URL, TruthDir(t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	require.NoError(t, session.Run(ctx))
	require.NotEmpty(t, readTruth(t, session.Truth))
	for _, age := range server.ages {
		require.Positive(t, age, "no span comes from the future")
		require.Less(t, age, 10*time.Second)
	}
}

func TestASessionFailsWhenTheServerRefuses(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	session := shippedSession(t)
	session.Backfill, session.Traces = time.Hour, server.URL
	require.ErrorContains(t, session.Run(t.Context()), "spans were refused by "+server.URL+"/v1/traces: 404 Not Found")
	session.Backfill = 0
	require.ErrorContains(t, session.Run(t.Context()), "nothing to do")
}

// readTruth reads all runs that the index names, in its order.
func readTruth(t *testing.T, dir TruthDir) []Run {
	t.Helper()
	index, err := os.Open(filepath.Join(string(dir), "index.jsonl"))
	require.NoError(t, err)
	defer func() { _ = index.Close() }()
	var runs []Run
	for lines := bufio.NewScanner(index); lines.Scan(); {
		var entry indexEntry
		require.NoError(t, json.Unmarshal(lines.Bytes(), &entry))
		content, err := os.ReadFile(filepath.Join(string(dir), entry.File))
		require.NoError(t, err)
		var run Run
		require.NoError(t, json.Unmarshal(content, &run))
		require.Equal(t, entry.RunID, run.RunID)
		require.Len(t, run.Jobs, entry.Jobs)
		runs = append(runs, run)
	}
	return runs
}
