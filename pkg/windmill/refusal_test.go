package windmill_test

import (
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

// refused is a flow that was pulled again after its approval step, and pushed nothing.
func refused(seed uint64) (*windmilltest.Builder, *windmilltest.Job) {
	b := windmilltest.New(base, seed)
	f := b.Flow("f/x", 0).Fetched(ms, 0).Pull(ms, 2*ms)
	f.Inline("ask", 2*ms).Run(10*ms, 20*ms)
	f.Pull(time.Minute, time.Minute+2*ms)
	return b, f
}

func TestRefusedApproval(t *testing.T) {
	b, f := refused(70)
	require.Equal(t, windmill.OutcomeRunning, build(t, b, f).Outcome, "a step may be at work")
	b.Sightings = nil
	require.Equal(t, windmill.OutcomeRunning, buildWith(t, f.ID, b.Evidence(30*time.Minute)).Outcome)
	r := buildWith(t, f.ID, b.Evidence(2*time.Hour))
	require.Equal(t, windmill.OutcomeCanceled, r.Outcome)
	require.Equal(t, map[windmill.ProblemKind]int{windmill.ProblemRefused: 1}, problems(r), "it is a guess, and that is said")
	require.False(t, r.Ended)
}

func TestLogLinesTellOfARefusalSooner(t *testing.T) {
	b, f := refused(71)
	require.Equal(t, windmill.OutcomeRunning, buildWith(t, f.ID, b.Evidence(2*time.Minute)).Outcome, "no line of the second pull is at hand")
	f.Fetched(time.Minute, 0)
	require.Equal(t, windmill.OutcomeCanceled, buildWith(t, f.ID, b.Evidence(2*time.Minute)).Outcome)
	require.Equal(t, windmill.OutcomeRunning, buildWith(t, f.ID, b.Evidence(time.Minute+10*sec)).Outcome, "lines may be late")
	f.Pushed(time.Minute+ms, f.Inline("deploy", time.Minute+ms))
	r := buildWith(t, f.ID, b.Evidence(2*time.Hour))
	require.Equal(t, windmill.OutcomeRunning, r.Outcome, "granted")
	require.Len(t, r.Jobs, 3)
}

func TestApprovalOfASubflow(t *testing.T) {
	for _, c := range []struct {
		step      string // pushed by the flow above afterwards
		sub, flow windmill.Outcome
	}{
		{"next", windmill.OutcomeOK, windmill.OutcomeOK}, // an approval was all that it ended with
		{"failure", windmill.OutcomeCanceled, windmill.OutcomeError},
	} {
		b := windmilltest.New(base, 72)
		f := b.Flow("f/x", 0).Pull(ms, 2*ms)
		sub := f.Subflow("s", "f/sub", 2*ms).Pull(3*ms, 4*ms)
		sub.Inline("ask", 4*ms).Run(10*ms, 20*ms)
		sub.Pull(time.Minute, time.Minute+4*ms)
		f.Inline(c.step, time.Minute+2*ms).Run(time.Minute+10*ms, time.Minute+20*ms)
		f.Full(ms, time.Minute+50*ms, false)
		r := build(t, b, f)
		require.Equal(t, c.sub, job(t, r, "s").Outcome, c.step)
		require.Equal(t, c.flow, r.Outcome, c.step)
	}
}
