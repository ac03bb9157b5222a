package flowstep

import (
	"fmt"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

var base = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func f(v float64) *float64 { return &v }

func nightly(n int) *windmill.Run {
	b := windmilltest.New(base, 1)
	return windmill.Build(b.Nightly(0, n).ID, b.Spans)
}

func TestKeys(t *testing.T) {
	require.Equal(t, []Key{
		{"demo", "f/etl/nightly", "", false}, {"demo", "f/etl/nightly/a", "a", false}, {"demo", "f/etl/nightly", "c", false},
		{"demo", "f/lib/store", "d", false}, {"demo", "f/etl/publish/x", "x", false},
	}, Keys(nightly(3)), "iterations are folded, containers have none")
}

// A script by itself has a key of its own, and so has each attempt of it. A workflow as code has none: its spans are
// pulls.
func TestKeysOfScripts(t *testing.T) {
	script := Key{"demo", "f/s", "", true}
	b := windmilltest.New(base, 3)
	s := b.Script("f/s", 0)
	s.Fail(20*time.Millisecond, time.Second, "Timeout", "no answer")
	s.Again(time.Second+10*time.Millisecond).Run(4*time.Second, 5*time.Second)
	retried := windmill.Build(s.ID, b.Spans)
	require.Equal(t, []Key{script}, Keys(retried))
	rows := Steps(retried, retried.Jobs, Baselines{script: {P50: f(1), P95: f(2), Count: 9}})
	require.Equal(t, []string{"normal", "normal"}, []string{rows[0].Verdict, rows[1].Verdict})
	row := RunRowOf(retried, true, Baselines{script: {P50: f(1), P95: f(2), Count: 9}})
	require.Equal(t, 1.0, *row.BaselineP50)
	require.Nil(t, row.Ratio, "the run lasted two attempts")
	require.Nil(t, row.Error)

	b = windmilltest.New(base, 4)
	w := b.Script("f/wac", 0).Pull(20*time.Millisecond, 100*time.Millisecond)
	w.Task("f/task", 90*time.Millisecond).Run(200*time.Millisecond, time.Second)
	w.Run(1100*time.Millisecond, 1200*time.Millisecond)
	require.Empty(t, Keys(windmill.Build(w.ID, b.Spans)))
}

func TestVerdicts(t *testing.T) {
	second := time.Second
	for _, c := range []struct {
		d        *time.Duration
		b        Baseline
		ratio    *float64
		expected Verdict
	}{
		{nil, Baseline{P50: f(1), P95: f(2), Count: 9}, nil, Unknown},
		{&second, Baseline{Count: 9}, nil, Unknown},
		{&second, Baseline{P50: f(0), Count: 9}, nil, Unknown},
		{&second, Baseline{P50: f(0.1), P95: f(0.2), Count: 4.9}, f(10), Unknown},
		{&second, Baseline{P50: f(0.9), P95: f(0.99), Count: 5}, f(1 / 0.9), Slow},
		{&second, Baseline{P50: f(0.5), P95: f(3), Count: 5}, f(2), Slow},
		{&second, Baseline{P50: f(0.9), P95: f(1), Count: 5}, f(1 / 0.9), Normal},
		{&second, Baseline{P50: f(2), P95: f(3), Count: 5}, f(0.5), Fast},
		{&second, Baseline{P50: f(0.9), Count: 5}, f(1 / 0.9), Normal},
	} {
		ratio, v := compare(c.d, c.b)
		require.Equal(t, c.expected, v, fmt.Sprint(c))
		require.Equal(t, c.ratio == nil, ratio == nil)
		if ratio != nil {
			require.InDelta(t, *c.ratio, *ratio, 1e-9)
		}
	}
}

func TestStepRows(t *testing.T) {
	run := nightly(1)
	rows := Steps(run, run.Jobs, Baselines{
		{"demo", "f/etl/nightly", "", false}:  {P50: f(1), P95: f(1.5), Count: 100},
		{"demo", "f/etl/nightly", "c", false}: {P50: f(0.5), P95: f(0.6), Count: 3},
	})
	require.Len(t, rows, len(run.Jobs))
	top, loop, c := rows[0], rows[2], rows[3]
	require.Equal(t, "slow", top.Verdict)
	require.Empty(t, top.ParentJob)
	require.Nil(t, top.Step)
	require.Equal(t, "iteration", loop.Kind)
	require.Nil(t, loop.BaselineP50)
	require.Equal(t, "unknown", loop.Verdict)
	require.Equal(t, "b[0]/c", c.Path)
	require.InDelta(t, 1, *c.Ratio, 1e-9)
	require.InDelta(t, 3, *c.BaselineCount, 0)
	require.Equal(t, "unknown", c.Verdict, "too few executions")
	require.InDelta(t, 0.5, *c.Duration, 1e-12)
	require.Equal(t, "queue", *c.WaitKind)
}

func TestBranchesHaveTheirNumber(t *testing.T) {
	b := windmilltest.New(base, 4)
	r := b.Flow("f/x", 0).Pull(0, time.Millisecond)
	r.Node("p", "branchall", 1, 0).Pull(time.Millisecond, 2*time.Millisecond)
	run := windmill.Build(r.ID, b.Spans)
	row := Steps(run, run.Jobs, nil)[1]
	require.Equal(t, "branch", row.Kind)
	require.Equal(t, int64(1), *row.Iteration)
	require.Equal(t, "p[1]", row.Path)
}

func TestRunningIsNotCompared(t *testing.T) {
	b := windmilltest.New(base, 2)
	r := b.Flow("f/x", 0).Pull(0, time.Millisecond)
	run := windmill.Build(r.ID, b.Spans)
	row := Steps(run, run.Jobs, Baselines{{"demo", "f/x", "", false}: {P50: f(10), P95: f(20), Count: 100}})[0]
	require.Equal(t, "running", row.Outcome)
	require.Nil(t, row.Ratio)
	require.Equal(t, "unknown", row.Verdict)
	require.NotNil(t, row.BaselineP50)
}

func TestNarrow(t *testing.T) {
	run := nightly(3)
	all, hidden := NarrowRun(run, Narrow{})
	require.Len(t, all, len(run.Jobs))
	require.Zero(t, hidden)
	kept, hidden := NarrowRun(run, Narrow{Step: []string{"c"}, Language: []string{"python3"}})
	var paths []string
	for _, j := range kept {
		paths = append(paths, j.Path)
	}
	require.Equal(t, []string{"", "b[0]", "b[0]/c", "b[1]", "b[1]/c", "b[2]", "b[2]/c"}, paths)
	require.Equal(t, 6, hidden)
	kept, _ = NarrowRun(run, Narrow{MinDuration: time.Second})
	require.Len(t, kept, 8, "the run, a, and three iterations with d")
	kept, _ = NarrowRun(run, Narrow{Worker: []string{"nobody"}})
	require.Len(t, kept, 1, "the run itself stays")
}

func TestRunRows(t *testing.T) {
	run := nightly(2)
	row := RunRowOf(run, true, Baselines{{"demo", "f/etl/nightly", "", false}: {P50: f(2), P95: f(3), Count: 9}})
	require.Equal(t, int64(6), *row.Steps)
	require.Equal(t, "a", *row.SlowestStep)
	require.InDelta(t, *row.Duration/2, *row.Ratio, 1e-9)
	require.InDelta(t, 0.04+0.05+0.07+0.04+0.04+0.05+0.04, *row.Wait, 1e-9, "along the critical path")
	row = RunRowOf(run, false, nil)
	require.Nil(t, row.Steps)
	require.Nil(t, row.SlowestStep)
	require.Nil(t, row.Wait)
	require.Nil(t, row.Ratio)

	b := windmilltest.New(base, 3)
	row = RunRowOf(windmill.Build(b.Rescued(0).ID, b.Spans), true, nil)
	require.Equal(t, "b", *row.FailedStep)
	require.Equal(t, "error", row.Outcome)
	require.True(t, row.Handled)
}

func TestStepStats(t *testing.T) {
	a, c := Key{"w", "f/x/a", "a", false}, Key{"w", "f/x", "c", false}
	d, e := Key{"w", "f/lib/s", "d", false}, Key{"w", "f/lib/t", "e", false}
	rows := StepStats([]Stats{
		{Key: Key{"w", "f/x", "", false}, Total: f(100)},
		compared(a, 1, 0.5, 1),
		compared(c, 3, 1, 0.5),
		{Key: d, Total: nil, Calls: f(2), P95: f(9), PreviousP95: f(1)},
		{Key: e, Total: f(0), Mean: f(0), Calls: f(10), P95: f(1)},
	}, FlowsOf{d: {"f/x"}, e: {"f/x", "f/y"}}, Slowest{a: "run"}, Rule{})
	require.Len(t, rows, 4)
	require.Nil(t, rows[3].Total, "something ran, so its time is not 0 but unknown")
	require.Nil(t, rows[3].Mean)
	require.Equal(t, []string{"c", "a", "d", "e"}, []string{*rows[0].Step, *rows[1].Step, *rows[2].Step, *rows[3].Step})
	require.InDelta(t, 0.75, *rows[0].Contribution, 1e-9)
	require.Nil(t, rows[2].Contribution)
	require.Nil(t, rows[0].Flow, "the path may be a script's own: only traces tell")
	require.Equal(t, "f/x", *rows[1].Flow)
	require.Equal(t, "f/x", *rows[2].Flow)
	require.Nil(t, rows[3].Flow, "two flows use it")
	require.Equal(t, []string{"fast", "slow", "unknown", "unknown"}, []string{rows[0].Verdict, rows[1].Verdict, rows[2].Verdict, rows[3].Verdict})
	require.InDelta(t, 1, *rows[1].Change, 0.1)
	require.InDelta(t, 10*0.5, *rows[1].Impact, 0.5, "ten calls, half a second slower each")
	require.Equal(t, []StatsRow{rows[1]}, Regressions(rows))
	require.Equal(t, "run", *rows[1].SlowestRun)
	require.Nil(t, rows[0].SlowestRun)
}

// compared are the figures of a step that took so long in ten calls before, and in ten calls now.
func compared(k Key, total, before, now float64) Stats {
	old, current := window(native, repeat(10, before)), window(native, repeat(10, now))
	return Stats{
		Key: k, Total: &total, Calls: current.Calls, P95: current.P95, Mean: current.Mean, Buckets: current.Buckets,
		PreviousCalls: old.Calls, PreviousP95: old.P95, PreviousMean: old.Mean, PreviousBuckets: old.Buckets,
	}
}

func BenchmarkSteps(bench *testing.B) {
	for _, jobs := range []int{100, 1000, 10_000} {
		run := nightly(jobs / 3)
		bench.Run(fmt.Sprintf("jobs=%d", jobs), func(bench *testing.B) {
			for bench.Loop() {
				Steps(run, run.Jobs, Baselines{{"demo", "f/etl/nightly", "c", false}: {P50: f(1), P95: f(2), Count: 9}})
			}
		})
	}
}
