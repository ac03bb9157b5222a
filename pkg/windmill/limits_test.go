package windmill_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
)

// TestParkedIterations: a parallel loop runs two iterations at a time, all are pushed at once.
func TestParkedIterations(t *testing.T) {
	b := windmilltest.New(base, 81)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	for i := range 6 {
		begin := 10*ms + time.Duration(i/2)*3*sec
		it := f.Node("l", "forloop", i, 3*ms).Pull(begin, begin+5*ms)
		it.Inline("a", begin+4*ms).Run(begin+20*ms, begin+2900*ms)
	}
	f.Full(ms, 9*sec, false)
	r := build(t, b, f)
	for i, want := range []windmill.WaitKind{windmill.WaitQueue, windmill.WaitQueue, windmill.WaitLimit, windmill.WaitLimit, windmill.WaitLimit, windmill.WaitLimit} {
		require.Equal(t, want, iteration(r, i).WaitKind, "iteration %d", i)
	}
	require.Equal(t, 4, problems(r)[windmill.ProblemParked])
}

// TestBusyWorkersAreNoLimit: iterations that all waited, or for nothing that ended then, waited for workers.
func TestBusyWorkersAreNoLimit(t *testing.T) {
	b := windmilltest.New(base, 82)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	for i := range 4 {
		begin := 10*ms + time.Duration(i)*1500*ms // long before the first has ended
		it := f.Node("l", "forloop", i, 3*ms).Pull(begin, begin+5*ms)
		it.Inline("a", begin+4*ms).Run(begin+20*ms, begin+20*sec)
	}
	f.Full(ms, 30*sec, false)
	r := build(t, b, f)
	for i := range 4 {
		require.Equal(t, windmill.WaitQueue, iteration(r, i).WaitKind)
	}
}

// TestLimitIsTold: a line says that the job was queued again because its limit was reached.
func TestLimitIsTold(t *testing.T) {
	b := windmilltest.New(base, 83)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	a := f.Inline("a", 3*ms)
	a.Run(5*sec, 6*sec)
	f.Full(ms, 6100*ms, false)
	e := b.Evidence(10 * sec)
	e.Sightings = append(e.Sightings, windmill.Sighting{Kind: windmill.SightingLimited, JobID: a.ID, Time: base.Add(10 * ms)})
	r := windmill.BuildWith(f.ID, e)
	require.Equal(t, windmill.WaitLimit, r.Jobs[1].WaitKind)
}

// iteration is the iteration of that number.
func iteration(r *windmill.Run, number int) *windmill.Job {
	for _, j := range r.Jobs {
		if j.Iteration != nil && *j.Iteration == int64(number) {
			return j
		}
	}
	return nil
}
