package runs

import (
	"context"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

func TestVersionsSearchesBeforeTheRangeToo(t *testing.T) {
	b := windmilltest.New(base, 1)
	for _, minute := range []time.Duration{-80, -30, 10, 50} {
		b.Script("f/s", minute*time.Minute).Run(minute*time.Minute, minute*time.Minute+time.Second)
	}
	for i := range b.Spans {
		b.Spans[i].ScriptHash = "h"
	}
	b.Script("f/other", 0).Run(0, time.Second) // tells no version
	r, fake := reader(t, b)
	v, err := r.Versions(context.Background(), query.Filters{Flow: []string{"f/s"}}, Range{base, base.Add(time.Hour)})
	require.NoError(t, err)
	jobs := map[string]bool{}
	for _, s := range v.Spans {
		require.Equal(t, "f/s", s.ScriptPath)
		jobs[s.JobID] = true
	}
	require.Len(t, jobs, 3, "an hour before the range, but no more")
	require.Equal(t, base.Add(-time.Hour), v.Since)
	require.Len(t, fake.searches, partsBefore+partsWithin)
	require.Empty(t, v.Notices)
}

func TestVersionsSaysWhatItDidNotSee(t *testing.T) {
	b := windmilltest.New(base, 1)
	for i := range partTraces + 5 {
		at := time.Duration(i) * time.Millisecond
		b.Script("f/s", at).Run(at, at+time.Millisecond)
	}
	for i := range b.Spans {
		b.Spans[i].ScriptHash = "h"
	}
	r, fake := reader(t, b)
	v, err := r.Versions(context.Background(), query.Filters{}, Range{base, base.Add(time.Hour)})
	require.NoError(t, err)
	require.Contains(t, texts(v.Notices), "a version may have run before it is first seen")
	fake.fail = func(string) error { return errDown }
	_, err = r.Versions(context.Background(), query.Filters{}, Range{base, base.Add(time.Hour)})
	require.ErrorIs(t, err, errDown)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = r.Versions(ctx, query.Filters{}, Range{base, base.Add(time.Hour)})
	require.ErrorIs(t, err, context.Canceled)
}
