package windmill_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/stretchr/testify/require"
)

// check asks of any run what must always hold.
func check(t *testing.T, r *windmill.Run, e windmill.Evidence) {
	t.Helper()
	seen := map[string]bool{}
	leaves := 0.0
	for i, j := range r.Jobs {
		require.False(t, seen[j.ID], "each job once")
		seen[j.ID] = true
		require.NotEmpty(t, j.Outcome)
		require.NotEmpty(t, j.Kind)
		if i == 0 {
			require.Same(t, r.Root, j)
			require.Nil(t, j.Parent)
		} else {
			require.True(t, seen[j.Parent.ID], "parents first")
			require.Equal(t, j.Parent.Depth+1, j.Depth)
			require.True(t, slices.Contains(j.Parent.Children, j))
		}
		checkTimes(t, j, e)
		if j.Contribution != nil {
			require.False(t, math.IsNaN(*j.Contribution))
			require.GreaterOrEqual(t, *j.Contribution, 0.0)
			require.LessOrEqual(t, *j.Contribution, 1.0)
			leaves += ownShare(j)
		}
		checkCritical(t, j)
		if r.Ended {
			require.NotEqual(t, windmill.OutcomeRunning, j.Outcome, "nothing runs in a run that has ended")
		}
	}
	require.LessOrEqual(t, leaves, 1+1e-9, "parallel work counts once")
	if r.Root.Contribution != nil {
		require.InDelta(t, leaves, *r.Root.Contribution, 1e-9)
	}
	for _, j := range r.Handlers {
		require.False(t, seen[j.ID], "no job is there twice")
		seen[j.ID] = true
	}
	for _, j := range jobsOf(r.ID, e) {
		require.True(t, seen[j], "no job of the run is lost")
	}
	for _, p := range r.Problems {
		require.Positive(t, p.Count)
		require.Greater(t, len(p.Text()), 20, p.Kind)
	}
}

// ownShare is what a job contributed itself, without the jobs below it.
func ownShare(j *windmill.Job) float64 {
	own := *j.Contribution
	for _, c := range j.Children {
		if c.Contribution != nil {
			own -= *c.Contribution
		}
	}
	return own
}

func checkTimes(t *testing.T, j *windmill.Job, e windmill.Evidence) {
	t.Helper()
	for _, d := range []*time.Duration{j.Duration, j.Wait, j.Transition} {
		if d != nil {
			require.GreaterOrEqual(t, *d, time.Duration(0))
		}
	}
	require.Equal(t, j.Wait == nil, j.WaitKind == "")
	if j.Duration != nil {
		require.False(t, j.Start.IsZero())
		require.Equal(t, *j.Duration, j.End.Sub(j.Start))
	}
	if j.FromLogs() && j.Outcome == windmill.OutcomeRunning && j.Leaf() && j.Duration != nil {
		require.Equal(t, e.Now, j.End)
	}
}

// checkCritical: the critical path leads from the run down, and through every container on it.
func checkCritical(t *testing.T, j *windmill.Job) {
	t.Helper()
	if j.Critical == nil || !*j.Critical {
		return
	}
	if j.Parent != nil && j.Parent.Critical != nil {
		require.True(t, *j.Parent.Critical, "the job above is critical too")
	}
	timed, critical := 0, 0
	for _, c := range j.Children {
		if c.Critical != nil && (c.Kind != windmill.KindLaunched || !c.WorkEnd().After(j.WorkEnd())) {
			timed++
			if *c.Critical {
				critical++
			}
		}
	}
	require.Equal(t, timed > 0, critical > 0, "the path goes on below")
}

// jobsOf finds the jobs whose spans name parents up to the run, by itself and slowly.
func jobsOf(id string, e windmill.Evidence) []string {
	parents := map[string]string{}
	for _, s := range e.Spans {
		if !windmill.IsJobSpan(s) {
			continue
		}
		old, ok := parents[s.JobID]
		if (ok && old != s.ParentJob) || (s.JobKind != "" && !windmill.IsUserKind(s.JobKind)) {
			s.ParentJob = "" // contradictory, or no work of the run: no claim
		}
		parents[s.JobID] = s.ParentJob
	}
	var list []string
	for job := range parents {
		up := job
		for range len(parents) {
			if up == id {
				list = append(list, job)
				break
			}
			next, ok := parents[up]
			if !ok {
				break
			}
			up = next
		}
	}
	return list
}
