package plugin

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

// To record the answers of real servers anew (about two minutes): go tool mage record step-stats/ records the cases
// whose folder begins so, "" all of them. It starts three pairs of a fresh Tempo and a Prometheus that its span
// metrics reach: one with the dimensions of stack/config, one without dimensions (stock), one with the dimension
// script_path in place of step_path and without job_kind (raw), and runs this test with
// "OTLP/HTTP,Tempo,Prometheus,Loki" for each, of which only the first has a Loki.
var (
	recordFull  = flag.String("record.full", "", "OTLP/HTTP, Tempo and Prometheus with all dimensions")
	recordStock = flag.String("record.stock", "", "the same without dimensions")
	recordRaw   = flag.String("record.raw", "", "the same with the dimension script_path")
	recordOnly  = flag.String("record.only", "", "record only the cases whose folder begins with this, such as step-stats/")
)

type recorder struct {
	t      *testing.T
	otlp   string
	live   map[string]string
	random uint64
}

func newRecorder(t *testing.T, target string) *recorder {
	urls := strings.Split(target, ",")
	require.Len(t, urls, 4, "OTLP, Tempo, Prometheus and Loki are needed")
	return &recorder{t: t, otlp: urls[0], live: map[string]string{"tempo": urls[1], "prometheus": urls[2], "loki": urls[3]}}
}

func TestRecord(t *testing.T) {
	if *recordFull == "" {
		t.Skip("only with -record.full: see above")
	}
	rec, stock, raw := newRecorder(t, *recordFull), newRecorder(t, *recordStock), newRecorder(t, *recordRaw)
	// Baselines need counters that have grown over time.
	for round := range 6 {
		rec.history()
		rec.slowing(round)
		stock.history()
		raw.history()
		time.Sleep(10 * time.Second)
	}
	jobs := rec.subjects()
	rec.moreRuns(jobs)
	shapes := rec.shapeSubjects()
	logged, atWork, recorded := rec.logSubjects(), rec.runsAtWork(), rec.recordedRuns()
	stockJobs, rawJobs := stock.subjects(), raw.subjects()
	time.Sleep(12 * time.Second) // span metrics are collected every five seconds
	rec.recordMetrics(stock, raw)
	for _, c := range cases(time.Now().Truncate(time.Second).UTC(), jobs) {
		rec.record(c)
	}
	for _, c := range runCases(time.Now().Truncate(time.Second).UTC(), jobs) {
		rec.record(c)
	}
	for _, c := range shapeCases(time.Now().Truncate(time.Second).UTC(), shapes) {
		rec.record(c)
	}
	for _, c := range stepLogsCases(time.Now().Truncate(time.Second).UTC(), logged) {
		rec.record(c)
	}
	for _, c := range atWorkCases(time.Now().Truncate(time.Second).UTC(), atWork) {
		rec.record(c)
	}
	for _, c := range recordedCases(time.Now().Truncate(time.Second).UTC(), recorded) {
		rec.record(c)
	}
	for _, c := range stockCases(time.Now().Truncate(time.Second).UTC(), stockJobs) {
		stock.record(c)
	}
	for _, c := range rawCases(time.Now().Truncate(time.Second).UTC(), rawJobs) {
		raw.record(c)
	}
	recordSpoiled(t)
}

// history sends runs that the baselines come from.
func (r *recorder) history() {
	r.random++
	b := windmilltest.New(time.Now().Add(-20*time.Second), 100+r.random)
	b.Plain(0)
	b.Nightly(0, 1)
	b.Script("f/kpi/daily", 0).Run(20*time.Millisecond, 420*time.Millisecond)
	b.Script("f/kpi/daily", time.Second).Run(1020*time.Millisecond, 1440*time.Millisecond)
	r.send(b.Spans)
}

// subjects sends the runs that the cases look at. They have just ended.
func (r *recorder) subjects() map[string]*windmilltest.Job {
	b := windmilltest.New(time.Now().Add(-15*time.Second), 7)
	jobs := map[string]*windmilltest.Job{"plain": b.Plain(0), "nightly": b.Nightly(time.Second, 3), "rescued": b.Rescued(2 * time.Second), "failed": b.Failed(3 * time.Second)}
	jobs["script"] = b.Script("f/kpi/daily", 4*time.Second).Run(4020*time.Millisecond, 6*time.Second)
	approved := windmilltest.New(time.Now().Add(-11*time.Minute), 8)
	jobs["approved"] = approved.Approved(0)
	partial := windmilltest.New(time.Now().Add(-14*time.Second), 9)
	jobs["partial"] = partial.Nightly(0, 2)
	spans := slices.DeleteFunc(partial.Spans, func(s windmill.Span) bool {
		return s.Name == "full_job" || s.Name == "job" || s.Name == "job c" || s.Name == "job e"
	})
	r.send(slices.Concat(b.Spans, approved.Spans, spans))
	return jobs
}

func (r *recorder) send(spans []windmill.Span) {
	body, err := windmilltest.OTLP(spans, true)
	require.NoError(r.t, err)
	res, err := http.Post(r.otlp+"/v1/traces", "application/json", bytes.NewReader(body))
	require.NoError(r.t, err)
	require.Equal(r.t, http.StatusOK, res.StatusCode)
	require.NoError(r.t, res.Body.Close())
}

type namedCase struct {
	dir string
	goldenCase
}

func (r *recorder) record(c namedCase) {
	if !strings.HasPrefix(c.dir, *recordOnly) {
		return
	}
	dir := filepath.Join("testdata", c.dir)
	require.NoError(r.t, os.MkdirAll(dir, 0o755))
	raw, err := json.MarshalIndent(c.goldenCase, "", "  ")
	require.NoError(r.t, err)
	require.NoError(r.t, os.WriteFile(filepath.Join(dir, "query.json"), append(raw, '\n'), 0o644))
	u := &upstreams{t: r.t, live: r.live, exchanges: map[string]exchange{}}
	res := c.answer(r.t, u)
	if len(u.exchanges) > 0 {
		u.save(dir)
	}
	checkGolden(r.t, dir, res, true)
}

func cases(now time.Time, jobs map[string]*windmilltest.Job) []namedCase {
	recent := func(dir, about, query string, args ...any) namedCase {
		return namedCase{dir, goldenCase{About: about, Now: now, From: now.Add(-15 * time.Minute), To: now, Query: json.RawMessage(fmt.Sprintf(query, args...))}}
	}
	with := func(c namedCase, change func(*goldenCase)) namedCase {
		change(&c.goldenCase)
		return c
	}
	steps := func(name, about, job string) namedCase {
		return recent("flow-steps/"+name, about, `{"queryType":"flow-steps","runId":%q}`, jobs[job].ID)
	}
	tempoDown := func(c *goldenCase) { c.Tempo = "down" }
	prometheusDown := func(c *goldenCase) { c.Prometheus = "down" }
	empty := func(c *goldenCase) { c.From, c.To = now.Add(-40*time.Hour), now.Add(-39*time.Hour) }
	alert := func(c *goldenCase) { c.Headers = map[string]string{"FromAlert": "true"} }
	return []namedCase{
		steps("normal", "A run of two inline steps.", "plain"),
		steps("parallel-loop-and-subflow", "Iterations of a parallel loop and a sub-flow live in other traces.", "nightly"),
		steps("failure-module", "A step fails and the failure module runs well.", "rescued"),
		steps("retry", "A step fails twice.", "failed"),
		steps("approval", "Ten minutes between two steps are the wait for an approval.", "approved"),
		steps("partial-trace", "Spans are missing: full_job, the flow's own job, steps and the sub-flow.", "partial"),
		with(steps("range-elsewhere", "A run is found by its id whatever the dashboard's range.", "plain"), empty),
		with(steps("tempo-down", "Without Tempo there are no steps.", "plain"), tempoDown),
		with(steps("prometheus-down", "Without Prometheus there are steps without baselines.", "plain"), prometheusDown),
		with(steps("prometheus-not-configured", "Prometheus has no URL.", "plain"), func(c *goldenCase) { c.Prometheus = "none" }),
		with(steps("tempo-not-configured", "Tempo has no URL.", "plain"), func(c *goldenCase) { c.Tempo = "none" }),
		with(steps("from-alert", "An alert rule cannot use a table.", "plain"), alert),
		recent("flow-steps/narrowed", "Filters narrow the rows; what is above stays.", `{"queryType":"flow-steps","runId":%q,"filters":{"step":"c"}}`, jobs["nightly"].ID),
		recent("flow-steps/not-found", "No run has this id.", `{"queryType":"flow-steps","runId":"01a20000-0000-7000-8000-000000000000"}`),
		recent("flow-steps/bad-run-id", "The run id is no UUID.", `{"queryType":"flow-steps","runId":"nightly"}`),
		recent("flow-steps/bad-duration", "The duration has no unit.", `{"queryType":"flow-steps","minDuration":"5"}`),
		with(recent("flow-steps/bad-json", "The query is no JSON.", `{}`), func(c *goldenCase) { c.Query, c.RawQuery = nil, `{"queryType":` }),
		recent("flow-steps/latest", "The latest finished run of a flow.", `{"queryType":"flow-steps","filters":{"flow":["f/ops/report"]}}`),
		with(recent("flow-steps/empty-window", "No run in the range.", `{"queryType":"flow-steps"}`), empty),
		steps("script", "A standalone script is compared with its other runs.", "script"),
		recent("flow-steps/script-traceql-metrics", "The same from TraceQL metrics.", `{"queryType":"flow-steps","runId":%q,"source":"traceql-metrics"}`, jobs["script"].ID),
		recent("flow-runs/scripts", "The runs of a standalone script.", `{"queryType":"flow-runs","limit":2,"filters":{"flow":["f/kpi/daily"]}}`),
		recent("flow-runs/normal", "The newest runs.", `{"queryType":"flow-runs","limit":6}`),
		recent("flow-runs/by-step", "Runs that have a step of that name, also in other traces.", `{"queryType":"flow-runs","limit":2,"filters":{"step":["x"]}}`),
		recent("flow-runs/by-outcome", "Runs that failed.", `{"queryType":"flow-runs","limit":2,"filters":{"outcome":["error"],"flow":["f/ops/report"]}}`),
		with(recent("flow-runs/empty-window", "No run in the range.", `{"queryType":"flow-runs"}`), empty),
		with(recent("flow-runs/tempo-down", "Without Tempo there are no runs.", `{"queryType":"flow-runs"}`), tempoDown),
		with(recent("flow-runs/prometheus-down", "Runs without baselines.", `{"queryType":"flow-runs","limit":2,"filters":{"flow":["f/demo/plain"]}}`), prometheusDown),
		recent("step-stats/normal", "All steps.", `{"queryType":"step-stats"}`),
		recent("step-stats/by-flow", "The steps of one flow, a script by path included.", `{"queryType":"step-stats","filters":{"flow":["f/etl/nightly"]}}`),
		with(recent("step-stats/tempo-down", "Without Tempo flows of scripts by path are unknown.", `{"queryType":"step-stats","filters":{"flow":["f/etl/nightly"]}}`), tempoDown),
		with(recent("step-stats/prometheus-down", "Without Prometheus there are no statistics.", `{"queryType":"step-stats","filters":{"flow":["f/ops/report"]}}`), prometheusDown),
		with(recent("step-stats/empty-window", "Nothing ran.", `{"queryType":"step-stats"}`), empty),
		recent("step-latency/normal", "p50 and p95 of one step.", `{"queryType":"step-latency","filters":{"flow":["f/demo/plain"],"step":["b"]}}`),
		with(recent("step-latency/from-alert", "An alert rule gets the same frames.", `{"queryType":"step-latency","quantiles":[0.95],"filters":{"flow":["f/demo/plain"],"step":["b"]}}`), alert),
		with(recent("step-latency/empty-window", "Nothing ran.", `{"queryType":"step-latency"}`), empty),
	}
}

func rawCases(now time.Time, jobs map[string]*windmilltest.Job) []namedCase {
	c := func(dir, about, query string, args ...any) namedCase {
		return namedCase{dir, goldenCase{About: about, Now: now, From: now.Add(-15 * time.Minute), To: now, Query: json.RawMessage(fmt.Sprintf(query, args...))}}
	}
	return []namedCase{
		c("flow-steps/raw-script-path", "The dimension script_path holds numbers of iterations, which are folded.", `{"queryType":"flow-steps","runId":%q}`, jobs["nightly"].ID),
		c("step-stats/raw-script-path", "The dimension script_path holds numbers of iterations, which are folded.", `{"queryType":"step-stats","filters":{"flow":["f/etl/nightly"]}}`),
	}
}

func stockCases(now time.Time, jobs map[string]*windmilltest.Job) []namedCase {
	c := func(dir, about, query string, args ...any) namedCase {
		return namedCase{dir, goldenCase{About: about, Now: now, From: now.Add(-15 * time.Minute), To: now, Query: json.RawMessage(fmt.Sprintf(query, args...))}}
	}
	return []namedCase{
		c("flow-steps/stock-span-metrics", "Span metrics know only the name of a span.", `{"queryType":"flow-steps","runId":%q}`, jobs["plain"].ID),
		c("step-stats/stock-span-metrics", "Span metrics know only the name of a span.", `{"queryType":"step-stats","filters":{"flow":["f/demo/plain"],"step":["a","b"]}}`),
	}
}
