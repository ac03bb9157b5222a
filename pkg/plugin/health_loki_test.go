package plugin

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/loki"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/upstream/upstreamtest"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The answers of a real Loki are held against the health check in stack/integration.
func TestHealthOfLoki(t *testing.T) {
	const noLines = `{"status":"success","data":{"resultType":"streams","result":[]}}`
	answer := func(labels, lines string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/loki/api/v1/labels":
				_, _ = w.Write([]byte(labels))
			case "/loki/api/v1/query_range":
				_, _ = w.Write([]byte(lines))
			default:
				_, _ = w.Write([]byte(`{"version":"3.7.8"}`))
			}
		}
	}
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		message string
		advice  int
		ok      bool
	}{
		"lines": {answer(`{"status":"success","data":["job"]}`, `{"status":"success","data":{"resultType":"streams","result":[{"stream":{"job_id":"x"},"values":[["1","a"]]}]}}`),
			"Loki works and holds log lines of Windmill's jobs.", 0, true},
		"lines of others": {answer(`{"status":"success","data":["job"]}`, noLines), "Loki works, but no line of the last hour carries job_id.", 1, true},
		"nothing":         {answer(`{"status":"success"}`, noLines), "Loki works, but holds no logs from the last hour.", 1, true},
		"refused": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no org id", http.StatusUnauthorized) },
			"Loki refused the credentials (status 401): check them in the data source's settings. It says: no org id.", 0, false},
		"too slow": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGatewayTimeout) },
			"Loki did not find the line of a job in time: give a stream selector that leaves other programs' logs out.", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(tt.handler)
			defer s.Close()
			got := checkHealth(context.Background(), checked{logs: loki.New(upstreamtest.Client(t, "Loki", s), "")}, time.Now())
			d := details(t, got)
			require.Len(t, d.Upstreams, 3)
			assert.Equal(t, tt.message, d.Upstreams[2].Message)
			assert.Equal(t, tt.ok, d.Upstreams[2].OK)
			assert.Len(t, d.Advice, tt.advice)
			for _, a := range d.Advice {
				assertYAML(t, a.Lines)
			}
			assert.Equal(t, tt.ok, got.Status == backend.HealthStatusOk)
			if tt.ok {
				assert.Contains(t, got.Message, "Loki works. Tempo is not configured. Prometheus is not configured.")
				assert.Equal(t, "3.7.8", *d.Upstreams[2].Version)
			}
		})
	}
}

// TestStepLogsAreCancelled: the calls to Loki end with the request.
func TestStepLogsAreCancelled(t *testing.T) {
	arrived, left := make(chan struct{}), make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
		left <- struct{}{}
	}))
	defer s.Close()
	up, err := upstream.New(upstream.Options{Name: "Loki", URL: s.URL})
	require.NoError(t, err)
	d := &Datasource{logs: loki.New(up, ""), now: time.Now}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-arrived
		cancel()
	}()
	_, err = d.stepLogs(ctx, request{})
	require.Equal(t, backend.Status(upstream.StatusCancelled), failure(err).Status)
	<-left
}
