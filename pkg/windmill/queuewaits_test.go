package windmill_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
)

func TestWaitsOf(t *testing.T) {
	const ms, s = time.Millisecond, time.Second
	base := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	b := windmilltest.New(base, 1)
	f := b.Flow("f/x", 0).Pull(10*ms, 20*ms)
	f.Inline("a", 20*ms).Run(320*ms, 400*ms)
	twice := f.Inline("b", s)
	twice.Pull(1500*ms, 1600*ms)
	twice.Pull(4*s, 5*s)
	f.Inline("c", 6*s).Run(7*s, 8*s)
	f.Inline("c", 8*s).Run(18*s, 19*s)
	random := f.Inline("d", 20*s)
	random.Run(21*s, 22*s)
	f.Inline("e", 30*s).Run(25*s, 26*s) // the clocks of the server and the worker disagree
	for i, x := range b.Spans {
		if x.JobID == random.ID {
			b.Spans[i].JobID = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6"
		}
		if x.Step == "c" && x.Start.Equal(base.Add(7*s)) {
			b.Spans[i].Failed = true
		}
	}
	got := windmill.WaitsOf(b.Spans)
	var waits []time.Duration
	var steps string
	for _, w := range got.List {
		waits, steps = append(waits, w.Wait), steps+w.Step
		require.NotEmpty(t, w.ScriptPath)
		require.Equal(t, "demo", w.Workspace)
	}
	require.Equal(t, "abc", steps)
	require.Equal(t, []time.Duration{300 * ms, 500 * ms, s}, waits, "a job pulled twice counts from the first")
	require.Equal(t, 1, got.Retries, "after the one that failed")
	require.Equal(t, 2, got.Unknown, "an id that is no ULID, and a push after the pull")
}

// TestWaitsOfResults: a result that says it is a failure shows only where the result is handled.
func TestWaitsOfResults(t *testing.T) {
	base := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	b := windmilltest.New(base, 1)
	f := b.Flow("f/x", 0)
	f.Inline("a", time.Second).Run(2*time.Second, 3*time.Second)
	f.Inline("a", 4*time.Second).Run(9*time.Second, 10*time.Second)
	require.Len(t, windmill.WaitsOf(b.Spans).List, 2)
	for i, x := range b.Spans {
		if x.Success != "" && x.Start.Before(base.Add(4*time.Second)) {
			b.Spans[i].Success = "false"
		}
	}
	got := windmill.WaitsOf(b.Spans)
	require.Len(t, got.List, 1)
	require.Equal(t, 1, got.Retries)
	require.Empty(t, windmill.WaitsOf(nil).List)
}
