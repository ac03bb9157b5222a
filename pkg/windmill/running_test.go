package windmill_test

import (
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

func TestJobsAtWorkAreKnownFromLogs(t *testing.T) {
	b := windmilltest.New(base, 50)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	a := f.Inline("a", 2*ms).Run(10*ms, 20*ms)
	one, two, three := f.Node("l", "forloop", 0, 21*ms), f.Node("l", "forloop", 1, 22*ms), f.Node("l", "forloop", 2, 23*ms)
	one.Pull(30*ms, 31*ms)
	c := one.Inline("c", 31*ms)
	f.Fetched(ms, 0).Pushed(2*ms, a)
	f.Pushed(24*ms, one, two, three)
	one.Fetched(30*ms, 21*ms).Pushed(31*ms, c)
	c.Fetched(40*ms, 31*ms) // at work
	two.Fetched(50*ms, 22*ms)
	r := buildWith(t, f.ID, b.Evidence(10*sec))
	require.Equal(t, []string{
		" flow running 9.999s queue 1ms", "a step ok 10ms queue 8ms",
		"l[0] iteration running 9.97s queue 9ms", "l[0]/job unknown running 9.96s queue 9ms",
		"l[1] iteration running 9.95s queue 28ms", "l[2] iteration running queue 9.977s",
	}, rowsOf(r))
	require.True(t, job(t, r, "l[2]").Start.IsZero(), "waits for a worker")
	require.Equal(t, map[windmill.ProblemKind]int{windmill.ProblemInFlight: 3, windmill.ProblemNoEndLogged: 1}, problems(r))
	require.InDelta(t, 9.96/9.999, *job(t, r, "l[0]/job").Contribution, 1e-9)

	spans := buildWith(t, f.ID, windmill.Evidence{Spans: b.Spans, Now: base.Add(10 * sec)})
	require.Equal(t, map[windmill.ProblemKind]int{windmill.ProblemNoEnd: 1}, problems(spans), "without log lines that is said")
	require.Len(t, spans.Jobs, 3)
}

// Jobs of one push are numbered in its order only when a sibling shows how.
func TestSiblingsAreNotInvented(t *testing.T) {
	b := windmilltest.New(base, 59)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	one, two := f.Node("l", "forloop", 0, 21*ms), f.Node("l", "forloop", 1, 22*ms)
	f.Pushed(24*ms, one, two)
	rows := rowsOf(buildWith(t, f.ID, b.Evidence(sec)))
	require.Equal(t, []string{" flow running 999ms queue 1ms", "job unknown running queue 979ms", "job unknown running queue 978ms"}, rows)
}

func TestARunThatHasJustBegun(t *testing.T) {
	b := windmilltest.New(base, 51)
	f := b.Flow("f/x", 0).Fetched(50*ms, 0)
	r := buildWith(t, f.ID, b.Evidence(sec))
	require.Equal(t, []string{" flow running 950ms queue 50ms"}, rowsOf(r))
	require.Equal(t, 1, problems(r)[windmill.ProblemInFlight])

	s := b.Script("f/s", 0).Fetched(50*ms, 0)
	e := b.Evidence(sec)
	e.Sightings[1].Language, e.Sightings[1].ScriptPath, e.Sightings[1].Worker = "python3", "f/s", "wk-7"
	r = buildWith(t, s.ID, e)
	require.Equal(t, []string{" step running 950ms queue 50ms"}, rowsOf(r))
	require.Equal(t, "wk-7", r.Root.Worker)
	require.False(t, r.Ended)
}

func TestTagsOfLogLinesNameTheStep(t *testing.T) {
	b := windmilltest.New(base, 52)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	a := f.Inline("a", 2*ms).Fetched(10*ms, 2*ms)
	e := b.Evidence(sec)
	s := &e.Sightings[0]
	s.Step, s.ParentJob, s.ScriptPath, s.Language, s.JobKind = "a", f.ID, "f/x/a", "bun", "flowscript"
	r := buildWith(t, f.ID, e)
	require.Equal(t, []string{" flow running 999ms queue 1ms", "a step running 990ms queue 8ms"}, rowsOf(r))
	require.Equal(t, a.ID, r.Jobs[1].ID)
}

// Log lines of jobs whose spans are late or lost make nothing run that has ended.
func TestStraySightings(t *testing.T) {
	b := windmilltest.New(base, 53)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	lost := f.Inline("a", 2*ms).Fetched(10*ms, 2*ms)
	f.Pushed(2*ms, lost)
	it := f.Node("l", "loop", 0, 30*ms).Fetched(31*ms, 30*ms) // its span is lost, that of its step is not
	f.Pushed(30*ms, it)
	it.Inline("c", 32*ms).Run(40*ms, 50*ms)
	b.Script("f/other", 0).Fetched(20*ms, 0) // another run
	r := buildWith(t, f.ID, b.Evidence(sec))
	require.Equal(t, windmill.OutcomeRunning, r.Outcome)
	require.Len(t, r.Jobs, 3, "what comes after a has been seen, so a has ended")
	require.Equal(t, 1, problems(r)[windmill.ProblemOnlyLogged])

	f.Full(ms, 80*ms, false)
	r = buildWith(t, f.ID, b.Evidence(sec))
	require.Equal(t, windmill.OutcomeOK, r.Outcome)
	require.Equal(t, 79*ms, *r.Duration)
	require.Len(t, r.Jobs, 3)
	require.Equal(t, it.ID, job(t, r, "job/c").Parent.ID, "the log line holds them together")
	require.Equal(t, map[windmill.ProblemKind]int{windmill.ProblemOnlyLogged: 1}, problems(r))
}

func TestAStepRunsAfterAFailure(t *testing.T) {
	b := windmilltest.New(base, 54)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.Inline("a", 2*ms).Fail(10*ms, 20*ms, "E", "x")
	again := f.Inline("a", 21*ms)
	f.Pushed(22*ms, again)
	require.Equal(t, windmill.OutcomeError, build(t, b, f).Outcome, "from spans alone")
	r := buildWith(t, f.ID, b.Evidence(sec))
	require.Equal(t, windmill.OutcomeRunning, r.Outcome, "a retry or a failure module is on its way")
	require.Equal(t, 979*ms, *r.Jobs[2].Wait)
}

// A retry may be on its way, so a failure without an end counts only when nothing follows it for a while.
func TestAFailureSettles(t *testing.T) {
	b := windmilltest.New(base, 60)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.Inline("a", 2*ms).Fail(10*ms, 20*ms, "E", "x")
	for now, want := range map[time.Duration]windmill.Outcome{
		10 * sec: windmill.OutcomeRunning, 10 * time.Minute: windmill.OutcomeError,
	} {
		require.Equal(t, want, buildWith(t, f.ID, b.Evidence(now)).Outcome)
	}
	require.Equal(t, windmill.OutcomeError, build(t, b, f).Outcome, "nobody says what time it is")
	f.Full(ms, 60*ms, true)
	require.Equal(t, windmill.OutcomeError, buildWith(t, f.ID, b.Evidence(10*sec)).Outcome, "it has ended")
}

func TestScheduledForTellsSleepFromQueue(t *testing.T) {
	b := windmilltest.New(base, 55)
	f := b.Flow("f/x", 0)
	f.TriggerKind = "schedule"
	f.Fetched(10*sec, 10*sec-40*ms).Pull(10*sec, 10*sec+2*ms)
	at := 10*sec + 2*ms
	f.Inline("a", at).Fetched(at+8*ms, at).Run(at+8*ms, at+18*ms)
	f.Inline("b", at+20*ms).Fetched(at+3030*ms, at+3020*ms).Run(at+3030*ms, at+3040*ms)   // slept for 3 s
	f.Inline("c", at+3050*ms).Fetched(at+6050*ms, at+3050*ms).Run(at+6050*ms, at+6060*ms) // no worker for 3 s
	f.Inline("d", at+6070*ms).Waited(at+9070*ms, 100*ms).Run(at+9070*ms, at+9080*ms)      // waited 100 ms for a worker, slept before
	f.Inline("e", at+9090*ms).Waited(at+12090*ms, 3*sec).Run(at+12090*ms, at+12100*ms)    // waited all the time
	f.Inline("g", at+12110*ms).Run(at+15110*ms, at+15120*ms)                              // nobody says
	f.Full(10*sec, at+16*sec, false)
	r := buildWith(t, f.ID, b.Evidence(time.Minute))
	require.Equal(t, []string{
		" flow ok 16.002s queue 40ms", "a step ok 10ms queue 8ms", "b step ok 10ms sleep 3.01s", "c step ok 10ms queue 3s",
		"d step ok 10ms sleep 3s", "e step ok 10ms queue 3s", "g step ok 10ms queue 3s",
	}, rowsOf(r))
	require.Equal(t, map[windmill.ProblemKind]int{windmill.ProblemQueueOrSleep: 1}, problems(r))
	require.Equal(t, 4, problems(build(t, b, f))[windmill.ProblemQueueOrSleep]-1, "without log lines all are guesses")
}

func TestIDsWithoutTimeWaitFromTheirSchedule(t *testing.T) {
	b := windmilltest.New(base, 56)
	f := b.Flow("f/x", 0)
	f.ID = "f0000000-0000-4000-8000-000000000001"
	f.Fetched(100*ms, 60*ms).Pull(100*ms, 102*ms)
	f.Full(100*ms, 300*ms, false)
	require.Equal(t, []string{" flow ok 200ms queue 40ms"}, rowsOf(buildWith(t, f.ID, b.Evidence(sec))))
}

// A workflow as code, or a job whose worker died, is at work again although spans of it are there.
func TestPulledAgain(t *testing.T) {
	b := windmilltest.New(base, 57)
	s := b.Script("f/wac", 0).Fetched(100*ms, 0).Pull(100*ms, 200*ms)
	s.Task("f/task", 150*ms).Run(250*ms, 400*ms)
	s.Fetched(500*ms, 0)
	r := buildWith(t, s.ID, b.Evidence(sec))
	require.Equal(t, []string{" step running 900ms queue 100ms", "task launched ok 150ms queue 100ms"}, rowsOf(r))
	s.Pull(500*ms, 600*ms).Post(600*ms, 620*ms)
	require.Equal(t, windmill.OutcomeOK, buildWith(t, s.ID, b.Evidence(sec)).Outcome)
}

func TestSilence(t *testing.T) {
	b := windmilltest.New(base, 58)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	f.Inline("a", 2*ms).Run(10*ms, 20*ms)
	r := buildWith(t, f.ID, b.Evidence(26*time.Hour))
	require.Equal(t, windmill.OutcomeRunning, r.Outcome)
	require.Equal(t, 39*ms, *r.Duration, "nothing is known to be at work")
	require.Equal(t, 1, problems(r)[windmill.ProblemSilent])
	for _, p := range r.Problems {
		if p.Kind == windmill.ProblemSilent {
			require.Contains(t, p.Text(), "26h0m0s")
		}
	}
	require.Zero(t, problems(buildWith(t, f.ID, b.Evidence(10*time.Minute)))[windmill.ProblemSilent])
}
