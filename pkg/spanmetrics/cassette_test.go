package spanmetrics

import (
	"encoding/json"
	"flag"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream/upstreamtest"
	"github.com/stretchr/testify/require"
)

// Record anew with: go test ./pkg/spanmetrics -record-both=URL -record-raw=URL -record-stock=URL
// The servers must have got Windmill's spans for some minutes, see the names of the configurations below.
var recordFrom = map[string]*string{
	"both":  flag.String("record-both", "", "Prometheus of a Tempo with the dimensions of stack/config and both kinds of histograms"),
	"raw":   flag.String("record-raw", "", "Prometheus of a Tempo with script_path as a dimension and classic histograms"),
	"stock": flag.String("record-stock", "", "Prometheus of a Tempo without dimensions and with native histograms"),
}

// onRealAnswers runs a test on the answers of a real server.
func onRealAnswers(t *testing.T, name string) (*Client, *httptest.Server, time.Time) {
	t.Helper()
	file := "testdata/" + t.Name() + ".json"
	var server *httptest.Server
	tape := &upstreamtest.Cassette{Server: "Prometheus 3.3.1 and Tempo 2.8, configuration " + name}
	if target := *recordFrom[name]; target != "" {
		tape.At = time.Now().UTC().Truncate(time.Second)
		server = tape.Record(t, target)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		t.Cleanup(func() { require.NoError(t, os.WriteFile(file, tape.JSON(t), 0o644)) })
	} else {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		tape = upstreamtest.Load(t, raw)
		server = tape.Replay(t)
	}
	return New(upstreamtest.Client(t, "Prometheus", server), 0), server, tape.At
}

// direct asks a PromQL that was written by hand, and wants one number.
func direct(t *testing.T, server *httptest.Server, promql string, at time.Time) float64 {
	t.Helper()
	q := url.Values{"query": {promql}, "time": {at.Format(time.RFC3339)}}
	resp, err := server.Client().Get(server.URL + "/api/v1/query?" + q.Encode())
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		Data struct {
			Result []struct {
				Value [2]any `json:"value"`
			} `json:"result"`
		} `json:"data"`
	}
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&answer))
	require.Len(t, answer.Data.Result, 1, promql)
	var f float64
	require.NoError(t, json.Unmarshal([]byte(answer.Data.Result[0].Value[1].(string)), &f))
	return f
}
