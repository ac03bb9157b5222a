package loki

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream/upstreamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVolumeSumsTheFormsByLevel(t *testing.T) {
	start := time.Unix(1_700_000_010, 0).UTC()
	var (
		mu    sync.Mutex
		asked []map[string]string
	)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.NoError(t, r.ParseForm())
		query := r.Form.Get("query")
		mu.Lock()
		asked = append(asked, map[string]string{"query": query, "start": r.Form.Get("start"), "end": r.Form.Get("end"), "step": r.Form.Get("step")})
		mu.Unlock()
		body := `{"status":"success","data":{"resultType":"matrix","result":[
			{"metric":{"severity_text":"ERROR"},"values":[[1700000040,"2"],[1700000070,"3"]]},
			{"metric":{},"values":[[1700000040,"1"]]}]}}`
		if strings.Contains(query, "| json") {
			body = `{"status":"success","data":{"resultType":"matrix","result":[
				{"metric":{"level":"error"},"values":[[1700000070,"10"]]},
				{"metric":{"detected_level":"info"},"values":[[1700000100,"4"]]}]}}`
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	c := New(upstreamtest.Client(t, "Loki", server), `{app="w"}`)

	got, err := c.Volume(context.Background(), VolumeRequest{Filter: Filter{Steps: []string{"a"}}, Start: start, End: start.Add(90 * time.Second), Step: 30 * time.Second})
	require.NoError(t, err)
	assert.Equal(t, []time.Time{start, start.Add(30 * time.Second), start.Add(60 * time.Second)}, got.Times)
	assert.Equal(t, map[string][]float64{"error": {2, 13, 0}, "": {1, 0, 0}, "info": {0, 0, 4}}, got.Counts)
	assert.Len(t, got.Queries, 2)
	require.Len(t, asked, 2)
	for _, q := range asked {
		assert.True(t, strings.HasPrefix(q["query"], `sum by (severity_text, level, detected_level) (count_over_time({app="w"} `), q["query"])
		assert.True(t, strings.HasSuffix(q["query"], " [30s]))"), q["query"])
		assert.Equal(t, "1700000040000000000", q["start"], "Loki counts backwards")
		assert.Equal(t, "1700000100000000000", q["end"])
		assert.Equal(t, "30", q["step"])
	}
}

func TestVolumeHasABoundedNumberOfIntervals(t *testing.T) {
	start := time.Unix(1_700_000_000, 0).UTC()
	for _, length := range []time.Duration{time.Second, time.Minute, 24 * time.Hour, 30 * 24 * time.Hour} {
		var v Volume
		first, step := VolumeRequest{Start: start, End: start.Add(length), Step: time.Millisecond}.intervals(&v)
		assert.LessOrEqual(t, len(v.Times), maxIntervals+1, length)
		assert.NotEmpty(t, v.Times)
		assert.False(t, first.After(start))
		assert.Zero(t, step%time.Second)
		assert.False(t, v.Times[len(v.Times)-1].Add(step).Before(start.Add(length)), "reaches the end")
	}
}

func TestVolumeSaysWhatFailed(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.FormValue("query"), "| json") {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte("too many streams"))
			return
		}
		_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"matrix","result":[]}}`))
	}))
	t.Cleanup(server.Close)
	start := time.Unix(1_700_000_000, 0)
	ask := VolumeRequest{Start: start, End: start.Add(time.Minute), Step: time.Minute}
	got, err := New(upstreamtest.Client(t, "Loki", server), `{app="w"}`).Volume(context.Background(), ask)
	require.NoError(t, err)
	require.Len(t, got.Notices, 1)
	assert.Contains(t, got.Notices[0].Text, "A part of the logs could not be counted")

	down := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(down.Close)
	_, err = New(upstreamtest.Client(t, "Loki", down), `{app="w"}`).Volume(context.Background(), ask)
	require.Error(t, err)
}
