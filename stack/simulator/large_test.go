package simulator

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestALargeRun(t *testing.T) {
	large, err := NewLargeRun(1, 4000, testStart)
	require.NoError(t, err)
	kinds, subflows := map[string]int{}, 0
	for _, job := range large.Run.Jobs {
		kinds[job.Kind]++
		if job.Kind == roleSubflow {
			subflows++
			require.Zero(t, *large.parent(job).Iteration%10, "in each tenth iteration")
		}
	}
	require.Equal(t, map[string]int{
		roleFlow: 1, roleIteration: 1000, roleStep: 3*1000 + 2*100, roleIdentity: 900, roleSubflow: 100,
	}, kinds)
	require.Equal(t, outcomeOK, large.Run.Outcome)
	require.Len(t, large.Windmill(), len(large.Spans))
	require.Greater(t, len(large.Spans), 2*len(large.Run.Jobs)-1200)
	again, err := NewLargeRun(1, 4000, testStart)
	require.NoError(t, err)
	require.Equal(t, large.Run, again.Run, "the same seed, the same run")
	_, err = NewLargeRun(1, 3, testStart)
	require.ErrorContains(t, err, "at least 4 steps")
}

func (r LargeRun) parent(child Job) Job {
	for _, job := range r.Run.Jobs {
		if job.JobID == *child.ParentJob {
			return job
		}
	}
	return Job{}
}

func BenchmarkNewLargeRun(b *testing.B) {
	for b.Loop() {
		_, err := NewLargeRun(1, 10_000, testStart)
		require.NoError(b, err)
	}
}
