package plugin

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/upstream/upstreamtest"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestHealthOfStreaming: where gRPC cannot be had, searches go over HTTP, which is no failure but said.
func TestHealthOfStreaming(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"traces":[{"traceID":"1"}]}`)) // over HTTP 1 alone
	}))
	defer s.Close()
	const works = "Tempo works and holds spans of Windmill."
	for name, tt := range map[string]struct {
		streaming, more string
		message, title  string
		lines           []string
	}{
		"off":     {`false`, ``, works, "", nil},
		"HTTP 1":  {`true`, ``, works + " Its searches are not streamed: Tempo at ADDRESS, or a proxy before it, does not speak gRPC.", "Tempo's searches go over HTTP, although they are to be streamed", []string{"# tempo.yaml", "stream_over_http_enabled: true"}},
		"nowhere": {`{"enabled":true,"grpcUrl":"` + nowhere + `"}`, ``, works + " Its searches are not streamed: Tempo at 127.0.0.1:1 refused the connection: is it running, and is the URL right?", "Tempo's searches go over HTTP, although they are to be streamed", []string{"# tempo.yaml", "stream_over_http_enabled: true"}},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := newDatasource(context.Background(), backend.DataSourceInstanceSettings{
				JSONData: []byte(`{"tempo":{"url":"` + s.URL + `","streaming":` + tt.streaming + `}}`),
			}, time.Now)
			require.NoError(t, err)
			defer d.Dispose()
			got, err := d.CheckHealth(context.Background(), nil)
			require.NoError(t, err)
			assert.Equal(t, backend.HealthStatusOk, got.Status)
			all := details(t, got)
			host := strings.TrimPrefix(s.URL, "http://")
			assert.Contains(t, strings.ReplaceAll(all.Upstreams[0].Message, host, "ADDRESS"), tt.message)
			if tt.title == "" {
				require.Empty(t, all.Advice)
				return
			}
			require.Len(t, all.Advice, 1)
			assert.Equal(t, tt.title, all.Advice[0].Title)
			assert.Equal(t, tt.lines, all.Advice[0].Lines)
			assert.Contains(t, got.Message, tt.title)
		})
	}
}

// TestASOCKSProxyIsNamed in the health and in what a stream answers, because gRPC does not go through it.
func TestASOCKSProxyIsNamed(t *testing.T) {
	const reason = "Tempo cannot be asked over gRPC through a SOCKS proxy."
	d, err := newDatasource(context.Background(), backend.DataSourceInstanceSettings{
		JSONData: []byte(`{"tempo":{"url":"` + nowhere + `","streaming":true},"enableSecureSocksProxy":true}`),
	}, time.Now)
	require.NoError(t, err)
	defer d.Dispose()
	require.Nil(t, d.stream)
	w := &searchWatch{}
	require.Same(t, d, d.watched(w))
	require.EqualError(t, w.reason, reason)
	said, advised := checkStream(context.Background(), checked{unstreamed: d.noRPC}, time.Now())
	assert.Contains(t, said, reason)
	require.Len(t, advised, 1)
	assert.Empty(t, advised[0].Lines, "there is nothing to change in Tempo")
}

// TestHealthSaysWhatStandsIn for span metrics: TraceQL metrics, where Tempo has them.
func TestHealthSaysWhatStandsIn(t *testing.T) {
	status := http.StatusOK
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/metrics/query_range" {
			w.WriteHeader(status)
		}
		_, _ = w.Write([]byte(`{"series":[]}`))
	}))
	defer s.Close()
	client := tempo.New(upstreamtest.Client(t, "Tempo", s))
	works := checkStandIn(context.Background(), client, time.Now())
	assert.True(t, works.works)
	assert.Contains(t, works.text, "come from TraceQL metrics of Tempo")
	assert.Equal(t, "There are no span metrics in Prometheus, so TraceQL metrics are used", adviseGenerator(works).Title)
	status = http.StatusBadRequest
	refused := checkStandIn(context.Background(), client, time.Now())
	assert.False(t, refused.works)
	assert.Contains(t, refused.text, "would stand in for span metrics, but: Tempo rejected the query (status 400)")
	assert.False(t, checkStandIn(context.Background(), nil, time.Now()).works)
}
