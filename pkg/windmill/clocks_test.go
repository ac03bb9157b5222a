package windmill_test

import (
	"slices"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

// turns is a step with three attempts, the second of which ran on a worker whose clock is three seconds behind.
func turns(b *windmilltest.Builder) *windmilltest.Job {
	f := b.Flow("f/x", 0).Pull(5*ms, 10*ms)
	f.ByPath("a", "f/lib/a", 8*ms).Fail(20*ms, sec, "E", "x")
	second := f.ByPath("a", "f/lib/a", sec+5*ms)
	second.Worker = "wk-2"
	second.Fail(1020*ms, 2*sec, "E", "x")
	third := f.ByPath("a", "f/lib/a", 2*sec+5*ms-3*sec) // pushed by wk-2
	third.Run(2020*ms, 3*sec)
	f.Full(5*ms, 3100*ms, false)
	skewed(b, "wk-2", -3*sec)
	return f
}

// attemptsOf are the attempts of a run, each with its worker, in the order in which they are numbered.
func attemptsOf(r *windmill.Run) (list []string, guessed bool) {
	for _, j := range r.Jobs[1:] {
		list = append(list, j.Path+" "+j.Worker+" "+string(j.Outcome))
		guessed = guessed || j.Guessed
	}
	return list, guessed
}

func without(spans []windmill.Span, lost func(windmill.Span) bool) []windmill.Span {
	return slices.DeleteFunc(slices.Clone(spans), lost)
}

// The transitions that pushed the second and the third attempt are lost: what they pushed still has the time of
// their clocks.
func TestOrderOfAttemptsWithoutTransitions(t *testing.T) {
	b := windmilltest.New(base, 91)
	f := turns(b)
	spans := without(b.Spans, func(s windmill.Span) bool { return s.Success == "false" })
	r := buildWith(t, f.ID, windmill.Evidence{Spans: spans})
	list, guessed := attemptsOf(r)
	require.Equal(t, []string{"a wk-1 error", "a#2 wk-2 error", "a#3 wk-1 ok"}, list)
	require.False(t, guessed)
	require.Zero(t, problems(r)[windmill.ProblemOrder])
}

// The first attempt is lost as a whole: nothing bounds the clock of the second's worker from one side.
func TestOrderOfAttemptsThatIsAGuess(t *testing.T) {
	b := windmilltest.New(base, 92)
	f := turns(b)
	spans := without(b.Spans, func(s windmill.Span) bool {
		return s.Success == "false" || s.Worker == "wk-1" && s.Step == "a" && s.Failed || s.Worker == "wk-2" && s.Duration > 0 && s.Success != ""
	})
	for i := range spans {
		if spans[i].Worker == "wk-2" {
			spans[i].Start = spans[i].Start.Add(-2 * sec) // the third was not pushed just after it, by that clock
		}
	}
	r := buildWith(t, f.ID, windmill.Evidence{Spans: spans})
	list, guessed := attemptsOf(r)
	require.Equal(t, []string{"a wk-2 error", "a#2 wk-1 ok"}, list, "what went well was the last")
	require.True(t, guessed)
	require.Equal(t, 1, problems(r)[windmill.ProblemOrder])
}

// A result that was lost may have been a failure: then nothing tells attempts from iterations.
func TestAttemptsOrIterationsIsAGuess(t *testing.T) {
	b := windmilltest.New(base, 93)
	f := b.Flow("f/x", 0).Pull(5*ms, 10*ms)
	f.ByPath("a", "f/lib/a", 8*ms).Pull(20*ms, sec)
	f.ByPath("a", "f/lib/a", sec+5*ms).Run(1020*ms, 2*sec)
	f.Full(5*ms, 2100*ms, false)
	r := build(t, b, f)
	list, guessed := attemptsOf(r)
	require.Equal(t, []string{"a[0] wk-1 ok", "a[1] wk-1 ok"}, list)
	require.True(t, guessed)
	require.Equal(t, 1, problems(r)[windmill.ProblemOrder])
}

// Bounds are found for as many clocks as there are, and for more than are worth it nothing is known.
func TestManyClocks(t *testing.T) {
	for _, workers := range []int{150, 250} {
		b := windmilltest.New(base, 94)
		f := b.Flow("f/x", 0).Pull(5*ms, 10*ms)
		for i := range workers {
			at := time.Duration(i) * 10 * ms
			pushed := at + 8*ms
			if i == 1 {
				pushed -= 30 * ms // by wk-aa
			}
			j := f.ByPath("l", "f/lib/a", pushed)
			j.Worker = "wk-" + string(rune('a'+i%26)) + string(rune('a'+i/26))
			j.Pull(at+9*ms, at+12*ms)
			j.Post(at+12*ms, at+19*ms)
		}
		f.Full(5*ms, 10*sec, false)
		skewed(b, "wk-aa", -30*ms)
		r := build(t, b, f)
		require.Positive(t, problems(r)[windmill.ProblemSkew])
		_, guessed := attemptsOf(r)
		require.Equal(t, workers > 200, guessed)
	}
}
