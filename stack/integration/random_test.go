//go:build integration

package integration

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/property"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// randomRuns is how many random flows go through the real Tempo. Thousands go without it, see package property.
const randomRuns = 50

// TestRandomFlowsThroughTempo sends runs of random flows to the real Tempo and holds the plugin's rows against the
// truth, with the exceptions that package property explains.
func TestRandomFlowsThroughTempo(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	results := sendRandomRuns(t)
	elsewhere := time.Now().Add(-48 * time.Hour)
	jobs := 0
	for _, result := range results {
		run := result.Run
		result.Records = property.RecordsInTrace(run, result.Spans)
		frames := ask(t, d, elsewhere, elsewhere.Add(time.Minute), query{"queryType": "flow-steps", "runId": run.RunID})
		require.Len(t, frames, 1)
		require.Empty(t, compareRandom(result, rows(frames[0])), "run %s", run.RunID)
		jobs += len(run.Jobs)
	}
	t.Logf("%d runs, %d jobs", len(results), jobs)
}

// TestEveryShapeThroughTempo sends a run of each shape that the simulator knows and compares in the same way.
func TestEveryShapeThroughTempo(t *testing.T) {
	flows, err := simulator.Load(simulator.ShapeFlows())
	require.NoError(t, err)
	workers, err := simulator.LoadWorkers(simulator.ShippedFlows())
	require.NoError(t, err)
	s, err := simulator.New(simulator.Options{
		Seed: seed, Flows: flows, Workers: workers, Start: time.Now().Add(-history / 2), History: history / 4, NoLogs: true,
		Foreign: simulator.Foreign{UserSpans: 0.3, Requests: true},
	})
	require.NoError(t, err)
	batch := s.Advance(time.Now().Add(-history / 4))
	require.NoError(t, simulator.NewOTLP(shared.OTLP, "", 0).Spans(t.Context(), batch.Spans))
	newest := map[string]simulator.Run{}
	for _, run := range batch.Runs {
		newest[run.Flow] = run
	}
	sent := world{Stack: shared.Stack}
	for _, run := range newest {
		sent.truth = append(sent.truth, run)
	}
	require.NoError(t, sent.awaitSearchable())
	d := datasource(t, shared.Tempo, shared.Prometheus)
	for flow, run := range newest {
		frames := ask(t, d, run.Start, run.End, query{"queryType": "flow-steps", "runId": run.RunID})
		require.Empty(t, compareRandom(property.Result{Run: run, Records: property.RecordsInTrace(run, batch.Spans)}, rows(frames[0])), "%s %s", flow, run.RunID)
	}
	t.Logf("%d shapes", len(newest))
	require.Greater(t, len(newest), 25)
}

// sendRandomRuns runs random flows in the last half hour of the history and waits until Tempo's search finds their
// jobs.
func sendRandomRuns(t *testing.T) []property.Result {
	t.Helper()
	var sent world
	var results []property.Result
	sent.Stack = shared.Stack
	otlp := simulator.NewOTLP(shared.OTLP, "", 0)
	for seed := uint64(seed); len(sent.truth) < randomRuns; seed++ {
		c := property.Random(seed)
		c.Start = time.Now().Add(-history / 2)
		result, err := c.Simulate()
		require.NoError(t, err)
		if result.Run.End.After(time.Now()) {
			continue // it takes too long to lie in the past
		}
		require.NoError(t, otlp.Spans(t.Context(), result.Spans))
		sent.truth = append(sent.truth, result.Run)
		results = append(results, result)
	}
	require.NoError(t, sent.awaitSearchable())
	return results
}

// compareRandom compares the rows of a run with its truth.
func compareRandom(result property.Result, got []row) []property.Difference {
	run := result.Run
	c := result.Comparison()
	byID := map[string]row{}
	for _, r := range got {
		byID[r.text("job_id")] = r
	}
	c.Check(nil, "rows", len(run.Jobs)+len(run.Handlers), len(got))
	all := slices.Concat(run.Jobs, run.Handlers)
	for i := range all {
		job := &all[i]
		r, ok := byID[job.JobID]
		if !ok {
			c.Check(job, "job", "there", "missing")
			continue
		}
		for _, f := range []struct {
			name, field string
			want        any
		}{
			{"parent", "parent_job", value(job.ParentJob)},
			{"trace", "trace_id", job.TraceID},
			{"span", "span_id", job.SpanID},
			{"step", "step", value(job.Step)},
			{"script path", "script_path", value(job.ScriptPath)},
			{"kind", "kind", job.Kind},
			{"language", "language", value(job.Language)},
			{"worker", "worker", job.Worker},
			{"tag", "tag", job.Tag},
			{"outcome", "outcome", job.Outcome},
			{"start", "start", job.Start},
			{"duration", "duration", c.Duration(job)},
			{"handled", "handled", job.Handled},
		} {
			c.Check(job, f.name, f.want, plain(r[f.field]))
		}
		c.Check(job, "transition", nanoseconds(job.TransitionNS), plain(r["transition"]))
		wait, kind := c.Wait(job)
		c.Check(job, "wait", wait, plain(r["wait"]))
		c.Check(job, "wait kind", kind, plain(r["wait_kind"]))
		setup, work := job.SetupNS, job.WorkNS
		if job.TraceID != run.Jobs[0].TraceID || job.TraceID != windmill.TraceID(run.RunID) {
			setup, work = nil, nil // traces of sub-flows and parallel iterations are not read whole
		}
		c.Check(job, "setup", nanoseconds(setup), plain(r["setup"]))
		c.Check(job, "work", nanoseconds(work), plain(r["work"]))
	}
	return c.Differences
}

// plain is a field of a frame in the terms of the truth: seconds are durations, null is none.
func plain(v any) any {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return time.Duration(math.Round(v * float64(time.Second)))
	}
	return v
}

func nanoseconds(n *int64) any {
	if n == nil {
		return ""
	}
	return time.Duration(*n)
}
