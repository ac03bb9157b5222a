package plugin

import (
	"encoding/base64"
	"encoding/json"
	"flag"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Faults that cannot be had from a healthy server: cases made of recorded ones, with other answers. They need no
// server:
//
//	go test ./pkg/plugin -run TestRecordSpoiled -record.spoiled [-record.only flow-runs/]
var recordSpoiledOnly = flag.Bool("record.spoiled", false, "make the cases of faults anew from the recorded ones")

func TestRecordSpoiled(t *testing.T) {
	if !*recordSpoiledOnly {
		t.Skip("only with -record.spoiled: see above")
	}
	recordSpoiled(t)
}

// spoiled is a case made of another one of the same query type.
type spoiled struct {
	from, to, about string
	hit             func(exchange) bool
	change          func(*exchange)
}

func recordSpoiled(t *testing.T) {
	for _, kind := range []string{"step-stats", "step-latency", "step-contribution", "step-heatmap", "step-regressions"} {
		for _, s := range spoiledPrometheus() {
			spoil(t, kind, s)
		}
	}
	ofTempo := func(e exchange) bool { return e.Upstream == "tempo" }
	for _, kind := range []string{"flow-runs", "flow-steps"} {
		for _, s := range spoiledTempo("normal", "", ofTempo) {
			spoil(t, kind, s)
		}
	}
	ofPulls := func(e exchange) bool {
		return strings.Contains(e.Query, `q={ (name =~ "job .+" || span.success = "false")`)
	}
	for _, s := range spoiledTempo("queue", "queue-", ofPulls) {
		spoil(t, "step-latency", s)
	}
	fail := answers(http.StatusInternalServerError, "error querying ingesters in Querier: too many unhealthy instances in the ring")
	spoil(t, "step-latency", spoiled{"queue", "queue-partial", "A part of the time cannot be searched.", first(ofPulls), fail})
	for kind, s := range spoiledInPart() {
		spoil(t, kind, s)
	}
	cutOff := spoiled{"job", "cut-off", "The answer of Loki is cut off.", func(e exchange) bool { return e.Path == "/loki/api/v1/query_range" }, cut}
	spoil(t, "step-logs", cutOff)
	search := func(text string) func(exchange) bool {
		return func(e exchange) bool { return e.Path == "/api/search" && strings.Contains(e.Query, text) }
	}
	spoil(t, "run-trace", spoiled{"normal", "cut-off", "The answer of the search is cut off; the trace by id is there.", search("q={ span.job_id = "), cut})
	spoil(t, "run-compare", spoiled{"normal", "cut-off", "The answers for sub-flows and loops are cut off.", search("q={ span.root_job "), cut})
}

// spoiledPrometheus are the faults of PromQL's answers.
func spoiledPrometheus() []spoiled {
	var list []spoiled
	promQL := func(e exchange) bool {
		return e.Upstream == "prometheus" && (e.Path == "/api/v1/query" || e.Path == "/api/v1/query_range")
	}
	for name, change := range map[string]func(*exchange){
		"refused":      answers(http.StatusUnprocessableEntity, `{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory in query execution"}`),
		"server-error": answers(http.StatusInternalServerError, `{"status":"error","errorType":"internal","error":"expanding series: corrupt chunk"}`),
		"timeout":      answers(http.StatusServiceUnavailable, `{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}`),
		"cut-off":      cut,
		"partial": func(e *exchange) {
			e.Body = strings.TrimSuffix(strings.TrimSpace(e.Body), "}") + `,"warnings":["fetch series for {cluster=\"b\"}: partial response"]}`
		},
	} {
		list = append(list, spoiled{"normal", "prometheus-" + name, "Like normal, but Prometheus gives: " + name + ".", promQL, change})
	}
	return list
}

// spoiledTempo are the faults of some of Tempo's answers. Only those of searches are cut off.
func spoiledTempo(from, prefix string, all func(exchange) bool) []spoiled {
	search := func(e exchange) bool { return e.Path == "/api/search" && all(e) }
	return []spoiled{
		{from, prefix + "bad-request", "Tempo does not take the question.", all, answers(http.StatusBadRequest, "invalid TraceQL query: parse error at line 1, col 3")},
		{from, prefix + "server-error", "Tempo fails.", all, answers(http.StatusInternalServerError, "error querying ingesters in Querier: too many unhealthy instances in the ring")},
		{from, prefix + "too-many-requests", "Tempo is asked too often.", all, answers(http.StatusTooManyRequests, "job queue full")},
		{from, prefix + "timeout", "Tempo takes too long.", all, answers(http.StatusGatewayTimeout, "context deadline exceeded")},
		{from, prefix + "cut-off", "The answers of searches are cut off.", search, cut},
	}
}

// spoiledInPart are answers of which one of several is missing.
func spoiledInPart() map[string]spoiled {
	fail := answers(http.StatusInternalServerError, "error querying ingesters in Querier: too many unhealthy instances in the ring")
	steps := func(e exchange) bool {
		return e.Path == "/api/search" && (strings.Contains(e.Query, "q={ (span.root_job") || strings.Contains(e.Query, "q={ (span.parent_job"))
	}
	const about = "The search for the steps of the runs fails."
	search := func(e exchange) bool { return e.Path == "/api/search" }
	return map[string]spoiled{
		"flow-runs":   {"normal", "partial", about, steps, fail},
		"run-grid":    {"normal", "partial", about, steps, fail},
		"step-map":    {"normal", "partial", about, steps, fail},
		"deployments": {"normal", "partial", "A part of the time cannot be searched.", first(search), fail},
	}
}

// first hits only the first of what another one would.
func first(hit func(exchange) bool) func(exchange) bool {
	done := false
	return func(e exchange) bool {
		if done || !hit(e) {
			return false
		}
		done = true
		return true
	}
}

// answers gives another answer.
func answers(status int, body string) func(*exchange) {
	return func(e *exchange) {
		e.Status, e.Body, e.Base64 = status, body, ""
		if !strings.HasPrefix(body, "{") {
			e.ContentType = "text/plain; charset=utf-8"
		}
	}
}

// cut gives half of the answer.
func cut(e *exchange) {
	if e.Base64 == "" {
		e.Body = e.Body[:len(e.Body)/2]
		return
	}
	raw, _ := base64.StdEncoding.DecodeString(e.Base64)
	e.Base64 = base64.StdEncoding.EncodeToString(raw[:len(raw)/2])
}

// spoil makes one case.
func spoil(t *testing.T, kind string, s spoiled) {
	if !strings.HasPrefix(kind+"/"+s.to, *recordOnly) {
		return
	}
	from, to := filepath.Join("testdata", kind, s.from), filepath.Join("testdata", kind, s.to)
	raw, err := os.ReadFile(filepath.Join(from, "query.json"))
	require.NoError(t, err)
	var c goldenCase
	require.NoError(t, json.Unmarshal(raw, &c))
	c.About = s.about
	raw, err = json.MarshalIndent(c, "", "  ")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(to, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(to, "query.json"), append(raw, '\n'), 0o644))
	u := loadUpstreams(t, from)
	hits := 0
	for _, key := range slices.Sorted(maps.Keys(u.exchanges)) {
		if e := u.exchanges[key]; s.hit(e) {
			s.change(&e)
			u.exchanges[key] = e
			hits++
		}
	}
	require.Positive(t, hits, "nothing was spoiled in %s", to)
	u.save(to)
	checkGolden(t, to, c.answer(t, u), true)
}
