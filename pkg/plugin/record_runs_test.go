package plugin

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
)

// moreRuns sends what the query types made of runs look at besides: a longer run of a flow to compare with, one that
// has not ended, a loop with retries, and a script with two versions.
func (r *recorder) moreRuns(jobs map[string]*windmilltest.Job) {
	b := windmilltest.New(time.Now().Add(-16*time.Second), 10)
	jobs["longer"] = b.Nightly(0, 4)
	running := b.Flow("f/demo/waits", time.Second).Pull(1100*time.Millisecond, 1150*time.Millisecond)
	running.Inline("a", 1110*time.Millisecond).Run(1200*time.Millisecond, 2*time.Second)
	jobs["running"] = running
	jobs["shapes"] = shapes(b, 2*time.Second)
	old := windmilltest.New(time.Now().Add(-10*time.Minute), 11)
	old.Script("f/lib/clean", 0).Run(50*time.Millisecond, time.Second)
	for i := range old.Spans {
		old.Spans[i].ScriptHash = "00000000000000aa"
	}
	at := len(b.Spans)
	b.Script("f/lib/clean", 3*time.Second).Run(3050*time.Millisecond, 4*time.Second)
	for i := range b.Spans[at:] {
		b.Spans[at+i].ScriptHash = "00000000000000bb"
	}
	r.send(slices.Concat(b.Spans, old.Spans))
}

// shapes adds a run of f/demo/shapes: a step that is tried again, a loop one after another, two branches side by side.
func shapes(b *windmilltest.Builder, at time.Duration) *windmilltest.Job {
	const ms = time.Millisecond
	r := b.Flow("f/demo/shapes", at).Pull(at+20*ms, at+40*ms)
	r.Inline("a", at+30*ms).Fail(at+60*ms, at+260*ms, "HTTPError", "503 from upstream")
	r.Inline("a", at+270*ms).Run(at+300*ms, at+600*ms)
	next := at + 620*ms
	for i := range 3 {
		it := r.Node("l", "loop", i, next).Pull(next+10*ms, next+30*ms)
		it.Inline("c", next+20*ms).Run(next+50*ms, next+150*ms)
		it.Inline("d", next+170*ms).Run(next+200*ms, next+250*ms)
		next += 270 * ms
	}
	for i, step := range []string{"y", "z"} {
		r.Node("p", "branchall", i, next).Pull(next+10*ms, next+30*ms).Inline(step, next+20*ms).Run(next+50*ms, next+500*ms)
	}
	return r.Full(at+20*ms, next+520*ms, false)
}

func runCases(now time.Time, jobs map[string]*windmilltest.Job) []namedCase {
	recent := func(dir, about, query string, args ...any) namedCase {
		return namedCase{dir, goldenCase{About: about, Now: now, From: now.Add(-15 * time.Minute), To: now, Query: json.RawMessage(fmt.Sprintf(query, args...))}}
	}
	with := func(c namedCase, change func(*goldenCase)) namedCase {
		change(&c.goldenCase)
		return c
	}
	tempoDown := func(c *goldenCase) { c.Tempo = "down" }
	prometheusDown := func(c *goldenCase) { c.Prometheus = "down" }
	none := func(c *goldenCase) { c.Tempo = "none" }
	empty := func(c *goldenCase) { c.From, c.To = now.Add(-40*time.Hour), now.Add(-39*time.Hour) }
	trace := func(name, about, job string) namedCase {
		return recent("run-trace/"+name, about, `{"queryType":"run-trace","runId":%q}`, jobs[job].ID)
	}
	compare := func(name, about, a, b string) namedCase {
		return recent("run-compare/"+name, about, `{"queryType":"run-compare","runId":%q,"compareRunId":%q}`, jobs[a].ID, jobs[b].ID)
	}
	list := []namedCase{
		trace("normal", "A run of two inline steps.", "plain"),
		trace("parallel-loop-and-subflow", "Jobs of three traces in one.", "nightly"),
		trace("approval", "The wait for an approval is a span.", "approved"),
		trace("failed", "A step fails twice.", "failed"),
		trace("running", "The run has not ended.", "running"),
		trace("partial", "Spans are missing: full_job, the flow's own job, steps and the sub-flow.", "partial"),
		with(trace("prometheus-down", "A trace needs no Prometheus.", "plain"), prometheusDown),
		with(trace("tempo-down", "Without Tempo there is no trace.", "plain"), tempoDown),
		recent("run-trace/narrowed", "Filters narrow the jobs; what is above stays.", `{"queryType":"run-trace","runId":%q,"filters":{"step":["c"]}}`, jobs["nightly"].ID),
		with(recent("run-trace/empty-window", "No run in the range.", `{"queryType":"run-trace"}`), empty),

		compare("normal", "A run of three iterations with one of four.", "nightly", "longer"),
		compare("partial", "Spans of the second are missing.", "nightly", "partial"),
		compare("different-flows", "Steps match by their ids alone.", "plain", "failed"),
		compare("with-itself", "A run cannot be compared with itself.", "plain", "plain"),
		recent("run-compare/baseline", "A run with what its steps usually take.", `{"queryType":"run-compare","runId":%q}`, jobs["nightly"].ID),
		recent("run-compare/latest", "The latest finished run of a flow with its baseline.", `{"queryType":"run-compare","filters":{"flow":["f/demo/plain"]}}`),
		recent("run-compare/not-found", "The second run is not there.", `{"queryType":"run-compare","runId":%q,"compareRunId":"01a20000-0000-7000-8000-000000000000"}`, jobs["plain"].ID),
		with(compare("prometheus-down", "Two runs need no Prometheus.", "nightly", "longer"), prometheusDown),
		with(recent("run-compare/baseline-prometheus-down", "No baseline to compare with.", `{"queryType":"run-compare","runId":%q}`, jobs["plain"].ID), prometheusDown),
		with(compare("tempo-down", "Without Tempo there are no runs.", "nightly", "longer"), tempoDown),
		with(recent("run-compare/empty-window", "No run in the range.", `{"queryType":"run-compare"}`), empty),
	}
	return append(list, manyRunsCases(recent, with, tempoDown, prometheusDown, none, empty)...)
}

func manyRunsCases(recent func(dir, about, query string, args ...any) namedCase, with func(namedCase, func(*goldenCase)) namedCase,
	tempoDown, prometheusDown, none, empty func(*goldenCase)) []namedCase {
	return []namedCase{
		recent("run-grid/normal", "The newest runs by duration.", `{"queryType":"run-grid","limit":8}`),
		recent("run-grid/by-outcome", "The measure is the outcome.", `{"queryType":"run-grid","measure":"outcome","limit":3,"filters":{"flow":["f/demo/shapes","f/ops/report"]}}`),
		recent("run-grid/parallel-loop-and-subflow", "All iterations of a step are one cell; the measure is the ratio.", `{"queryType":"run-grid","measure":"ratio","limit":3,"filters":{"flow":["f/etl/nightly"]}}`),
		recent("run-grid/by-step", "One step of the runs that have it.", `{"queryType":"run-grid","limit":3,"filters":{"step":["x"]}}`),
		with(recent("run-grid/prometheus-down", "No ratios.", `{"queryType":"run-grid","limit":3,"filters":{"flow":["f/demo/plain"]}}`), prometheusDown),
		with(recent("run-grid/tempo-down", "Without Tempo there are no runs.", `{"queryType":"run-grid"}`), tempoDown),
		with(recent("run-grid/empty-window", "No run in the range.", `{"queryType":"run-grid"}`), empty),

		recent("step-map/normal", "A retry, a loop one after another, branches side by side.", `{"queryType":"step-map","filters":{"flow":["f/demo/shapes"]}}`),
		recent("step-map/parallel-loop-and-subflow", "A parallel loop and a sub-flow.", `{"queryType":"step-map","limit":3,"filters":{"flow":["f/etl/nightly"]}}`),
		recent("step-map/several-flows", "Each flow has a start and an end of its own.", `{"queryType":"step-map","limit":8}`),
		recent("step-map/running", "What has not ended has no end.", `{"queryType":"step-map","filters":{"flow":["f/demo/waits"]}}`),
		with(recent("step-map/prometheus-down", "The figures are those of the sampled runs.", `{"queryType":"step-map","limit":3,"filters":{"flow":["f/demo/plain"]}}`), prometheusDown),
		with(recent("step-map/tempo-down", "Without Tempo there is no map.", `{"queryType":"step-map"}`), tempoDown),
		with(recent("step-map/empty-window", "No run in the range.", `{"queryType":"step-map"}`), empty),

		recent("deployments/normal", "A script with two versions.", `{"queryType":"deployments"}`),
		recent("deployments/filtered", "No script of the flow has two versions.", `{"queryType":"deployments","filters":{"flow":["f/demo/plain"]}}`),
		with(recent("deployments/prometheus-down", "Deployments need no Prometheus.", `{"queryType":"deployments"}`), prometheusDown),
		with(recent("deployments/tempo-down", "Without Tempo there are no deployments.", `{"queryType":"deployments"}`), tempoDown),
		with(recent("deployments/tempo-not-configured", "Tempo has no URL.", `{"queryType":"deployments"}`), none),
		with(recent("deployments/empty-window", "Nothing ran.", `{"queryType":"deployments"}`), empty),
	}
}
