package runs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

const ms = time.Millisecond

var (
	base    = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	now     = base.Add(time.Hour)
	nowhere = Range{base.Add(-48 * time.Hour), base.Add(-47 * time.Hour)}
)

func reader(t *testing.T, b *windmilltest.Builder) (*Reader, *fakeTempo) {
	f := &fakeTempo{t: t, spans: b.Spans}
	return New(f, func() time.Time { return now }), f
}

func texts(list []Notice) string {
	var all []string
	for _, n := range list {
		all = append(all, n.Text)
	}
	return strings.Join(all, "\n")
}

func TestReadAcrossTraces(t *testing.T) {
	b := windmilltest.New(base, 1)
	b.Plain(0)
	job := b.Nightly(0, 3)
	b.Rescued(time.Second)
	r, fake := reader(t, b)
	res, err := r.Read(context.Background(), job.ID, nowhere)
	require.NoError(t, err)
	require.Equal(t, 1+1+3*3+2, len(res.Run.Jobs))
	require.Empty(t, res.Notices)
	require.Equal(t, 4, res.Cost.Requests, "the trace, what names the run, one level, and what the scripts below it started")
	require.Len(t, res.Queries, 4)
	require.Equal(t, base.Add(-margin), fake.searches[0].Start, "the id tells when to look")
}

func TestRequestsDoNotGrowWithIterations(t *testing.T) {
	for _, n := range []int{10, 2500} {
		b := windmilltest.New(base, 2)
		job := b.Nightly(0, n)
		r, fake := reader(t, b)
		res, err := r.Read(context.Background(), job.ID, nowhere)
		require.NoError(t, err)
		require.Len(t, res.Run.Jobs, 4+3*n)
		require.Equal(t, windmill.OutcomeOK, res.Run.Outcome)
		require.LessOrEqual(t, res.Cost.Requests, 10)
		for _, s := range fake.searches {
			require.LessOrEqual(t, len(s.Query), 400*2*40+1000)
		}
		if n > mostAskedOfLeaves {
			require.Len(t, res.Notices, 1, "what scripts started was not asked for, and that is said")
		} else {
			require.Empty(t, res.Notices)
		}
	}
}

func TestDeepNesting(t *testing.T) {
	b := windmilltest.New(base, 3)
	top := b.Flow("f/deep", 0).Pull(ms, 2*ms)
	job := top
	for i := range 12 {
		job = job.Subflow("s", "f/deep", time.Duration(i+1)*10*ms).Pull(time.Duration(i+1)*10*ms+ms, time.Duration(i+1)*10*ms+2*ms)
	}
	job.Inline("a", 200*ms).Run(210*ms, 220*ms)
	top.Full(ms, time.Second, false)
	r, _ := reader(t, b)
	res, err := r.Read(context.Background(), top.ID, nowhere)
	require.NoError(t, err)
	require.Len(t, res.Run.Jobs, 14)
	require.Equal(t, 2+12+1, res.Cost.Requests, "one for each level, and what its script started")
}

func TestTooManyRequests(t *testing.T) {
	b := windmilltest.New(base, 4)
	top := b.Flow("f/deep", 0).Pull(ms, 2*ms)
	job := top
	for i := range 60 {
		job = job.Subflow("s", "f/deep", time.Duration(i+1)*10*ms).Pull(time.Duration(i+1)*10*ms+ms, time.Duration(i+1)*10*ms+2*ms)
	}
	top.Full(ms, time.Second, false)
	r, _ := reader(t, b)
	res, err := r.Read(context.Background(), top.ID, nowhere)
	require.NoError(t, err)
	require.Equal(t, 40, res.Cost.Requests)
	require.Contains(t, texts(res.Notices), "more than 40 requests to Tempo: the steps of 1 loop iterations")
}

func TestSubJobLeadsToItsRun(t *testing.T) {
	b := windmilltest.New(base, 5)
	job := b.Nightly(0, 2)
	for _, s := range b.Spans {
		if s.Step == "" || s.Success != "" {
			continue
		}
		r, _ := reader(t, b)
		res, err := r.Read(context.Background(), s.JobID, nowhere)
		require.NoError(t, err)
		require.Equal(t, job.ID, res.Run.ID, s.Name)
		require.Len(t, res.Run.Jobs, 10)
		require.Contains(t, texts(res.Notices), "the whole run "+job.ID)
	}
}

func TestLargeTracesAreReadWhole(t *testing.T) {
	b := windmilltest.New(base, 6)
	top := b.Flow("f/x", 0).Pull(ms, 2*ms)
	it := top.Node("l", "forloop", 0, 3*ms).Pull(4*ms, 5*ms)
	for i := range 120 { // 240 spans in the iteration's trace
		at := time.Duration(i)*10*ms + 10*ms
		n := it.Node("m", "loop", i, at).Pull(at, at+ms)
		n.Inline("c", at+ms).Run(at+2*ms, at+5*ms)
	}
	top.Full(ms, 3*time.Second, false)
	for _, capped := range []bool{false, true} {
		r, fake := reader(t, b)
		fake.capped = capped
		res, err := r.Read(context.Background(), top.ID, nowhere)
		require.NoError(t, err)
		require.Len(t, res.Run.Jobs, 2+240)
		require.Equal(t, capped, slices.Contains(fake.fetched, windmill.TraceID(it.ID)))
		require.Empty(t, res.Notices)
	}
}

func TestRelocatedRun(t *testing.T) {
	b := windmilltest.New(base, 7)
	job := b.Plain(0)
	other := b.Plain(time.Second)
	for i := range b.Spans { // an inbound traceparent moved the `job` spans of both into the caller's trace
		if strings.HasPrefix(b.Spans[i].Name, "job") && b.Spans[i].Success == "" {
			b.Spans[i].TraceID = "0123456789abcdef0123456789abcdef"
		}
	}
	r, _ := reader(t, b)
	for _, j := range []*windmilltest.Job{job, other} {
		res, err := r.Read(context.Background(), j.ID, nowhere)
		require.NoError(t, err)
		require.Len(t, res.Run.Jobs, 3)
		require.Equal(t, windmill.OutcomeOK, res.Run.Outcome)
		require.Empty(t, res.Notices)
	}
}

func TestScheduledLongAgo(t *testing.T) {
	b := windmilltest.New(base.Add(-72*time.Hour), 8)
	job := b.Flow("f/x", 0)
	job.TriggerKind = "schedule"
	job.Pull(70*time.Hour, 70*time.Hour+ms)
	job.Inline("a", 70*time.Hour).Run(70*time.Hour+2*ms, 70*time.Hour+9*ms)
	r, _ := reader(t, b)
	res, err := r.Read(context.Background(), job.ID, nowhere)
	require.NoError(t, err)
	require.Len(t, res.Run.Jobs, 2, "found although it started three days after its creation")
}

func TestIDWithoutTimeNeedsTheRange(t *testing.T) {
	b := windmilltest.New(base, 9)
	job := b.Flow("f/x", 0)
	job.ID = "f0000000-0000-4000-8000-000000000001"
	sub := job.Pull(ms, 2*ms).Subflow("s", "f/y", 3*ms).Pull(4*ms, 5*ms)
	sub.Inline("a", 5*ms).Run(6*ms, 7*ms)
	r, _ := reader(t, b)
	res, err := r.Read(context.Background(), job.ID, Range{base.Add(-time.Minute), base.Add(time.Minute)})
	require.NoError(t, err)
	require.Len(t, res.Run.Jobs, 3)
}

func TestNotFound(t *testing.T) {
	r, _ := reader(t, windmilltest.New(base, 10))
	_, err := r.Read(context.Background(), "019a0000-0000-7000-8000-000000000000", nowhere)
	var missing *NotFoundError
	require.True(t, errors.As(err, &missing))
	require.Contains(t, err.Error(), "019a0000-0000-7000-8000-000000000000 was not found in Tempo between")
}

func TestHalfOfTempoFails(t *testing.T) {
	b := windmilltest.New(base, 11)
	job := b.Nightly(0, 2)
	r, fake := reader(t, b)
	fake.failID = errDown
	res, err := r.Read(context.Background(), job.ID, nowhere)
	require.NoError(t, err)
	require.Len(t, res.Run.Jobs, 10, "the searches are enough")
	require.Contains(t, texts(res.Notices), "A part of the run could not be read: tempo is down")

	fake.failID = nil
	fake.fail = func(query string) error {
		if strings.Contains(query, "=~") {
			return errDown
		}
		return nil
	}
	res, err = r.Read(context.Background(), job.ID, nowhere)
	require.NoError(t, err)
	require.Contains(t, texts(res.Notices), "could not be read: tempo is down")
	require.Len(t, res.Run.Jobs, 5, "the run, a, two iterations and the sub-flow, without their steps")

	fake.fail = func(string) error { return errDown }
	fake.failID = errDown
	_, err = r.Read(context.Background(), job.ID, nowhere)
	require.ErrorIs(t, err, errDown)
}

func TestPartialTraceIsSaid(t *testing.T) {
	b := windmilltest.New(base, 12)
	job := b.Plain(0)
	r, fake := reader(t, b)
	fake.partial = true
	res, err := r.Read(context.Background(), job.ID, nowhere)
	require.NoError(t, err)
	require.Contains(t, texts(res.Notices), "only in part")
}

func TestCanceledReading(t *testing.T) {
	b := windmilltest.New(base, 13)
	job := b.Plain(0)
	r, _ := reader(t, b)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := r.Read(ctx, job.ID, nowhere)
	require.ErrorIs(t, err, context.Canceled)
}

// A level of a large run is many searches: those that were not begun when the run is given up are never asked.
func TestCanceledReadingAsksNoMore(t *testing.T) {
	b := windmilltest.New(base, 14)
	job := b.Nightly(0, 2500)
	r, fake := reader(t, b)
	ctx, cancel := context.WithCancel(t.Context())
	fake.fail = func(query string) error {
		if len(query) > 5000 { // of the second level
			cancel()
		}
		return nil
	}
	_, err := r.Read(ctx, job.ID, nowhere)
	require.ErrorIs(t, err, context.Canceled)
	large := 0
	for _, s := range fake.searches {
		if len(s.Query) > 5000 {
			large++
		}
	}
	require.LessOrEqual(t, large, parallel, "eight are needed")
}

func TestListsOfSpansAreLeftAsTheyAre(t *testing.T) {
	got := []windmill.Span{{Name: "script"}, {Name: "job", JobID: "1"}, {Name: "script"}, {Name: "job", JobID: "2"}}
	before := slices.Clone(got)
	require.Equal(t, []windmill.Span{got[1], got[3]}, ofJobs(got))
	require.Equal(t, before, got, "an equal search of another query has the same list")
}

// TestJobsThatScriptsLaunch: a script of a step starts jobs, one that names the run as its root and one that does
// not, which is in a trace of its own.
func TestJobsThatScriptsLaunch(t *testing.T) {
	b := windmilltest.New(base, 31)
	run := b.Flow("f/launches", 0).Pull(ms, 2*ms)
	step := run.Inline("a", 3*ms)
	step.Run(5*ms, 900*ms)
	named := step.Task("f/named", 100*ms)
	named.Root = run
	named.Run(110*ms, 300*ms)
	own := step.Task("f/own", 200*ms)
	own.Root = nil
	own.Run(210*ms, 1500*ms)
	run.Full(ms, 950*ms, false)
	r, _ := reader(t, b)
	res, err := r.Read(context.Background(), run.ID, nowhere)
	require.NoError(t, err)
	require.Empty(t, res.Notices)
	kinds := map[string]windmill.Kind{}
	for _, j := range res.Run.Jobs {
		kinds[j.ID] = j.Kind
	}
	require.Equal(t, map[string]windmill.Kind{
		run.ID: windmill.KindFlow, step.ID: windmill.KindStep, named.ID: windmill.KindLaunched, own.ID: windmill.KindLaunched,
	}, kinds)
	require.Equal(t, 949*ms, *res.Run.Duration, "what outlives the run is outside of its time")
	for _, j := range res.Run.Jobs {
		require.Equal(t, j.ID == own.ID, j.Contribution == nil, "nothing waited for %s", j.ScriptPath)
	}
}
