//go:build integration

package integration

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/stack/property"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// randomRuns is how many random flows go through the real Tempo. Thousands go without it, see package property.
const randomRuns = 50

// TestRandomFlowsThroughTempo sends runs of random flows to the real Tempo and holds the plugin's rows against the truth, with
// the exceptions that package property explains.
func TestRandomFlowsThroughTempo(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	runs := sendRandomRuns(t)
	elsewhere := time.Now().Add(-48 * time.Hour)
	jobs := 0
	for _, run := range runs {
		frames := ask(t, d, elsewhere, elsewhere.Add(time.Minute), query{"queryType": "flow-steps", "runId": run.RunID})
		require.Len(t, frames, 1)
		require.Empty(t, compareRandom(run, rows(frames[0])), "run %s", run.RunID)
		jobs += len(run.Jobs)
	}
	t.Logf("%d runs, %d jobs", len(runs), jobs)
}

// sendRandomRuns runs random flows in the last half hour of the history and waits until Tempo's search finds their jobs.
func sendRandomRuns(t *testing.T) []simulator.Run {
	t.Helper()
	var sent world
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
	}
	require.NoError(t, sent.awaitSearchable())
	return sent.truth
}

// compareRandom compares the rows of a run with its truth.
func compareRandom(run simulator.Run, got []row) []property.Difference {
	c := property.NewComparison(run)
	byID := map[string]row{}
	for _, r := range got {
		byID[r.text("job_id")] = r
	}
	c.Check(nil, "rows", len(run.Jobs), len(got))
	for i := range run.Jobs {
		job := &run.Jobs[i]
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
			{"wait kind", "wait_kind", value(job.WaitKind)},
			{"outcome", "outcome", job.Outcome},
			{"start", "start", job.Start},
			{"duration", "duration", time.Duration(job.DurationNS)},
		} {
			c.Check(job, f.name, f.want, plain(r[f.field]))
		}
		c.Check(job, "transition", nanoseconds(job.TransitionNS), plain(r["transition"]))
		c.Check(job, "wait", nanoseconds(job.WaitNS), plain(r["wait"]))
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
