//go:build integration

package integration

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
)

// elsewhere is a time before the shared history, so that other tests do not see these runs.
func elsewhere() time.Time { return time.Now().Add(-3 * history).Truncate(time.Millisecond) }

// send gives Tempo the spans that a builder has so far, and forgets them.
func send(t *testing.T, b *windmilltest.Builder) {
	t.Helper()
	body, err := windmilltest.OTLP(b.Spans, true)
	require.NoError(t, err)
	res, err := http.Post(shared.TempoOTLP+"/v1/traces", "application/json", bytes.NewReader(body))
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusOK, res.StatusCode)
	b.Spans = nil
}

// TestARunIsFollowedToItsEnd follows a run from before its first span until it has ended, while its steps come.
func TestARunIsFollowedToItsEnd(t *testing.T) {
	b := windmilltest.New(elsewhere(), 99)
	b.Workspace = "follow"
	const second = time.Second
	run := b.Flow("f/follow/me", 0)

	stages := []func(){
		func() { run.Inline("a", second).Run(second, 2*second) },
		func() { run.Inline("b", 2*second).Run(2*second, 3*second) },
		func() { run.Pull(second, second+time.Millisecond); run.Full(second, 4*second, false) },
	}
	var seen []int // rows with every packet
	heard := &audience{each: func(p packet) {
		n := p.Frames[0].Rows()
		if len(seen) > 0 && seen[len(seen)-1] == n && len(stages) > 0 {
			return // not what the last stage brings
		}
		seen = append(seen, n)
		if len(stages) > 0 { // the next part of the run is sent when the one before was seen
			stages[0]()
			stages = stages[1:]
			send(t, b)
		}
	}}
	q := query{"queryType": "flow-steps", "runId": run.ID, "follow": true}
	listen(t.Context(), t, datasource(t, shared.Tempo, shared.Prometheus), b.Base.Add(-time.Hour), b.Base.Add(time.Hour), q, heard)

	require.Empty(t, stages, "every stage was seen: %v", seen)
	first, final := heard.list[0], heard.list[len(heard.list)-1]
	require.Contains(t, notices(first.Frames[0]), "is not in Tempo yet")
	require.Equal(t, "Done", final.State, final.Error)
	list := rows(final.Frames[0])
	require.Equal(t, []int{0, 2, 3}, slices.Compact(seen), "the run and its steps, one after another")
	require.Equal(t, "ok", list[0].text("outcome"))
	require.InDelta(t, 3, list[0].number(t, "duration"), 1e-6)
}

// TestNewRunsComeIn follows the list of runs.
func TestNewRunsComeIn(t *testing.T) {
	b := windmilltest.New(elsewhere(), 98)
	b.Workspace = "follow-list"
	ctx, cancel := context.WithTimeout(t.Context(), arrivalTimeout)
	defer cancel()
	var counts []int
	heard := &audience{each: func(p packet) {
		n := p.Frames[0].Rows()
		if len(counts) > 0 && counts[len(counts)-1] == n {
			return // more of a run that is there
		}
		counts = append(counts, n)
		if n == 2 {
			cancel()
			return
		}
		b.Plain(time.Duration(n) * time.Second)
		send(t, b)
	}}
	q := query{"queryType": "flow-runs", "follow": true, "filters": map[string]any{"workspace": []string{"follow-list"}}}
	listen(ctx, t, datasource(t, shared.Tempo, shared.Prometheus), b.Base.Add(-time.Hour), b.Base.Add(time.Hour), q, heard)
	require.Equal(t, []int{0, 1, 2}, counts)
}

func itoa(n int) string { return strconv.Itoa(n) }
