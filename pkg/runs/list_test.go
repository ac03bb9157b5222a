package runs

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

var today = Range{base.Add(-time.Hour), base.Add(time.Hour)}

func listed(l List) []string {
	var rows []string
	for _, r := range l.Runs {
		rows = append(rows, r.Root.ScriptPath+" "+string(r.Outcome))
	}
	return rows
}

func world() (*windmilltest.Builder, map[string]*windmilltest.Job) {
	b := windmilltest.New(base, 1)
	jobs := map[string]*windmilltest.Job{
		"plain": b.Plain(0), "nightly": b.Nightly(time.Minute, 3), "rescued": b.Rescued(2 * time.Minute), "failed": b.Failed(3 * time.Minute),
		"script": b.Script("f/s", 4*time.Minute).Run(4*time.Minute+100*ms, 4*time.Minute+300*ms),
	}
	running := b.Flow("f/running", 5*time.Minute).Pull(5*time.Minute+ms, 5*time.Minute+2*ms)
	running.Inline("a", 5*time.Minute+2*ms).Run(5*time.Minute+5*ms, 5*time.Minute+9*ms)
	jobs["running"] = running
	deploy := b.Flow("f/demo/plain", 6*time.Minute) // locking dependencies after a deployment is no run
	deploy.Kind = "flowdependencies"
	deploy.Pull(6*time.Minute+ms, 6*time.Minute+2*ms)
	return b, jobs
}

func TestList(t *testing.T) {
	b, _ := world()
	r, _ := reader(t, b)
	l, err := r.List(context.Background(), query.Query{}, today, 100)
	require.NoError(t, err)
	require.Equal(t, []string{"f/running running", "f/s ok", "f/ops/report error", "f/ops/import error", "f/etl/nightly ok", "f/demo/plain ok"}, listed(l))
	whole := map[string]bool{}
	for _, run := range l.Runs {
		whole[run.Root.ScriptPath] = run.Whole
	}
	require.Equal(t, map[string]bool{"f/running": true, "f/s": true, "f/ops/report": true, "f/ops/import": true, "f/etl/nightly": false, "f/demo/plain": true}, whole)
	require.LessOrEqual(t, l.Cost.Requests, 4)
	require.Contains(t, texts(l.Notices), "not read whole")
	l, err = r.List(context.Background(), query.Query{}, today, 2)
	require.NoError(t, err)
	require.Equal(t, []string{"f/running running", "f/s ok"}, listed(l), "work of Windmill's own does not count")
}

func TestListFilters(t *testing.T) {
	b, jobs := world()
	for _, c := range []struct {
		name string
		q    query.Query
		want []string
	}{
		{"flow", query.Query{Filters: query.Filters{Flow: []string{"f/demo/plain", "f/s"}}}, []string{"f/s ok", "f/demo/plain ok"}},
		{"workspace", query.Query{Filters: query.Filters{Workspace: []string{"other"}}}, nil},
		{"outcome", query.Query{Filters: query.Filters{Outcome: []string{"recovered", "error"}}}, []string{"f/ops/report error", "f/ops/import error"}},
		{"duration", query.Query{MinDuration: 5 * time.Second}, []string{"f/ops/report error"}},
		{"step in another trace", query.Query{Filters: query.Filters{Step: []string{"x"}}}, []string{"f/etl/nightly ok"}},
		{"step in an iteration", query.Query{Filters: query.Filters{Step: []string{"d"}, ScriptPath: []string{"f/lib/store"}}}, []string{"f/etl/nightly ok"}},
		{"step and flow", query.Query{Filters: query.Filters{Step: []string{"a"}, Flow: []string{"f/ops/report"}}}, []string{"f/ops/report error"}},
		{"language", query.Query{Filters: query.Filters{Language: []string{"go"}}}, nil},
		{"worker", query.Query{Filters: query.Filters{Worker: []string{"wk-1"}, Step: []string{"failure"}}}, []string{"f/ops/import error"}},
		{"job", query.Query{Filters: query.Filters{JobID: []string{jobs["script"].ID}}}, []string{"f/s ok"}},
		{"parent", query.Query{Filters: query.Filters{ParentJob: []string{jobs["plain"].ID}}}, []string{"f/demo/plain ok"}},
		{"tag", query.Query{Filters: query.Filters{Tag: []string{"python3"}, RootJob: []string{jobs["running"].ID}}}, []string{"f/running running"}},
	} {
		r, _ := reader(t, b)
		l, err := r.List(context.Background(), c.q, today, 10)
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, listed(l), c.name)
	}
}

func TestListFindsFailuresInOtherTraces(t *testing.T) {
	b := windmilltest.New(base, 2)
	top := b.Flow("f/x", 0).Pull(ms, 2*ms)
	it := top.Node("l", "forloop", 0, 3*ms).Pull(4*ms, 5*ms)
	it.Inline("c", 5*ms).Fail(6*ms, 7*ms, "E", "broken")
	ok := top.Node("l", "forloop", 1, 3*ms).Pull(4*ms, 5*ms)
	ok.Inline("c", 5*ms).Run(6*ms, 9*ms)
	top.Full(ms, 50*ms, false)
	r, _ := reader(t, b)
	l, err := r.List(context.Background(), query.Query{}, today, 10)
	require.NoError(t, err)
	require.Equal(t, windmill.OutcomeError, l.Runs[0].Outcome)
	require.Equal(t, "l[0]/c", l.Runs[0].FailedStep.Path)
	require.False(t, l.Runs[0].Whole)
}

func TestListFindsSubflowsInLoops(t *testing.T) {
	b := windmilltest.New(base, 3)
	top := b.Flow("f/x", 0).Pull(ms, 2*ms)
	it := top.Node("l", "loop", 0, 3*ms).Pull(4*ms, 5*ms)
	sub := it.Subflow("s", "f/y", 6*ms).Pull(7*ms, 8*ms)
	sub.Inline("c", 8*ms).Run(9*ms, 10*ms)
	it.Inline("d", 11*ms).Run(12*ms, 13*ms)
	top.Full(ms, 50*ms, false)
	r, _ := reader(t, b)
	l, err := r.List(context.Background(), query.Query{}, today, 10)
	require.NoError(t, err)
	require.False(t, l.Runs[0].Whole)
}

func TestListErrors(t *testing.T) {
	b, _ := world()
	r, fake := reader(t, b)
	fake.fail = func(string) error { return errDown }
	_, err := r.List(context.Background(), query.Query{}, today, 10)
	require.ErrorIs(t, err, errDown)
	_, err = r.List(context.Background(), query.Query{Filters: query.Filters{Step: []string{"a"}}}, today, 10)
	require.ErrorIs(t, err, errDown)
	fake.fail = func(text string) error {
		if strings.Contains(text, "root_job =~") {
			return errDown
		}
		return nil
	}
	l, err := r.List(context.Background(), query.Query{}, today, 10)
	require.NoError(t, err)
	require.Len(t, l.Runs, 6, "runs without their steps are better than none")
	require.Contains(t, texts(l.Notices), "could not be read: tempo is down")
	for _, run := range l.Runs {
		require.False(t, run.Whole)
	}
}

func TestLongRangesAreCut(t *testing.T) {
	b, _ := world()
	r, fake := reader(t, b)
	l, err := r.List(context.Background(), query.Query{}, Range{base.AddDate(0, -1, 0), base.Add(time.Hour)}, 10)
	require.NoError(t, err)
	require.Contains(t, texts(l.Notices), "168 hours")
	for _, s := range fake.searches {
		require.LessOrEqual(t, s.End.Sub(s.Start), longestSearch)
	}
}

func TestSampleSteps(t *testing.T) {
	b, _ := world()
	r, _ := reader(t, b)
	s, err := r.SampleSteps(context.Background(), nil, []string{"f/etl/nightly"}, today)
	require.NoError(t, err)
	require.Equal(t, []flowstep.Key{{Workspace: "demo", StepPath: "f/etl/nightly", Step: "c"}, {Workspace: "demo", StepPath: "f/etl/nightly/a", Step: "a"}, {Workspace: "demo", StepPath: "f/lib/store", Step: "d"}}, s.Keys(), "a script by path is known from its iteration")
	require.Equal(t, 2, s.Cost.Requests)
	require.False(t, s.Cut)
	s, err = r.SampleSteps(context.Background(), []string{"demo"}, nil, today)
	require.NoError(t, err)
	require.Equal(t, []string{"f/etl/nightly"}, s.Flows[flowstep.Key{Workspace: "demo", StepPath: "f/lib/store", Step: "d"}])
	require.Equal(t, []string{"f/etl/publish"}, s.Flows[flowstep.Key{Workspace: "demo", StepPath: "f/etl/publish/x", Step: "x"}])
}

func TestSampleIsNotHiddenByAParallelLoop(t *testing.T) {
	b := windmilltest.New(base, 4)
	b.Nightly(0, 300)
	r, _ := reader(t, b)
	s, err := r.SampleSteps(context.Background(), nil, []string{"f/etl/nightly"}, today)
	require.NoError(t, err)
	require.Len(t, s.Keys(), 3, "a, c and d")
	require.True(t, s.Cut)
}

func TestSlowestRuns(t *testing.T) {
	b, jobs := world()
	r, _ := reader(t, b)
	d, x, none := flowstep.Key{Workspace: "demo", StepPath: "f/lib/store", Step: "d"}, flowstep.Key{Step: "x"}, flowstep.Key{Workspace: "demo", StepPath: "f/z/a", Step: "a"}
	found, queries, err := r.SlowestRuns(context.Background(), []SlowThreshold{{d, 900 * ms}, {x, 100 * ms}, {none, 0}}, today)
	require.NoError(t, err)
	require.Equal(t, flowstep.Slowest{d: jobs["nightly"].ID, x: jobs["nightly"].ID}, found, "the run, not the iteration or the sub-flow")
	require.NotEmpty(t, queries)
	found, _, err = r.SlowestRuns(context.Background(), nil, today)
	require.NoError(t, err)
	require.Empty(t, found)
}

// TestListSeesTheEndOfAWorkflowAsCode: it is pulled again after its tasks, and has ended when its result was handled.
func TestListSeesTheEndOfAWorkflowAsCode(t *testing.T) {
	b := windmilltest.New(base, 1)
	w := b.Script("f/code", 0)
	w.Pull(0, time.Second)
	w.Task("f/task", time.Second).Run(2*time.Second, 3*time.Second)
	w.Run(5*time.Second, 6*time.Second)
	r, _ := reader(t, b)
	list, err := r.List(context.Background(), query.Query{}, today, 10)
	require.NoError(t, err)
	require.Len(t, list.Runs, 1)
	require.Equal(t, windmill.OutcomeOK, list.Runs[0].Outcome)
	require.True(t, list.Runs[0].Ended)
}

// A script that was tried again is one run, whether it is listed or read, also when the range ends before the last
// attempt.
func TestScriptsThatWereTriedAgain(t *testing.T) {
	b := windmilltest.New(base, 8)
	s := b.Script("f/s", 0)
	s.Fail(20*ms, time.Second, "Timeout", "no answer")
	s.Again(time.Second+10*ms).Run(30*time.Minute, 31*time.Minute)
	r, _ := reader(t, b)
	l, err := r.List(context.Background(), query.Query{}, Range{base, base.Add(time.Minute)}, 100)
	require.NoError(t, err)
	require.Equal(t, []string{"f/s ok"}, listed(l))
	require.True(t, l.Runs[0].Whole)
	read, err := r.Read(context.Background(), s.ID, Range{})
	require.NoError(t, err)
	require.Equal(t, windmill.OutcomeOK, read.Run.Outcome)
	require.Len(t, read.Run.Jobs, 2)
	again, err := r.Read(context.Background(), read.Run.Jobs[1].ID, Range{})
	require.NoError(t, err)
	require.Equal(t, s.ID, again.Run.ID)
}

// TestListIsFullAmongLaunchedJobs: jobs that name no step and are no runs do not take the place of runs.
func TestListIsFullAmongLaunchedJobs(t *testing.T) {
	b := windmilltest.New(base, 41)
	for i := range 5 {
		at := time.Duration(i) * time.Minute
		f := b.Flow("f/x", at).Pull(at+ms, at+2*ms)
		step := f.Inline("a", at+3*ms)
		step.Run(at+5*ms, at+900*ms)
		for range 20 {
			own := step.Task("f/own", at+100*ms)
			own.Root = nil
			own.Run(at+110*ms, at+300*ms)
		}
		f.Full(at+ms, at+950*ms, false)
	}
	r, _ := reader(t, b)
	l, err := r.List(context.Background(), query.Query{}, today, 5)
	require.NoError(t, err)
	require.Len(t, l.Runs, 5)
}
