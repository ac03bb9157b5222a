//go:build integration

package integration

import (
	"bytes"
	"context"
	"encoding/json"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/plugin"
)

// packet is what a stream sends to the browser.
type packet struct {
	State  string      `json:"state"`
	Frames data.Frames `json:"frames"`
	Error  *struct {
		Status  int    `json:"status"`
		Message string `json:"message"`
	} `json:"error"`
}

// audience takes packets, but those that only say that the stream lives.
type audience struct {
	mu   sync.Mutex
	list []packet
	each func(packet) // nil: nothing
}

func (a *audience) Send(raw *backend.StreamPacket) error {
	var p packet
	if err := json.Unmarshal(raw.Data, &p); err != nil {
		return err
	}
	if p.State == "Streaming" && len(p.Frames) == 0 {
		return nil
	}
	a.mu.Lock()
	a.list = append(a.list, p)
	a.mu.Unlock()
	if a.each != nil {
		a.each(p)
	}
	return nil
}

// streamingDatasource makes the plugin with streaming on; grpcURL may be empty.
func streamingDatasource(t *testing.T, tempo, grpcURL string) *plugin.Datasource {
	t.Helper()
	streamed := upstreamAt(tempo, "tempo")
	streamed["streaming"] = map[string]any{"enabled": true, "grpcUrl": grpcURL}
	content, err := json.Marshal(map[string]any{
		"tempo": streamed, "prometheus": upstreamAt(shared.Prometheus, "prometheus"), "limits": map[string]any{"seconds": patience},
		"windmillUrl": "https://windmill.example.com",
	})
	require.NoError(t, err)
	instance, err := plugin.NewDatasource(t.Context(), backend.DataSourceInstanceSettings{
		UID: "windmill-flow-steps", Type: "flowsteps-windmill-datasource", JSONData: content,
	})
	require.NoError(t, err)
	d := instance.(*plugin.Datasource)
	t.Cleanup(d.Dispose)
	return d
}

// listen subscribes to a query as the browser does, and returns when the stream has ended.
func listen(ctx context.Context, t *testing.T, d *plugin.Datasource, from, to time.Time, q query, a *audience) {
	t.Helper()
	content, err := json.Marshal(map[string]any{"query": q, "from": from.UnixMilli(), "to": to.UnixMilli(), "maxDataPoints": 500, "intervalMs": 30000})
	require.NoError(t, err)
	path := q["queryType"].(string) + "/0123456789abcdef"
	admitted, err := d.SubscribeStream(ctx, &backend.SubscribeStreamRequest{Path: path, Data: content})
	require.NoError(t, err)
	require.Equal(t, backend.SubscribeStreamStatusOK, admitted.Status)
	require.NoError(t, d.RunStream(ctx, &backend.RunStreamRequest{Path: path, Data: content}, backend.NewStreamSender(a)))
}

func dataOf(t *testing.T, frame *data.Frame) string {
	t.Helper()
	raw, err := data.FrameToJSON(frame, data.IncludeDataOnly)
	require.NoError(t, err)
	return string(raw)
}

// progressOf reads meta.custom.progress of a frame, which came as JSON.
func progressOf(t *testing.T, frame *data.Frame) map[string]any {
	t.Helper()
	p, ok := custom(t, frame, "progress").(map[string]any)
	require.True(t, ok, "no progress in %v", frame.Meta.Custom)
	return p
}

// TestStreamedRunsAreThoseOfHTTP asks over Tempo's HTTP port, its gRPC port, and over a port that is closed.
func TestStreamedRunsAreThoseOfHTTP(t *testing.T) {
	from, to := shared.truth[0].Start.Add(-time.Minute).Truncate(time.Millisecond), time.Now().Truncate(time.Second)
	for _, q := range []query{
		{"queryType": "flow-runs", "limit": 1000},
		{"queryType": "flow-runs", "limit": 7},
		{"queryType": "flow-runs", "limit": 20, "filters": map[string]any{"step": []string{"normalise"}}},
		{"queryType": "flow-runs", "filters": map[string]any{"outcome": []string{"error"}}},
	} {
		want := ask(t, datasource(t, shared.Tempo, shared.Prometheus), from, to, q)
		for _, grpcURL := range []string{"", "http://127.0.0.1:" + itoa(shared.Ports.TempoGRPC)} {
			heard := &audience{}
			listen(t.Context(), t, streamingDatasource(t, shared.Tempo, grpcURL), from, to, q, heard)
			final := heard.list[len(heard.list)-1]
			require.Equal(t, "Done", final.State, final.Error)
			require.Greater(t, len(heard.list), 1, "something was seen on the way")
			require.NotContains(t, notices(final.Frames[0]), "not streamed")
			require.JSONEq(t, dataOf(t, want[0]), dataOf(t, final.Frames[0]))
			done := progressOf(t, final.Frames[0])
			require.Equal(t, done["jobs"], done["totalJobs"])
			require.Positive(t, done["bytes"])

			for _, part := range heard.list[:len(heard.list)-1] {
				require.Equal(t, "Streaming", part.State)
				require.Contains(t, notices(part.Frames[0]), "Still searching")
				require.Positive(t, progressOf(t, part.Frames[0])["totalJobs"])
			}
		}
		t.Logf("%v: %d rows", q, want[0].Rows())
	}

	heard := &audience{}
	q := query{"queryType": "flow-runs", "limit": 7}
	listen(t.Context(), t, streamingDatasource(t, shared.Tempo, closedPort(t)), from, to, q, heard)
	final := heard.list[len(heard.list)-1]
	require.Equal(t, "Done", final.State)
	require.Contains(t, notices(final.Frames[0]), "Searches were not streamed but answered over HTTP: Tempo at")
	require.Equal(t, 7, final.Frames[0].Rows())
}

// TestPartialRunsAreRuns looks at the rows that are there before the answer.
func TestPartialRunsAreRuns(t *testing.T) {
	from, to := shared.truth[0].Start.Add(-time.Minute), time.Now()
	heard := &audience{}
	listen(t.Context(), t, streamingDatasource(t, shared.Tempo, ""), from, to, query{"queryType": "flow-runs", "limit": 1000}, heard)
	part := heard.list[0].Frames[0]
	require.NotZero(t, part.Rows())
	known := map[string]string{}
	for _, r := range rows(heard.list[len(heard.list)-1].Frames[0]) {
		known[r.text("run_id")] = r.text("flow")
	}
	for _, r := range rows(part) {
		require.Equal(t, known[r.text("run_id")], r.text("flow"), r.text("run_id"))
		require.Nil(t, r["steps"], "not read yet")
		require.Nil(t, r["baseline_p50"], "not asked yet")
	}
}

// TestAStreamEndsWithItsSubscriber leaves in the middle of a search and of a follow.
func TestAStreamEndsWithItsSubscriber(t *testing.T) {
	from, to := shared.truth[0].Start.Add(-time.Minute), time.Now()
	d := streamingDatasource(t, shared.Tempo, "")
	for _, q := range []query{{"queryType": "flow-runs", "limit": 1000}, {"queryType": "flow-runs", "follow": true}} {
		ctx, cancel := context.WithCancel(t.Context())
		heard := &audience{each: func(packet) { cancel() }}
		listen(ctx, t, d, from, to, q, heard)
		require.Error(t, ctx.Err())
		require.Len(t, heard.list, 1)
		require.Equal(t, "Streaming", heard.list[0].State)
		require.Eventually(t, func() bool { return ownGoroutines(t) == "" }, 10*time.Second, 50*time.Millisecond, "goroutines stay behind")
		cancel()
	}
}

// ownGoroutines are the stacks in which the plugin is at work.
func ownGoroutines(t *testing.T) string {
	t.Helper()
	var all bytes.Buffer
	require.NoError(t, pprof.Lookup("goroutine").WriteTo(&all, 1))
	own := ""
	for _, stack := range strings.Split(all.String(), "\n\n") {
		if strings.Contains(stack, "windmill-datasource/pkg/") {
			own += stack + "\n\n"
		}
	}
	return own
}

// TestHealthTriesTheStream: the embedded server gives gRPC on its HTTP port.
func TestHealthTriesTheStream(t *testing.T) {
	health, err := streamingDatasource(t, shared.Tempo, "").CheckHealth(t.Context(), &backend.CheckHealthRequest{})
	require.NoError(t, err)
	require.Equal(t, backend.HealthStatusOk, health.Status)
	require.Contains(t, string(health.JSONDetails), "Tempo works and holds spans of Windmill. Its searches are streamed.")
}

// TestHealthNamesTheStandIn: without Prometheus, Tempo's TraceQL metrics are tried.
func TestHealthNamesTheStandIn(t *testing.T) {
	health, err := datasource(t, shared.Tempo, "").CheckHealth(t.Context(), &backend.CheckHealthRequest{})
	require.NoError(t, err)
	require.Contains(t, string(health.JSONDetails), "Baselines and statistics come from TraceQL metrics of Tempo")
}
