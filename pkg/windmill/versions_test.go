package windmill_test

import (
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

func TestIdentityAndSkip(t *testing.T) {
	b := windmilltest.New(base, 17)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.Identity("a", 2*ms).Run(10*ms, 11*ms)
	f.Full(ms, 20*ms, false)
	r := build(t, b, f)
	require.Equal(t, windmill.KindIdentity, job(t, r, "a").Kind)
	require.Equal(t, windmill.OutcomeSkipped, job(t, r, "a").Outcome)
	require.Equal(t, windmill.OutcomeOK, r.Outcome)
}

func TestAgentTools(t *testing.T) {
	b := windmilltest.New(base, 18)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	agent := f.Agent("g", 2*ms).Run(10*ms, sec)
	agent.Tool("search", 100*ms).Post(500*ms, 510*ms)
	f.Full(ms, 2*sec, false)
	r := build(t, b, f)
	require.Equal(t, windmill.KindAgent, job(t, r, "g").Kind)
	x := job(t, r, "g/search")
	require.Equal(t, windmill.KindTool, x.Kind)
	require.Nil(t, x.Duration)
	require.Nil(t, x.Critical)
	require.Nil(t, x.Contribution)
	require.Nil(t, x.Attempt)
	require.Equal(t, 990*ms, *job(t, r, "g").Duration)
	require.Equal(t, 1, problems(r)[windmill.ProblemNoWork])
}

// Newer versions run tools through the queue: then they have `job` spans as any job.
func TestAgentToolsFromTheQueue(t *testing.T) {
	for _, withKind := range []bool{true, false} {
		b := windmilltest.New(base, 18)
		f := b.Flow("f/x", 0).Pull(ms, 2*ms)
		agent := f.Agent("g", 2*ms)
		agent.Tool("search", 100*ms).Run(200*ms, 400*ms)
		agent.Run(10*ms, sec)
		f.Full(ms, 2*sec, false)
		for i := range b.Spans {
			if !withKind {
				b.Spans[i].JobKind = ""
			}
		}
		r := build(t, b, f)
		require.Equal(t, []string{
			" flow ok 1.999s queue 1ms", "g agent ok 990ms queue 8ms", "g/search tool ok 200ms queue 100ms",
		}, rowsOf(r))
		require.InDelta(t, 0.99/1.999, *job(t, r, "g").Contribution, 1e-9, "with its tools")
		require.InDelta(t, 0.1/1.999, *job(t, r, "g/search").Contribution, 1e-9, "both are at work for 200 ms")
		require.Empty(t, r.Problems)
	}
}

func TestOlderVersions(t *testing.T) {
	b := windmilltest.New(base, 19)
	root := b.Nightly(0, 2)
	for i := range b.Spans { // no job_kind, no status, no success
		b.Spans[i].JobKind, b.Spans[i].Success, b.Spans[i].Failed, b.Spans[i].StatusMessage = "", "", false, ""
	}
	r := build(t, b, root)
	require.Equal(t, windmill.KindIteration, job(t, r, "b[1]").Kind)
	require.Equal(t, windmill.KindSubflow, job(t, r, "e").Kind)
	require.Equal(t, windmill.KindStep, job(t, r, "b[1]/c").Kind)
	require.Equal(t, windmill.OutcomeOK, r.Outcome)
}

func TestWmFailureShowsOnlyOnPostprocessing(t *testing.T) {
	b := windmilltest.New(base, 20)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.Inline("a", 2*ms).Pull(10*ms, 20*ms).Post(20*ms, 30*ms)
	b.Spans[len(b.Spans)-1].Success, b.Spans[len(b.Spans)-1].Failed = "false", true
	f.Full(ms, 40*ms, true)
	require.Equal(t, windmill.OutcomeError, job(t, build(t, b, f), "a").Outcome)
}

func TestLostRace(t *testing.T) {
	b := windmilltest.New(base, 21)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	a := f.Inline("a", 2*ms).Run(10*ms, 100*ms)
	for _, at := range []time.Duration{5 * ms, 6 * ms, 200 * ms} {
		a.Pull(at, at+ms)
		b.Spans[len(b.Spans)-1].Failed, b.Spans[len(b.Spans)-1].StatusMessage = true, "job already completed by another worker"
	}
	f.Full(ms, 150*ms, false)
	r := build(t, b, f)
	require.Equal(t, 90*ms, *job(t, r, "a").Duration)
	require.Equal(t, windmill.OutcomeOK, job(t, r, "a").Outcome)
	require.Equal(t, 3, problems(r)[windmill.ProblemLostRace])
}

// Before Windmill's #8995 a failed job had no status, but success="false" and a description of a status.
func TestFailureWithoutStatus(t *testing.T) {
	for _, lost := range []string{"", "job a", "job_postprocessing a"} {
		b := windmilltest.New(base, 25)
		f := b.Flow("f/x", 0).Pull(ms, 2*ms)
		f.Inline("a", 2*ms).Fail(10*ms, 20*ms, "ValueError", "no rows")
		f.Full(ms, 50*ms, false)
		var kept []windmill.Span
		for _, s := range b.Spans {
			s.Failed = false
			if s.Name != lost {
				kept = append(kept, s)
			}
		}
		r := buildWith(t, f.ID, windmill.Evidence{Spans: kept})
		require.Equal(t, windmill.OutcomeError, r.Outcome, lost)
		require.Contains(t, r.FailedStep.Error, "no rows")
	}
}

// In versions that set no status, a pull that lost a race shows by its end: the result was handled before.
func TestLostRaceWithoutStatus(t *testing.T) {
	b := windmilltest.New(base, 26)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.Inline("a", 2*ms).Run(10*ms, 100*ms).Pull(60*ms, 125*ms)
	f.Inline("b", 105*ms).Run(130*ms, 200*ms)
	f.Full(ms, 250*ms, false)
	r := build(t, b, f)
	require.Equal(t, 90*ms, *job(t, r, "a").Duration)
	require.Equal(t, map[windmill.ProblemKind]int{windmill.ProblemLostRace: 1}, problems(r))
}

// In some versions (about 1.686 to 1.694) every failed `job` span says that another worker completed the job.
func TestEveryFailureSaysItLostARace(t *testing.T) {
	b := windmilltest.New(base, 51)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.Inline("a", 2*ms).Fail(5*ms, 25*ms, "E", "boom")
	claim := func(last int) {
		s := &b.Spans[last]
		s.Failed, s.StatusMessage = true, "job already completed by another worker"
	}
	for i, s := range b.Spans {
		if s.Step == "a" && s.Success == "" {
			claim(i)
		}
	}
	r := build(t, b, f)
	a := job(t, r, "a")
	require.Equal(t, windmill.OutcomeError, a.Outcome)
	require.Equal(t, 20*ms, *a.Duration)
	require.Equal(t, 3*ms, *a.Wait)
	require.NotNil(t, a.Contribution)
	require.Equal(t, "E: boom", a.Error)
	require.Equal(t, "a", r.FailedStep.Path)
	require.Zero(t, problems(r)[windmill.ProblemLostRace])

	// A pull that did lose one stays apart from the pull that did the work.
	f.Inline("b", 30*ms).Run(35*ms, 55*ms)
	second := b.Spans[len(b.Spans)-2]
	second.SpanID, second.Start = "00000000000000aa", second.Start.Add(ms)
	b.Spans = append(b.Spans, second)
	claim(len(b.Spans) - 1)
	r = build(t, b, f)
	require.Equal(t, windmill.OutcomeOK, job(t, r, "b").Outcome)
	require.Equal(t, 20*ms, *job(t, r, "b").Duration)
	require.Equal(t, 1, problems(r)[windmill.ProblemLostRace])
}
