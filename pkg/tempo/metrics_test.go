package tempo

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream/upstreamtest"
	"github.com/stretchr/testify/require"
)

func TestDecodeMetrics(t *testing.T) {
	got, err := decodeMetrics([]byte(`{"series":[{"labels":[{"key":"span.flow_step_id","value":{"stringValue":"load"}},
		{"key":"span.workspace_id","value":{"stringValue":"nil"}},{"key":"p","value":{"doubleValue":0.5}},{"key":"n","value":{"intValue":"7"}}],
		"samples":[{"timestampMs":"1795353600000"},{"timestampMs":"1795354200000","value":0.426}],"exemplars":[{}]}],"metrics":{"inspectedBytes":"12"}}`))
	require.NoError(t, err)
	require.Equal(t, []MetricsSeries{{
		Labels:  map[string]string{"span.flow_step_id": "load", "p": "0.5", "n": "7"},
		Samples: []MetricsSample{{time.UnixMilli(1795353600000).UTC(), 0}, {time.UnixMilli(1795354200000).UTC(), 0.426}},
	}}, got.Series, "a sample of zero has no value, a missing attribute is no label")
	require.EqualValues(t, 12, got.Stats.InspectedBytes)
	for _, body := range []string{"", "null", "[]", `{"series":`, `{"series":[{"samples":[{"timestampMs":"x"}]}]}`} {
		_, err := decodeMetrics([]byte(body))
		require.Error(t, err, body)
	}
}

// TestLongestRange: Tempo's own words (2.8) when a range is longer than it allows.
func TestLongestRange(t *testing.T) {
	var starts []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		starts = append(starts, r.FormValue("start"))
		if len(starts) == 1 {
			http.Error(w, "metrics query time range exceeds the maximum allowed duration of 3h0m0s", http.StatusBadRequest)
			return
		}
		_, _ = fmt.Fprint(w, `{"series":[]}`)
	}))
	defer s.Close()
	end := time.Unix(1795500000, 0).UTC()
	c := New(upstreamtest.Client(t, "Tempo", s))
	got, err := c.QueryRange(context.Background(), MetricsRequest{Query: "{} | rate()", Start: end.Add(-24 * time.Hour), End: end, Step: time.Minute})
	require.NoError(t, err)
	require.Len(t, starts, 2)
	require.True(t, got.Start.After(end.Add(-3*time.Hour)) && got.Start.Before(end.Add(-3*time.Hour+3*time.Minute)), got.Start)

	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "parse error at line 1", http.StatusBadRequest)
	}))
	defer refuses.Close()
	_, err = New(upstreamtest.Client(t, "Tempo", refuses)).QueryRange(context.Background(), MetricsRequest{Start: end, End: end, Step: time.Minute})
	require.ErrorContains(t, err, "parse error")
}
