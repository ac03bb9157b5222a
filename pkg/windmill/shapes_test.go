package windmill_test

import (
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

func TestSubflowsThreeDeep(t *testing.T) {
	b := windmilltest.New(base, 30)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	one := f.Subflow("a", "f/one", 2*ms).Pull(10*ms, 11*ms)
	two := one.Subflow("b", "f/two", 11*ms).Pull(20*ms, 21*ms)
	three := two.Subflow("c", "f/three", 21*ms).Pull(30*ms, 31*ms)
	three.ByPath("d", "hub/1/slack/send", 31*ms).Run(40*ms, 140*ms)
	f.Inline("z", 150*ms).Run(155*ms, 165*ms)
	f.Full(ms, 190*ms, false)
	r := build(t, b, f)
	require.Equal(t, []string{
		" flow ok 189ms queue 1ms", "a subflow ok 150ms queue 8ms", "a/b subflow ok 140ms queue 9ms",
		"a/b/c subflow ok 130ms queue 9ms", "a/b/c/d step ok 100ms queue 9ms", "z step ok 10ms queue 5ms",
	}, rowsOf(r))
	require.Equal(t, 4, job(t, r, "a/b/c/d").Depth)
	require.Empty(t, r.Problems)
}

func TestNestedLoopsAndBranches(t *testing.T) {
	b := windmilltest.New(base, 31)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	for i := range 2 { // a while loop: as a sequential one
		at := time.Duration(i)*100*ms + 2*ms
		it := f.Node("w", "loop", i, at).Pull(at+ms, at+2*ms)
		br := it.Node("o", "branchone", 1-i, at+2*ms).Pull(at+3*ms, at+4*ms)
		br.Inline("s", at+4*ms).Run(at+5*ms, at+50*ms)
	}
	par := f.Node("p", "forloop", 0, 210*ms).Pull(220*ms, 221*ms)
	par.Node("q", "branchall", 0, 221*ms).Pull(225*ms, 226*ms).Inline("t", 226*ms).Run(230*ms, 300*ms)
	f.Full(ms, 330*ms, false)
	r := build(t, b, f)
	require.Equal(t, []string{
		" flow ok 329ms queue 1ms",
		"w[0] iteration ok 69ms queue 1ms", "w[0]/o[1] branch ok 67ms queue 1ms", "w[0]/o[1]/s step ok 45ms queue 1ms",
		"w[1] iteration ok 69ms queue 1ms", "w[1]/o[0] branch ok 67ms queue 1ms", "w[1]/o[0]/s step ok 45ms queue 1ms",
		"p[0] iteration ok 100ms queue 10ms", "p[0]/q[0] branch ok 95ms queue 4ms", "p[0]/q[0]/t step ok 70ms queue 4ms",
	}, rowsOf(r))
	require.Equal(t, "f/x/loop-1/branchone-0/s", job(t, r, "w[1]/o[0]/s").ScriptPath)
	require.Empty(t, r.Problems)
}

func TestPreviewAndModules(t *testing.T) {
	b := windmilltest.New(base, 32)
	f := b.Flow("f/x", 0)
	f.Kind = "flowpreview"
	f.Pull(ms, 2*ms)
	f.Inline("preprocessor", 2*ms).Run(3*ms, 4*ms)
	a := f.Inline("a", 10*ms)
	a.Kind = "preview"
	a.Run(30*ms, 40*ms)
	it := f.Node("l", "loop", 0, 50*ms)
	it.Kind = "flowpreview"
	it.Pull(61*ms, 62*ms)
	it.Inline("c", 62*ms).Fail(65*ms, 70*ms, "E", "x")
	it.Inline("failure-1-0", 80*ms).Run(91*ms, 95*ms) // of a loop that is not deployed
	f.Inline("failure", 96*ms).Run(116*ms, 120*ms)
	f.Full(ms, 140*ms, false)
	r := build(t, b, f)
	require.Equal(t, []string{
		" flow error 139ms queue 1ms", "preprocessor preprocessor ok 1ms queue 1ms", "a step ok 10ms queue 20ms",
		"l[0] iteration error 54ms queue 11ms", "l[0]/c step error 5ms queue 3ms", "l[0]/failure-1-0 failure ok 4ms queue 11ms",
		"failure failure ok 4ms queue 20ms",
	}, rowsOf(r))
	require.Equal(t, "l[0]/c", r.FailedStep.Path)
	require.True(t, r.Root.Handled)
	require.True(t, job(t, r, "l[0]").Handled)
	require.Equal(t, map[windmill.ProblemKind]int{windmill.ProblemHandled: 2}, problems(r))
}

// A flow whose failure module ran well has failed, also for the flow above, unless that went on.
func TestHandledInside(t *testing.T) {
	for _, goesOn := range []bool{false, true} {
		b := windmilltest.New(base, 33)
		f := b.Flow("f/x", 0).Pull(ms, 2*ms)
		sub := f.Subflow("n", "f/sub", 2*ms).Pull(3*ms, 4*ms)
		sub.Inline("s", 4*ms).Fail(6*ms, 20*ms, "E", "x")
		sub.Inline("failure", 21*ms).Run(25*ms, 30*ms)
		if goesOn {
			f.Inline("z", 31*ms).Run(40*ms, 45*ms)
		}
		f.Full(ms, 66*ms, false)
		r := build(t, b, f)
		require.Equal(t, windmill.OutcomeError, job(t, r, "n").Outcome)
		require.True(t, job(t, r, "n").Handled)
		require.False(t, r.Root.Handled)
		if goesOn {
			require.Equal(t, windmill.OutcomeOK, r.Outcome)
			require.Equal(t, map[windmill.ProblemKind]int{windmill.ProblemHandled: 1}, problems(r))
			continue
		}
		require.Equal(t, windmill.OutcomeError, r.Outcome)
		require.Equal(t, "n/s", r.FailedStep.Path)
		require.Equal(t, "s: E: x", r.Root.Error)
		require.Equal(t, 1, problems(r)[windmill.ProblemHandled], "it is a guess")
	}
}

func TestSingleStepFlow(t *testing.T) {
	b := windmilltest.New(base, 34)
	f := b.Flow("f/lib/s", 0)
	f.Kind, f.TriggerKind = "singlestepflow", "schedule"
	f.Pull(ms, 2*ms)
	f.ByPath("a", "f/lib/s", 2*ms).Fail(10*ms, 20*ms, "E", "once")
	f.ByPath("a", "f/lib/s", 30*ms).Run(5040*ms, 5050*ms)
	f.Full(ms, 5070*ms, false)
	require.Equal(t, []string{" flow ok 5.069s", "a step error 10ms queue 8ms", "a#2 step ok 10ms retry 5.01s"}, rowsOf(build(t, b, f)))
}

// A workflow as code is one job that is pulled again each time that its tasks have ended.
func TestWorkflowAsCode(t *testing.T) {
	b := windmilltest.New(base, 35)
	s := b.Script("f/wac", 0).Pull(100*ms, 200*ms)
	s.Task("f/task", 150*ms).Run(250*ms, 400*ms)
	r := build(t, b, s)
	require.Equal(t, windmill.OutcomeRunning, r.Outcome, "no result was handled yet")
	require.False(t, r.Ended)
	s.Pull(500*ms, 600*ms).Post(600*ms, 620*ms)
	r = build(t, b, s)
	require.Equal(t, []string{" step ok 500ms queue 100ms", "task launched ok 150ms queue 100ms"}, rowsOf(r))
	require.InDelta(t, 0.35/0.5, *r.Root.Contribution, 1e-9, "between its pulls it did not work")
	require.InDelta(t, 0.15/0.5, *job(t, r, "task").Contribution, 1e-9)
	require.True(t, r.Ended)
	require.Empty(t, r.Problems)
}

// A worker died and another took over; or the same job is tried again: the last pull decides.
func TestRestartedJob(t *testing.T) {
	b := windmilltest.New(base, 36)
	s := b.Script("f/s", 0).Fail(100*ms, 200*ms, "E", "first").Run(1200*ms, 1300*ms)
	r := build(t, b, s)
	require.Equal(t, []string{" step ok 1.2s queue 100ms"}, rowsOf(r))
	require.Empty(t, r.Root.Error)
	require.InDelta(t, 0.2/1.2, *r.Root.Contribution, 1e-9)
	s.Fail(2*sec, 3*sec, "E", "last")
	r = build(t, b, s)
	require.Equal(t, windmill.OutcomeError, r.Outcome)
	require.Equal(t, "E: last", r.Root.Error)
}

// A flow that was pulled twice before anything ran was restarted: nobody approved anything, and nothing says why it
// took so long.
func TestRestartedFlowIsNoApproval(t *testing.T) {
	b := windmilltest.New(base, 37)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms).Pull(10*sec, 10*sec+2*ms)
	f.Inline("a", 10*sec+ms).Run(10*sec+10*ms, 11*sec)
	f.Full(ms, 11*sec+20*ms, false)
	require.Equal(t, windmill.WaitUnknown, job(t, build(t, b, f), "a").WaitKind)
}

func TestDependencyJobsAreLeftOut(t *testing.T) {
	b := windmilltest.New(base, 38)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	a := f.Inline("a", 2*ms)
	a.Run(10*ms, 20*ms)
	lock := a.Task("f/x/a", 11*ms)
	lock.Kind = "dependencies"
	lock.Run(12*ms, 15*ms)
	f.Full(ms, 50*ms, false)
	r := build(t, b, f)
	require.Len(t, r.Jobs, 2)
	require.Equal(t, map[windmill.ProblemKind]int{windmill.ProblemOwnWork: 1}, problems(r))
}

func TestSameWorkerLeavesNoGaps(t *testing.T) {
	b := windmilltest.New(base, 39)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.Inline("a", 2*ms).Run(2*ms, 10*ms)
	f.Inline("b", 11*ms).Run(11*ms, 20*ms) // pushed within a's transition and taken at once
	f.Full(ms, 40*ms, false)
	require.Equal(t, []string{" flow ok 39ms queue 1ms", "a step ok 8ms queue 0s", "b step ok 9ms queue 0s"}, rowsOf(build(t, b, f)))
}

// The branches of a branchall may run one after another; then the next one shows that a failure was tolerated.
func TestSequentialBranchesGoOn(t *testing.T) {
	b := windmilltest.New(base, 40)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.Node("p", "branchall", 0, 2*ms).Pull(3*ms, 4*ms).Inline("s", 4*ms).Fail(6*ms, 10*ms, "E", "skip_failure")
	f.Node("p", "branchall", 1, 12*ms).Pull(13*ms, 14*ms).Inline("t", 14*ms).Run(16*ms, 20*ms)
	f.Full(ms, 60*ms, false)
	require.Equal(t, windmill.OutcomeOK, build(t, b, f).Outcome)
}

// A flow that has nothing to run ends within its own pull, in which the flow above pushes the next job.
func TestEmptySubflowsEndInTheirPull(t *testing.T) {
	b := windmilltest.New(base, 41)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.Subflow("n", "f/empty", 2*ms).Pull(10*sec, 10*sec+9*ms)
	f.Inline("z", 10*sec+5*ms).Run(10*sec+20*ms, 11*sec)
	f.Full(ms, 12*sec, false)
	z := job(t, build(t, b, f), "z")
	require.Equal(t, windmill.WaitQueue, z.WaitKind)
	require.Equal(t, 15*ms, *z.Wait)
}
