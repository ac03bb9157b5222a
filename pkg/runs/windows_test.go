package runs

import (
	"context"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

const day = 24 * time.Hour

// spread is a run with parallel iterations and a sub-flow, which live in traces of their own: nine jobs.
func spread(b *windmilltest.Builder, created, start time.Duration) *windmilltest.Job {
	top := b.Flow("f/etl/spread", created).Pull(start, start+ms)
	for i := range 2 {
		it := top.Node("loop", "forloop", i, start+2*ms).Pull(start+3*ms, start+4*ms)
		it.Inline("c", start+5*ms).Run(start+6*ms, start+time.Second)
	}
	sub := top.Subflow("s", "f/lib/sub", start+time.Second).Pull(start+time.Second+ms, start+time.Second+2*ms)
	sub.Inline("d", start+time.Second+3*ms).Run(start+time.Second+4*ms, start+2*time.Second)
	return top
}

const spreadJobs = 1 + 2*2 + 2

// TestARunThatStartsLongAfterItsCreation: schedules create the next run when the last one begins, up to months ahead.
func TestARunThatStartsLongAfterItsCreation(t *testing.T) {
	for _, ahead := range []time.Duration{0, 23 * time.Hour, 24 * time.Hour, 26 * time.Hour, 50 * time.Hour, 6 * day, 30 * day, 100 * day} {
		t.Run(ahead.String(), func(t *testing.T) {
			b := windmilltest.New(base, 31)
			top := spread(b, -ahead, 0)
			top.Full(ms, 2*time.Second+10*ms, false)
			r, fake := reader(t, b)
			res, err := r.Read(context.Background(), top.ID, nowhere)
			require.NoError(t, err)
			require.Len(t, res.Run.Jobs, spreadJobs)
			require.Equal(t, windmill.OutcomeOK, res.Run.Outcome)
			require.LessOrEqual(t, res.Cost.Requests, 6)
			for _, s := range fake.searches {
				require.LessOrEqual(t, s.End.Sub(s.Start), longestSearch)
			}
		})
	}
}

// TestARunThatWasSuspended: an approval took days, and the loop behind it ran only then.
func TestARunThatWasSuspended(t *testing.T) {
	for _, away := range []time.Duration{30 * time.Hour, 9 * day} {
		for _, ended := range []bool{true, false} {
			b := windmilltest.New(base, 32)
			top := b.Flow("f/etl/approved", -away-time.Minute)
			top.Pull(-away, -away+ms).Inline("ask", -away+ms).Run(-away+2*ms, -away+time.Second)
			top.Pull(0, ms)
			for i := range 2 {
				it := top.Node("loop", "forloop", i, 2*ms).Pull(3*ms, 4*ms)
				it.Inline("c", 5*ms).Run(6*ms, time.Second)
			}
			if ended {
				top.Full(-away, 2*time.Second, false)
			}
			r, _ := reader(t, b)
			res, err := r.Read(context.Background(), top.ID, nowhere)
			require.NoError(t, err)
			require.Len(t, res.Run.Jobs, 1+1+2*2, "away %s, ended %v", away, ended)
		}
	}
}

// TestAListWithARunThatReachesFarBack: the steps of the newest runs are there all the same.
func TestAListWithARunThatReachesFarBack(t *testing.T) {
	b := windmilltest.New(base, 33)
	old := spread(b, -10*day-time.Minute, -10*day)
	old.Pull(30*time.Minute, 30*time.Minute+ms)
	old.Full(-10*day, 31*time.Minute, false)
	newest := spread(b, 40*time.Minute, 40*time.Minute)
	newest.Full(40*time.Minute, 41*time.Minute, false)
	r, fake := reader(t, b)
	l, err := r.ListWhole(context.Background(), query.Query{}, Range{base, base.Add(time.Hour)}, 10)
	require.NoError(t, err)
	require.Len(t, l.Runs, 2)
	for _, run := range l.Runs {
		require.Len(t, run.Jobs, spreadJobs)
		require.True(t, run.Whole)
	}
	for _, s := range fake.searches {
		require.LessOrEqual(t, s.End.Sub(s.Start), longestSearch)
	}
}

// TestBoundsInWholeSecondsStayWithinTempo: Tempo refuses a range of 604,801 seconds.
func TestBoundsInWholeSecondsStayWithinTempo(t *testing.T) {
	w := Windows{now}
	to := base.Add(123_456_789)
	whole := Range{to.Add(-30 * day), to}
	newest, cut := w.Newest(whole)
	require.True(t, cut)
	pieces, cut := w.Pieces(whole)
	require.False(t, cut)
	require.Equal(t, whole, Whole(pieces))
	for i, r := range append(pieces, newest) {
		ceil := r.To.Add(time.Second - 1).Unix()
		require.LessOrEqual(t, ceil-r.From.Unix(), int64(604_800))
		if i > 0 && i < len(pieces) {
			require.Equal(t, pieces[i-1].To, r.From, "without a gap")
		}
	}
	_, cut = w.Pieces(Range{to.Add(-300 * day), to})
	require.True(t, cut)
	pieces, cut = w.NewestPieces(Range{to.Add(-300 * day), to})
	require.True(t, cut)
	require.Equal(t, to, pieces[len(pieces)-1].To)
	require.Len(t, pieces, mostPieces)
}
