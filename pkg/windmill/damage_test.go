package windmill_test

import (
	"slices"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

// skewed moves the clock of a worker.
func skewed(b *windmilltest.Builder, worker string, by time.Duration) {
	for i := range b.Spans {
		if b.Spans[i].Worker == worker {
			b.Spans[i].Start = b.Spans[i].Start.Add(by)
		}
	}
}

func TestClocksApart(t *testing.T) {
	b := windmilltest.New(base, 80)
	f := b.Flow("f/x", 0).Pull(5*ms, 10*ms)
	a := f.Inline("a", 8*ms)
	a.Worker = "wk-2"
	a.Fail(20*ms, 40*ms, "E", "continue_on_error")
	f.Inline("b", 45*ms-3*sec).Run(60*ms, 90*ms) // pushed by wk-2, whose clock is three seconds late
	f.Full(5*ms, 110*ms, false)
	skewed(b, "wk-2", -3*sec)
	r := build(t, b, f)
	require.Nil(t, job(t, r, "a").Wait, "it would be negative")
	require.Equal(t, 20*ms, *job(t, r, "a").Duration, "by one clock")
	require.Equal(t, windmill.OutcomeOK, r.Outcome, "b was pushed after a had ended, by the clock of a's worker")
	require.Equal(t, 1, problems(r)[windmill.ProblemSkew])
	for _, p := range r.Problems {
		if p.Kind == windmill.ProblemSkew {
			require.Equal(t, 8*ms-20*ms+3*sec, p.Size, "as far as can be seen")
			require.Contains(t, p.Text(), "2.988s")
		}
	}
	for _, j := range r.Jobs {
		require.True(t, *j.Critical, j.Path)
	}
}

func TestRetriesOnWorkersWithClocksApart(t *testing.T) {
	b := windmilltest.New(base, 81)
	f := b.Flow("f/x", 0).Pull(5*ms, 10*ms)
	f.ByPath("a", "f/lib/a", 8*ms).Fail(20*ms, 2*sec, "E", "x")
	again := f.ByPath("a", "f/lib/a", 2010*ms)
	again.Worker = "wk-2"
	again.Run(2020*ms, 2030*ms)
	f.Full(5*ms, 2060*ms, false)
	skewed(b, "wk-2", -500*ms)
	r := build(t, b, f)
	require.Equal(t, []string{" flow ok 2.055s queue 5ms", "a step error 1.98s queue 12ms", "a#2 step ok 10ms"}, rowsOf(r),
		"it was pushed after the first had failed, so the two did not overlap")
}

func TestClocksThatDifferALittle(t *testing.T) {
	b := windmilltest.New(base, 82)
	f := b.Flow("f/x", 3*ms).Pull(ms, 10*ms)
	f.Full(ms, 20*ms, false)
	require.Equal(t, time.Duration(0), *build(t, b, f).Root.Wait)
	require.Zero(t, problems(build(t, b, f))[windmill.ProblemSkew])
}

// Several runs share the trace of whoever called them, and so do spans of other services.
func TestSharedTrace(t *testing.T) {
	b := windmilltest.New(base, 83)
	const caller = "0af7651916cd43dd8448eb211c80319c"
	var roots []*windmilltest.Job
	for i := range 3 {
		f := b.Flow("f/x", time.Duration(i)*ms).Pull(10*ms, 12*ms)
		f.Inline("a", 12*ms).Run(20*ms, 30*ms)
		f.Subflow("s", "f/sub", 32*ms).Pull(40*ms, 41*ms).Inline("b", 41*ms).Run(50*ms, 60*ms)
		f.Full(10*ms, 80*ms, false)
		roots = append(roots, f)
	}
	for i, s := range b.Spans {
		if s.Name != "full_job" && !slices.Contains([]string{"job_postprocessing a", "job_postprocessing b"}, s.Name) {
			b.Spans[i].TraceID, b.Spans[i].ParentID, b.Spans[i].Service = caller, "b7ad6b7169203331", "anything"
		}
	}
	b.Spans = append(b.Spans, windmill.Span{TraceID: caller, SpanID: "b7ad6b7169203331", Name: "POST /order", Start: base, Duration: sec})
	for _, f := range roots {
		r := build(t, b, f)
		require.Len(t, r.Jobs, 4)
		require.Equal(t, windmill.OutcomeOK, r.Outcome)
		require.Equal(t, map[windmill.ProblemKind]int{windmill.ProblemOtherRun: 2}, problems(r))
	}
	// The sub-flow of one of them was lost: whose step b is can't be known any more.
	lost := slices.DeleteFunc(slices.Clone(b.Spans), func(s windmill.Span) bool { return s.Step == "s" && s.ParentJob == roots[0].ID })
	for _, f := range roots[:2] {
		r := buildWith(t, f.ID, windmill.Evidence{Spans: lost})
		require.Equal(t, 1, problems(r)[windmill.ProblemStray])
		require.False(t, slices.ContainsFunc(r.Jobs, func(j *windmill.Job) bool { return j.Depth == 1 && j.Step == "b" }))
	}
}

func TestALostParentLeavesTheInnermostRoot(t *testing.T) {
	b := windmilltest.New(base, 84)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	sub := f.Subflow("s", "f/sub", 2*ms).Pull(10*ms, 11*ms)
	lost := sub.Node("o", "branchone", 1, 11*ms) // never exported
	lost.Inline("c", 12*ms).Run(20*ms, 30*ms)
	f.Full(ms, 60*ms, false)
	r := build(t, b, f)
	require.Same(t, job(t, r, "s"), job(t, r, "s/c").Parent)
	require.Equal(t, 1, problems(r)[windmill.ProblemNoParent])
}

func TestCyclesAreCutInOnePlace(t *testing.T) {
	b := windmilltest.New(base, 85)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	var ring []*windmilltest.Job
	for i := range 5 {
		ring = append(ring, f.Inline(string(rune('a'+i)), time.Duration(i+2)*ms))
	}
	for i, j := range ring {
		j.Parent, j.Root = ring[(i+1)%len(ring)], nil
		j.Run(10*ms, 20*ms)
	}
	ring[2].Inline("below", 15*ms).Run(16*ms, 18*ms)
	own := f.Inline("own", 9*ms)
	own.Parent = own
	own.Run(10*ms, 20*ms)
	r := build(t, b, f)
	require.Len(t, r.Jobs, 8)
	require.Equal(t, 2, problems(r)[windmill.ProblemCycle])
	require.Same(t, r.Root, job(t, r, "a").Parent)
}

func TestUnseenIterations(t *testing.T) {
	b := windmilltest.New(base, 86)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	for _, i := range []int{0, 1, 4} {
		f.Node("l", "forloop", i, 3*ms).Pull(10*ms, 11*ms).Inline("c", 11*ms).Run(20*ms, 30*ms)
	}
	f.Node("p", "branchall", 3, 60*ms).Pull(61*ms, 62*ms).Inline("d", 62*ms).Run(63*ms, 70*ms) // empty branches make no job
	require.Zero(t, problems(build(t, b, f))[windmill.ProblemIterations], "they may be at work")
	f.Full(ms, 99*ms, false)
	require.Equal(t, 2, problems(build(t, b, f))[windmill.ProblemIterations])
}

// A copy of a span that a search cut short does not hide what the whole one says.
func TestCopiesCompleteEachOther(t *testing.T) {
	b := windmilltest.New(base, 87)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.Inline("a", 2*ms).Fail(10*ms, 20*ms, "E", "x")
	f.Full(ms, 50*ms, true)
	whole := slices.Clone(b.Spans)
	var bare []windmill.Span
	for _, s := range b.Spans {
		s.Worker, s.Language, s.Tag, s.CreatedBy = "", "", "", ""
		bare = append(bare, s)
	}
	r := buildWith(t, f.ID, windmill.Evidence{Spans: append(bare, whole...)})
	require.Equal(t, describe(buildWith(t, f.ID, windmill.Evidence{Spans: whole})), describe(r))
	require.Equal(t, "alice", r.Root.CreatedBy)
}

func TestATraceCutOff(t *testing.T) {
	b := windmilltest.New(base, 88)
	root := b.Nightly(0, 5)
	for keep := range len(b.Spans) {
		buildWith(t, root.ID, windmill.Evidence{Spans: b.Spans[:keep], Now: base.Add(time.Hour)})
		buildWith(t, root.ID, windmill.Evidence{Spans: b.Spans[keep:], Now: base.Add(time.Hour)})
	}
}

func TestOnlyALostRaceIsLeft(t *testing.T) {
	b := windmilltest.New(base, 89)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.Inline("a", 2*ms).Pull(10*ms, 20*ms)
	last := &b.Spans[len(b.Spans)-1]
	last.Failed, last.StatusMessage = true, "job already completed by another worker"
	require.Equal(t, windmill.OutcomeRunning, job(t, build(t, b, f), "a").Outcome)
	f.Full(ms, 60*ms, false)
	r := build(t, b, f)
	require.Equal(t, windmill.OutcomeOK, job(t, r, "a").Outcome)
	require.Equal(t, 1, problems(r)[windmill.ProblemNoResult])
}

// Three workers whose clocks are seconds apart take turns: what came after what shows in the transitions.
func TestOrderWhereClocksDisagree(t *testing.T) {
	offsets := map[string]time.Duration{"wk-1": 0, "wk-2": -3 * sec, "wk-3": 2 * sec}
	b := windmilltest.New(base, 90)
	f := b.Flow("f/x", 0).Pull(5*ms, 10*ms)
	pushed := 8 * ms // by the clock of wk-1
	for i, step := range []string{"a", "b", "b", "b", "c"} {
		worker := []string{"wk-1", "wk-3", "wk-2", "wk-3", "wk-2"}[i]
		begin := time.Duration(i)*100*ms + 20*ms
		j := f.ByPath(step, "f/lib/"+step, pushed)
		j.Worker = worker
		if step == "b" && i < 3 {
			j.Fail(begin, begin+50*ms, "E", "x")
		} else {
			j.Run(begin, begin+50*ms)
		}
		pushed = begin + 60*ms + offsets[worker] // within its transition, by its clock
	}
	f.Full(5*ms, 500*ms, false)
	for worker, by := range offsets {
		skewed(b, worker, by)
	}
	r := build(t, b, f)
	var paths []string
	for _, j := range r.Jobs[1:] {
		paths = append(paths, j.Path+" "+string(j.Outcome))
	}
	require.Equal(t, []string{"a ok", "b error", "b#2 error", "b#3 ok", "c ok"}, paths)
	require.Positive(t, problems(r)[windmill.ProblemSkew])
	require.Equal(t, windmill.OutcomeOK, r.Outcome)
}
