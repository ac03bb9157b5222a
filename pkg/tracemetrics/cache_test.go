package tracemetrics

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/stretchr/testify/require"
)

// The panels of a dashboard ask for the same baselines, which are dear. Those of one user are not for another.
func TestBaselinesAreKept(t *testing.T) {
	for perUser, want := range map[bool]int32{false: 1, true: 2} {
		var asked atomic.Int32
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			_, _ = w.Write([]byte(`{"series":[]}`))
		}))
		t.Cleanup(s.Close)
		up, err := upstream.New(upstream.Options{Name: "Tempo", URL: s.URL, HTTP: httpclient.Options{ForwardHTTPHeaders: perUser}})
		require.NoError(t, err)
		c := New(tempo.New(up))
		ctx, meter := upstream.WithMeter(t.Context(), 0, time.Now)
		r := spanmetrics.BaselineRequest{Keys: []spanmetrics.Key{{Workspace: "w", StepPath: "f/a", Step: "x"}}, Window: time.Hour, At: time.Unix(7200, 0)}
		for range 2 {
			found, err := c.Baselines(ctx, r)
			require.NoError(t, err)
			require.Positive(t, meter.Took(found.Queries[0]), "Grafana's inspector shows how long it took")
		}
		require.Equal(t, want, asked.Load())
	}
}
