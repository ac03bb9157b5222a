package plugin

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/require"
)

// stopsWithin is generous: it must only tell a query that stops from one that waits for its upstreams.
const stopsWithin = 20 * time.Second

// A query of each type that is given up while its upstreams hang ends, and asks them no more.
func TestCanceledQueriesStop(t *testing.T) {
	for kind := range handlers() {
		t.Run(string(kind), func(t *testing.T) {
			var arrived, left atomic.Int32
			reached := make(chan struct{}, 100)
			hangs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				arrived.Add(1)
				defer left.Add(1)
				_, _ = w.Write([]byte(`{`)) // the answer has begun
				w.(http.Flusher).Flush()
				reached <- struct{}{}
				<-r.Context().Done()
			}))
			defer hangs.Close()
			settings := backend.DataSourceInstanceSettings{JSONData: fmt.Appendf(nil, `{"tempo":{"url":%q},"prometheus":{"url":%q},"loki":{"url":%q}}`, hangs.URL, hangs.URL, hangs.URL)}
			d, err := newDatasource(t.Context(), settings, time.Now)
			require.NoError(t, err)
			defer d.Dispose()
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() {
				defer close(done)
				_, _ = d.QueryData(ctx, &backend.QueryDataRequest{Queries: []backend.DataQuery{{
					RefID: "A", JSON: fmt.Appendf(nil, `{"queryType":%q,"runId":"0199a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b","compareRunId":"0199a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5c"}`, kind),
					TimeRange: backend.TimeRange{From: time.Now().Add(-time.Hour), To: time.Now()}, Interval: 15 * time.Second, MaxDataPoints: 100,
				}}})
			}()
			within(t, reached, "the upstream is asked")
			cancel()
			within(t, done, "the query ends")
			require.Eventually(t, func() bool { return arrived.Load() == left.Load() }, stopsWithin, 5*time.Millisecond, "the upstream is still asked")
		})
	}
}

func within(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(stopsWithin):
		require.Fail(t, "not in time: "+what)
	}
}
