package simulator

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// answering answers one status after the other, the last one for ever.
func answering(t *testing.T, requests *atomic.Int64, statuses ...int) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := int(requests.Add(1))
		w.WriteHeader(statuses[min(n, len(statuses))-1])
		_, _ = w.Write([]byte("because"))
	}))
	t.Cleanup(server.Close)
	return server
}

func TestBusyServersAreAskedAgain(t *testing.T) {
	var requests atomic.Int64
	server := answering(t, &requests, 503, 429, 200)
	_, err := newPoster("spans", server.URL, time.Minute, nil).post(t.Context(), nil)
	require.NoError(t, err)
	require.EqualValues(t, 3, requests.Load())
}

func TestRefusalsAreFinal(t *testing.T) {
	var requests atomic.Int64
	server := answering(t, &requests, 400)
	_, err := newPoster("spans", server.URL, time.Minute, nil).post(t.Context(), nil)
	require.EqualError(t, err, "spans were refused by "+server.URL+": 400 Bad Request: because")
	require.EqualValues(t, 1, requests.Load())
}

func TestRetriesHaveABound(t *testing.T) {
	var requests atomic.Int64
	server := answering(t, &requests, 500)
	_, err := newPoster("spans", server.URL, 600*time.Millisecond, nil).post(t.Context(), nil)
	require.ErrorContains(t, err, "spans could not be sent to "+server.URL+" within 600ms: 500 Internal Server Error: because")
	require.LessOrEqual(t, requests.Load(), int64(2))
}

func TestAnAbsentServerIsAwaited(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	_, err = newPoster("spans", "http://"+address, 300*time.Millisecond, nil).post(t.Context(), nil)
	require.ErrorContains(t, err, "connection refused")

	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = newPoster("spans", "http://"+address, time.Minute, nil).post(ctx, nil)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestRetryAfterIsHonoured(t *testing.T) {
	require.Equal(t, 7*time.Second, retryAfter("7"))
	require.Zero(t, retryAfter("Wed, 21 Oct 2026 07:28:00 GMT"))
	require.Zero(t, retryAfter(""))
}

func TestPartialSuccessIsAnError(t *testing.T) {
	body, err := proto.Marshal(&collectortrace.ExportTraceServiceResponse{
		PartialSuccess: &collectortrace.ExportTracePartialSuccess{RejectedSpans: 3, ErrorMessage: "too old"},
	})
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
	defer server.Close()
	spans := shippedHour(t, 1).Spans[:1]
	require.ErrorContains(t, NewOTLP(server.URL, "", 0).Spans(t.Context(), spans), "refused 3 spans: too old")
}

func TestSpansAreGroupedByHost(t *testing.T) {
	spans := shippedHour(t, 1).Spans[:200]
	request := TracesRequest(spans)
	seen := 0
	for _, resource := range request.ResourceSpans {
		host := attribute(resource.Resource.Attributes, "host.name")
		require.Equal(t, "windmill-worker", attribute(resource.Resource.Attributes, "service.name"))
		for _, span := range resource.ScopeSpans[0].Spans {
			seen++
			if name := attribute(span.Attributes, "hostname"); name != "" {
				require.Equal(t, host, name)
			}
		}
	}
	require.Equal(t, 200, seen)
	require.Less(t, len(request.ResourceSpans), 10)
}

func TestLogsAreGroupedByHostAndTarget(t *testing.T) {
	logs := shippedHour(t, 1).Logs[:200]
	seen := 0
	for _, resource := range logsRequest(logs).ResourceLogs {
		targets := map[string]bool{}
		for _, scope := range resource.ScopeLogs {
			require.False(t, targets[scope.Scope.Name], "each target once")
			targets[scope.Scope.Name] = true
			seen += len(scope.LogRecords)
		}
	}
	require.Equal(t, 200, seen)
	require.True(t, strings.HasPrefix(logs[0].Host, "windmill-workers-"))
}
