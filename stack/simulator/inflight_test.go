package simulator

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRunsInFlight(t *testing.T) {
	s, err := New(Options{Seed: 1, Start: testStart, Flows: loadAll(t, `
path: f/x
workspace: w
schedule: {every: 1h}
modules:
  - {id: a, rawscript: go, duration: 1s, sleep: 5s}
  - {id: b, rawscript: go, duration: 9s, approval: {wait: 20s, timeout: 1m}}
  - {id: c, rawscript: go, duration: 1s}
`)})
	require.NoError(t, err)
	states := func(at time.Duration) map[string]string {
		s.Advance(testStart.Add(at))
		runs := s.InFlight()
		require.Len(t, runs, 1)
		out := map[string]string{}
		for _, job := range runs[0].Jobs {
			out[value(job.Step)] = job.State
			require.Equal(t, job.State == StateDone, job.Done != nil)
			require.False(t, job.Since.After(s.Now()))
		}
		return out
	}
	require.Equal(t, map[string]string{"": StateRunning, "a": StateRunning}, states(500*time.Millisecond))
	require.Equal(t, map[string]string{"": StateRunning, "a": StateDone, "b": StateQueued}, states(3*time.Second))
	require.Equal(t, map[string]string{"": StateRunning, "a": StateDone, "b": StateRunning}, states(10*time.Second))
	require.Equal(t, map[string]string{"": StateSuspended, "a": StateDone, "b": StateDone}, states(20*time.Second))
	s.Advance(testStart.Add(time.Minute))
	require.Empty(t, s.InFlight())
}
