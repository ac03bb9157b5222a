package windmill_test

import (
	"testing"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

func retriedScript(b *windmilltest.Builder) *windmilltest.Job {
	s := b.Script("f/s", 0)
	s.Fail(20*ms, sec, "Timeout", "no answer")
	s.Again(sec+10*ms).Fail(4*sec, 5*sec, "Timeout", "no answer")
	s.Again(5*sec+10*ms).Run(9*sec, 10*sec)
	return s
}

func TestTheAttemptsOfAScriptAreOneRun(t *testing.T) {
	b := windmilltest.New(base, 100)
	s := retriedScript(b)
	r := build(t, b, s)
	require.Equal(t, []string{" step error 980ms queue 20ms", "s#2 step error 1s retry 2.99s", "s#3 step ok 1s retry 3.99s"}, rowsOf(r))
	require.Equal(t, windmill.OutcomeOK, r.Outcome, "that of the last")
	require.Equal(t, 9980*ms, *r.Duration, "until the last had ended")
	require.True(t, r.Ended)
	require.Nil(t, r.FailedStep)
	require.Equal(t, int64(1), *r.Root.Attempt)
	require.Equal(t, map[windmill.ProblemKind]int{windmill.ProblemScriptRetried: 2}, problems(r))
	require.Equal(t, 3, r.Steps())
}

func TestAllAttemptsOfAScriptFailed(t *testing.T) {
	b := windmilltest.New(base, 101)
	s := b.Script("f/s", 0)
	s.Fail(20*ms, sec, "Timeout", "no answer")
	s.Again(sec+10*ms).Fail(4*sec, 5*sec, "ValueError", "no rows")
	r := build(t, b, s)
	require.Equal(t, windmill.OutcomeError, r.Outcome)
	require.Equal(t, "s#2", r.FailedStep.Path)
	require.Equal(t, "ValueError: no rows", r.Decider().Error)
}

// Jobs that a script started itself, and what handles its failure, are no attempts.
func TestChildrenOfAScriptThatAreNoAttempts(t *testing.T) {
	b := windmilltest.New(base, 102)
	s := b.Script("f/s", 0)
	s.Again(500*ms).Run(600*ms, 700*ms) // pushed by the script while it was at work
	s.Fail(20*ms, sec, "Timeout", "no answer")
	s.Task("f/ops/on_failure", sec+10*ms).Run(2*sec, 3*sec)
	r := build(t, b, s)
	require.Equal(t, windmill.OutcomeError, r.Outcome)
	require.Equal(t, 980*ms, *r.Duration)
	require.Equal(t, windmill.KindLaunched, r.Jobs[1].Kind)
	require.Equal(t, windmill.KindLaunched, r.Jobs[2].Kind)
	require.Nil(t, r.Root.Attempt)
}

// The worker of the second attempt has a clock three seconds behind, by which the third was pushed.
func TestAttemptsOfAScriptWhereClocksDisagree(t *testing.T) {
	b := windmilltest.New(base, 103)
	s := b.Script("f/s", 0)
	s.Fail(20*ms, sec, "Timeout", "no answer")
	second := s.Again(sec + 10*ms)
	second.Worker = "wk-2"
	second.Fail(1100*ms, 1500*ms, "Timeout", "no answer")
	s.Again(1510*ms-3*sec).Run(1600*ms, 2*sec)
	skewed(b, "wk-2", -3*sec)
	r := build(t, b, s)
	require.Equal(t, []string{"s#2 wk-2 error", "s#3 wk-1 ok"}, func() []string { list, _ := attemptsOf(r); return list }())
	require.Equal(t, windmill.OutcomeOK, r.Outcome)
}
