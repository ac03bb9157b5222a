package windmill_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

const (
	ms  = time.Millisecond
	sec = time.Second
)

var base = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// build puts a run together from all spans of a builder.
func build(t *testing.T, b *windmilltest.Builder, root *windmilltest.Job) *windmill.Run {
	t.Helper()
	return buildWith(t, root.ID, windmill.Evidence{Spans: b.Spans})
}

// buildWith puts a run together, asks of it what must always hold, and whether the order of the evidence matters.
func buildWith(t *testing.T, id string, e windmill.Evidence) *windmill.Run {
	t.Helper()
	run := windmill.BuildWith(id, e)
	check(t, run, e)
	shuffled := windmill.Evidence{Spans: slices.Clone(e.Spans), Sightings: slices.Clone(e.Sightings), Now: e.Now}
	shuffled.Spans = append(shuffled.Spans, e.Spans[:len(e.Spans)/2]...) // duplicates too
	random := rand.New(rand.NewPCG(3, 4))
	for range 3 {
		shuffle(random, shuffled)
		require.Equal(t, describe(run), describe(windmill.BuildWith(id, shuffled)), "neither order nor duplicates matter")
	}
	return run
}

func shuffle(random *rand.Rand, e windmill.Evidence) {
	random.Shuffle(len(e.Spans), func(i, j int) { e.Spans[i], e.Spans[j] = e.Spans[j], e.Spans[i] })
	random.Shuffle(len(e.Sightings), func(i, j int) { e.Sightings[i], e.Sightings[j] = e.Sightings[j], e.Sightings[i] })
}

// describe writes down everything of a run that users see.
func describe(r *windmill.Run) []string {
	list := []string{fmt.Sprint(r.ID, r.Start, r.End, r.Outcome, r.Ended, r.Problems)}
	if r.FailedStep != nil {
		list = append(list, "failed "+r.FailedStep.ID)
	}
	for i, row := range rowsOf(r) {
		j := r.Jobs[i]
		list = append(list, row, fmt.Sprint(
			j.ID, j.ParentID, j.RootJob, j.Workspace, j.Step, j.ScriptPath, j.JobKind, j.Language, j.Worker, j.Tag, j.CreatedBy,
			j.TriggerKind, j.Trigger, j.Depth, j.Created, j.ScheduledFor, j.Start, j.End, j.Error, j.TraceID, j.SpanID, j.FromLogs(),
			text(j.Iteration), text(j.Branch), text(j.Attempt), text(j.Transition), text(j.Contribution), text(j.Critical),
		))
	}
	return list
}

func text[T any](v *T) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprint(*v)
}

func rowsOf(r *windmill.Run) []string {
	var list []string
	for _, j := range r.Jobs {
		row := j.Path + " " + string(j.Kind) + " " + string(j.Outcome)
		if j.Duration != nil {
			row += " " + j.Duration.String()
		}
		if j.Wait != nil {
			row += " " + string(j.WaitKind) + " " + j.Wait.String()
		}
		list = append(list, row)
	}
	return list
}

func job(t *testing.T, r *windmill.Run, path string) *windmill.Job {
	t.Helper()
	for _, j := range r.Jobs {
		if j.Path == path {
			return j
		}
	}
	require.Failf(t, "no such job", "%q in %v", path, rowsOf(r))
	return nil
}

func problems(r *windmill.Run) map[windmill.ProblemKind]int {
	m := map[windmill.ProblemKind]int{}
	for _, p := range r.Problems {
		m[p.Kind] = p.Count
	}
	return m
}

func TestPlainRun(t *testing.T) {
	b := windmilltest.New(base, 1)
	r := build(t, b, b.Plain(0))
	require.Equal(t, []string{
		" flow ok 3.17s queue 50ms", "a step ok 1s queue 40ms", "b step ok 2s queue 90ms",
	}, rowsOf(r))
	require.Equal(t, 20*ms, *job(t, r, "a").Transition)
	require.InDelta(t, 1.0/3.17, *job(t, r, "a").Contribution, 1e-9)
	require.InDelta(t, 3.0/3.17, *r.Root.Contribution, 1e-9)
	for _, j := range r.Jobs {
		require.True(t, *j.Critical, j.Path)
	}
	require.True(t, r.Ended)
	require.Empty(t, r.Problems)
	require.Equal(t, 2, r.Steps())
	require.Equal(t, windmill.SpanID(r.ID), r.Root.SpanID, "the run's span is its full_job")
}

func TestParallelLoopAndSubflow(t *testing.T) {
	b := windmilltest.New(base, 2)
	r := build(t, b, b.Nightly(0, 3))
	require.Equal(t, []string{
		" flow ok 3.41s queue 40ms",
		"a step ok 1s queue 50ms",
		"b[0] iteration ok 1.62s queue 40ms", "b[0]/c step ok 500ms queue 40ms", "b[0]/d step ok 1s queue 40ms",
		"b[1] iteration ok 1.62s queue 70ms", "b[1]/c step ok 500ms queue 40ms", "b[1]/d step ok 1s queue 40ms",
		"b[2] iteration ok 1.62s queue 100ms", "b[2]/c step ok 500ms queue 40ms", "b[2]/d step ok 1s queue 40ms",
		"e subflow ok 570ms queue 50ms", "e/x step ok 500ms queue 40ms",
	}, rowsOf(r))
	require.Equal(t, int64(2), *job(t, r, "b[2]").Iteration)
	require.Nil(t, job(t, r, "b[2]/c").Iteration)
	require.False(t, *job(t, r, "b[0]").Critical)
	for _, p := range []string{"", "a", "b[2]", "b[2]/c", "b[2]/d", "e", "e/x"} {
		require.True(t, *job(t, r, p).Critical, p)
	}
	var leaves float64
	for _, j := range r.Jobs {
		if j.Leaf() {
			leaves += *j.Contribution
		}
	}
	require.InDelta(t, *r.Root.Contribution, leaves, 1e-9)
	require.Less(t, leaves, 1.0)
	require.Empty(t, r.Problems)
}

func TestFailureModule(t *testing.T) {
	b := windmilltest.New(base, 3)
	r := build(t, b, b.Rescued(0))
	require.Equal(t, windmill.OutcomeError, r.Outcome)
	require.True(t, r.Root.Handled)
	require.Equal(t, windmill.KindFailure, job(t, r, "failure").Kind)
	require.Equal(t, "b", r.FailedStep.Path)
	require.Equal(t, "ValueError: no rows in input", r.FailedStep.Error)
	require.Equal(t, "b: ValueError: no rows in input", r.Root.Error)
}

func TestFailureModuleThatFails(t *testing.T) {
	b := windmilltest.New(base, 3)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.Inline("a", 2*ms).Fail(10*ms, 20*ms, "E", "a")
	f.Inline("failure", 30*ms).Fail(40*ms, 50*ms, "E", "handler")
	f.Full(ms, 60*ms, true)
	r := build(t, b, f)
	require.Equal(t, windmill.OutcomeError, r.Outcome)
	require.Equal(t, "a", r.FailedStep.Path, "why it failed, not what could not help it")
}

func TestRetries(t *testing.T) {
	b := windmilltest.New(base, 4)
	r := build(t, b, b.Failed(0))
	require.Equal(t, []string{
		" flow error 6.99s queue 30ms", "a step ok 500ms queue 60ms", "b step error 1s queue 90ms", "b#2 step error 290ms retry 5s",
	}, rowsOf(r))
	require.Equal(t, int64(2), *job(t, r, "b#2").Attempt)
	require.Equal(t, "b#2", r.FailedStep.Path)

	f := b.Flow("f/y", 0).Pull(ms, 2*ms)
	f.Inline("a", 2*ms).Fail(10*ms, 20*ms, "E", "once")
	f.Inline("a", 30*ms).Run(1040*ms, 1050*ms)
	f.Full(ms, 1100*ms, false)
	require.Equal(t, windmill.OutcomeOK, build(t, b, f).Outcome, "the last attempt counts")
}

func TestApproval(t *testing.T) {
	b := windmilltest.New(base, 5)
	r := build(t, b, b.Approved(0))
	w := job(t, r, "b")
	require.Equal(t, windmill.WaitApproval, w.WaitKind)
	require.Equal(t, 10*time.Minute+100*ms-620*ms, *w.Wait, "from the end of a's transition to b's start")
	require.Equal(t, windmill.WaitQueue, job(t, r, "a").WaitKind)
}

func TestOvertakenIsNoQueue(t *testing.T) {
	b := windmilltest.New(base, 6)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	one, two := f.Node("l", "branchall", 0, 2*ms).Pull(10*ms, 20*ms), f.Node("l", "branchall", 1, 2*ms).Pull(10*ms, 20*ms)
	one.Inline("late", 30*ms).Run(9*sec, 10*sec) // scheduled for later
	two.Inline("p", 30*ms).Run(40*ms, 3*sec)
	two.Inline("q", 3010*ms).Run(3050*ms, 4*sec) // pushed three seconds after `late`, pulled before it
	f.Full(ms, 11*sec, false)
	r := build(t, b, f)
	require.Equal(t, windmill.WaitUnknown, job(t, r, "l[0]/late").WaitKind, "it slept, was limited, or has a lower priority")
	require.Equal(t, windmill.WaitQueue, job(t, r, "l[1]/q").WaitKind)
	require.Equal(t, windmill.KindBranch, job(t, r, "l[0]").Kind)
	require.Nil(t, job(t, r, "l[0]").Iteration)
}

func TestUnexplainedPause(t *testing.T) {
	b := windmilltest.New(base, 7)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.Inline("a", 2*ms).Run(10*ms, 20*ms)
	f.Inline("b", 5*sec).Run(5050*ms, 6*sec)
	f.Full(ms, 7*sec, false)
	w := job(t, build(t, b, f), "b")
	require.Equal(t, windmill.WaitUnknown, w.WaitKind)
	require.Equal(t, 5050*ms-40*ms, *w.Wait)
}

func TestIDsWithoutTime(t *testing.T) {
	b := windmilltest.New(base, 8)
	f := b.Flow("f/x", 0)
	f.ID = "f0000000-0000-4000-8000-000000000001"
	f.Pull(ms, 2*ms)
	a := f.Inline("a", 0)
	a.ID = "f0000000-0000-4000-8000-000000000002"
	a.Run(100*ms, 200*ms)
	f.Full(ms, 300*ms, false)
	r := build(t, b, f)
	require.Nil(t, r.Root.Wait)
	require.True(t, r.Root.Created.IsZero())
	require.Equal(t, windmill.WaitUnknown, job(t, r, "a").WaitKind)
	require.Equal(t, 99*ms, *job(t, r, "a").Wait)
	require.Equal(t, 2, problems(r)[windmill.ProblemNoCreation])
}

func TestSchedulesPushAhead(t *testing.T) {
	b := windmilltest.New(base, 9)
	f := b.Flow("f/x", -24*time.Hour)
	f.TriggerKind = "schedule"
	f.Pull(0, ms).Full(0, sec, false)
	require.Nil(t, build(t, b, f).Root.Wait)
}

func TestCollapsedLoops(t *testing.T) {
	b := windmilltest.New(base, 10)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	for i := range 3 { // a script by path: no numbers
		at := time.Duration(i) * sec
		f.ByPath("l", "f/lib/s", at+2*ms).Run(at+10*ms, at+500*ms)
	}
	for i := range 2 { // an inline script: numbers in the path
		at := time.Duration(i)*sec + 4*sec
		c := f.Inline("m", at+2*ms)
		c.Path = []string{"f/x/loop-0", "f/x/loop-1"}[i]
		c.Run(at+10*ms, at+500*ms)
	}
	f.Full(ms, 9*sec, false)
	r := build(t, b, f)
	for _, p := range []string{"l[0]", "l[1]", "l[2]", "m[0]", "m[1]"} {
		j := job(t, r, p)
		require.Equal(t, windmill.KindStep, j.Kind)
		require.Equal(t, int64(1), *j.Attempt)
		require.True(t, j.Leaf())
	}
	require.Equal(t, 1, problems(r)[windmill.ProblemCollapsedLoop])
}

func TestOverlapIsNoRetry(t *testing.T) {
	b := windmilltest.New(base, 11)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.ByPath("l", "f/lib/s", 2*ms).Fail(10*ms, sec, "E", "1")
	f.ByPath("l", "f/lib/s", 2*ms).Fail(20*ms, sec, "E", "2")
	f.Full(ms, 2*sec, true)
	r := build(t, b, f)
	require.Equal(t, int64(1), *job(t, r, "l[1]").Iteration)
}

func TestToleratedFailures(t *testing.T) {
	b := windmilltest.New(base, 12)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.Inline("a", 2*ms).Fail(10*ms, 20*ms, "E", "continue_on_error")
	for i := range 2 {
		at := time.Duration(i)*100*ms + 100*ms
		it := f.Node("l", "loop", i, at).Pull(at+ms, at+2*ms)
		if i == 0 {
			it.Inline("c", at+3*ms).Fail(at+5*ms, at+10*ms, "E", "skip_failures")
		} else {
			it.Inline("c", at+3*ms).Run(at+5*ms, at+10*ms)
		}
	}
	f.Full(ms, sec, false)
	r := build(t, b, f)
	require.Equal(t, windmill.OutcomeError, job(t, r, "a").Outcome)
	require.Equal(t, windmill.OutcomeError, job(t, r, "l[0]").Outcome)
	require.Equal(t, windmill.OutcomeOK, r.Outcome, "the flow went on after both")
	require.Nil(t, r.FailedStep)
}

func TestParallelFailureIsNotTolerated(t *testing.T) {
	b := windmilltest.New(base, 13)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	for i := range 2 {
		at := time.Duration(i) * 100 * ms
		it := f.Node("l", "forloop", i, 3*ms).Pull(at+10*ms, at+20*ms)
		if i == 0 {
			it.Inline("c", at+20*ms).Fail(at+30*ms, at+40*ms, "E", "x")
		} else {
			it.Inline("c", at+20*ms).Run(at+30*ms, at+40*ms)
		}
	}
	f.Full(ms, sec, false) // the last step that completed went well
	r := build(t, b, f)
	require.Equal(t, windmill.OutcomeError, r.Outcome, "full_job alone is not believed")
	require.Equal(t, "l[0]/c", r.FailedStep.Path)
}

func TestPartlyFailedBranchesAreForgivenWhenTheFlowWentOn(t *testing.T) {
	for _, plain := range []bool{false, true} {
		b := windmilltest.New(base, 24)
		f := b.Flow("f/x", 0).Pull(ms, 2*ms)
		sub := f.Subflow("n", "f/notify", 2*ms).Pull(3*ms, 4*ms)
		if plain {
			sub.Inline("s", 4*ms).Fail(6*ms, 20*ms, "E", "x")
		} else {
			sub.Node("p", "branchall", 0, 4*ms).Pull(5*ms, 6*ms).Inline("s", 6*ms).Fail(7*ms, 10*ms, "E", "x")
			sub.Node("p", "branchall", 1, 4*ms).Pull(5*ms, 6*ms).Inline("s", 6*ms).Run(7*ms, 20*ms)
		}
		f.Inline("z", 21*ms).Run(25*ms, 30*ms)
		f.Full(ms, 60*ms, false)
		r := build(t, b, f)
		require.Equal(t, windmill.OutcomeOK, r.Outcome)
		want := windmill.OutcomeOK
		if plain {
			want = windmill.OutcomeError
		}
		require.Equal(t, want, job(t, r, "n").Outcome)
	}
}

func TestRunning(t *testing.T) {
	b := windmilltest.New(base, 14)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	first := f.Node("l", "loop", 0, 3*ms).Pull(4*ms, 5*ms)
	first.Inline("c", 5*ms).Run(10*ms, 20*ms)
	second := f.Node("l", "loop", 1, 50*ms).Pull(51*ms, 52*ms)
	second.Inline("c", 52*ms).Run(60*ms, 70*ms)
	r := build(t, b, f)
	require.Equal(t, windmill.OutcomeRunning, r.Outcome)
	require.Equal(t, windmill.OutcomeOK, job(t, r, "l[0]").Outcome, "the next iteration has begun")
	require.Equal(t, windmill.OutcomeRunning, job(t, r, "l[1]").Outcome)
	require.Equal(t, 1, problems(r)[windmill.ProblemNoEnd])
	require.Equal(t, 89*ms, *r.Duration, "so far")
}

func TestCanceled(t *testing.T) {
	b := windmilltest.New(base, 15)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.Inline("a", 2*ms).Fail(10*ms, 20*ms, "Canceled", "Job canceled: no longer needed by bob")
	r := build(t, b, f)
	require.Equal(t, windmill.OutcomeCanceled, job(t, r, "a").Outcome)
	require.Equal(t, windmill.OutcomeCanceled, r.Outcome)
}

func TestStandaloneScript(t *testing.T) {
	b := windmilltest.New(base, 16)
	r := build(t, b, b.Script("f/s", 0).Run(100*ms, 300*ms))
	require.Equal(t, windmill.OutcomeOK, r.Outcome)
	require.Equal(t, windmill.KindStep, r.Root.Kind)
	require.Equal(t, 200*ms, *r.Duration)
	require.InDelta(t, 1, *r.Root.Contribution, 1e-9)
	require.True(t, r.Ended)
}

func TestGapsAndContradictions(t *testing.T) {
	b := windmilltest.New(base, 22)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	lost := f.Node("l", "loop", 0, 2*ms) // never exported
	lost.Inline("c", 3*ms).Run(10*ms, 20*ms)
	one, two := f.Inline("p", 3*ms), f.Inline("q", 3*ms)
	one.Parent, two.Parent = two, one
	one.Run(30*ms, 40*ms)
	two.Run(30*ms, 40*ms)
	b.Plain(0) // another run
	b.Spans = append(b.Spans, windmill.Span{Name: "HTTP GET", JobID: "", Start: base, Duration: sec}, windmill.Span{Name: "my span", JobID: f.ID})
	f.Full(ms, 50*ms, false)
	r := build(t, b, f)
	require.Len(t, r.Jobs, 4)
	require.Same(t, r.Root, job(t, r, "c").Parent)
	got := problems(r)
	require.Equal(t, 1, got[windmill.ProblemNoParent])
	require.Equal(t, 1, got[windmill.ProblemCycle])
	require.Equal(t, 1, got[windmill.ProblemOtherRun])
	for _, p := range r.Problems {
		require.NotEmpty(t, p.Text())
	}
}

func TestNothingSeen(t *testing.T) {
	r := windmill.Build("0199a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b", nil)
	require.Len(t, r.Jobs, 1)
	require.Nil(t, r.Duration)
	require.Equal(t, windmill.OutcomeRunning, r.Outcome)
	require.Equal(t, 1, problems(r)[windmill.ProblemNoRoot])
}

func TestCriticalPathThroughParallelBranches(t *testing.T) {
	b := windmilltest.New(base, 23)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	for i, d := range []time.Duration{100 * ms, 300 * ms, 200 * ms} {
		n := f.Node("p", "branchall", i, 3*ms).Pull(5*ms, 6*ms)
		n.Inline("s", 6*ms).Run(10*ms, 10*ms+d)
	}
	f.Inline("z", 335*ms).Run(340*ms, 400*ms)
	f.Full(ms, 420*ms, false)
	r := build(t, b, f)
	for path, want := range map[string]bool{"": true, "p[0]": false, "p[0]/s": false, "p[1]": true, "p[1]/s": true, "p[2]/s": false, "z": true} {
		require.Equal(t, want, *job(t, r, path).Critical, path)
	}
	// 100 ms of three at once, 100 ms of two, 100 ms of one.
	require.InDelta(t, (100.0/3+100.0/2+100)/419, *job(t, r, "p[1]/s").Contribution, 1e-9)
}
