package property

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// TestRunsInFlightAreRebuilt stops random flows in the middle: what has ended is rebuilt as it was, nothing is
// invented, and a run in which nothing failed goes on.
func TestRunsInFlightAreRebuilt(t *testing.T) {
	stopped, done := 0, 0
	for seed := uint64(1); stopped < *flows/8; seed++ {
		c := Random(seed)
		after := time.Duration(rand.New(rand.NewPCG(seed, 3)).Int64N(int64(20 * time.Second)))
		run, spans, ok, err := c.SimulateUntil(after)
		require.NoError(t, err)
		if !ok {
			continue
		}
		stopped++
		got := windmill.Build(run.RunID, simulator.Windmill(spans))
		jobs := map[string]*windmill.Job{}
		for _, j := range slices.Concat(got.Jobs, got.Handlers) {
			jobs[j.ID] = j
		}
		known, failed := map[string]bool{}, false
		for i := range run.Jobs {
			job := &run.Jobs[i]
			known[job.JobID] = true
			if job.Done == nil {
				continue
			}
			done++
			failed = failed || job.Done.Outcome != "ok" && job.Done.Outcome != "skipped"
			require.Empty(t, compareDone(c.Version, job.Done, jobs[job.JobID]), "seed %d, stopped after %s", seed, after)
		}
		for id := range jobs {
			require.True(t, known[id], "seed %d: job %s was made up", seed, id)
		}
		if !failed && got.Root.Container {
			require.Equal(t, windmill.OutcomeRunning, got.Outcome, "seed %d, stopped after %s", seed, after)
		}
	}
	t.Logf("%d runs in flight with %d finished jobs", stopped, done)
	require.NotZero(t, done)
}

// compareDone compares a job that has ended by its own spans: what depends on jobs that have not ended is left out.
func compareDone(version simulator.Version, job *simulator.Job, j *windmill.Job) []Difference {
	c := NewComparison(simulator.Run{Jobs: []simulator.Job{*job}}, version)
	if j == nil {
		c.Check(job, "job", "there", "missing")
		return c.Differences
	}
	c.Check(job, "step", value(job.Step), j.Step)
	c.Check(job, "script path", value(job.ScriptPath), j.ScriptPath)
	c.Check(job, "trace", job.TraceID, j.TraceID)
	c.Check(job, "span", job.SpanID, j.SpanID)
	c.Check(job, "start", job.Start, j.Start)
	c.Check(job, "duration", time.Duration(job.DurationNS), j.Duration)
	c.Check(job, "transition", nanoseconds(job.TransitionNS), j.Transition)
	c.Check(job, "outcome", job.Outcome, string(j.Outcome))
	c.Check(job, "error", value(job.Error), j.Error)
	return c.Differences
}
