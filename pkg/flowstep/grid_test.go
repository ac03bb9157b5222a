package flowstep

import (
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

func cellsByStep(rows []GridCell) map[string]GridCell {
	m := map[string]GridCell{}
	for _, r := range rows {
		m[r.Step] = r
	}
	return m
}

func TestIterationsAreOneCell(t *testing.T) {
	run := nightly(3)
	rows := GridCells(run, Narrow{}, Baselines{
		{"demo", "f/etl/nightly", "c", false}: {P50: f(0.25), Count: 10},
	})
	var steps []string
	for _, r := range rows {
		steps = append(steps, r.Step)
		require.Equal(t, run.ID, r.RunID)
		require.True(t, run.Start.Equal(*r.Start), "the run's start, so that a column is a run")
	}
	require.Equal(t, []string{"a", "b/c", "b/d", "e/x"}, steps, "containers have no cell")
	c := cellsByStep(rows)["b/c"]
	require.EqualValues(t, 3, c.Executions)
	require.InDelta(t, 1.5, *c.Duration, 1e-9, "all iterations together")
	require.InDelta(t, 2, *c.Ratio, 1e-9, "of one execution")
	require.Nil(t, cellsByStep(rows)["a"].Ratio)
}

func TestTheLastAttemptIsTheOutcome(t *testing.T) {
	b := windmilltest.New(base, 2)
	r := b.Flow("f/x", 0).Pull(0, ms)
	r.Inline("a", 0).Fail(10*ms, 20*ms, "E", "no")
	r.Inline("a", 20*ms).Run(30*ms, 40*ms)
	loop := func(i int) *windmilltest.Job { return r.Node("l", "loop", i, 50*ms).Pull(60*ms, 61*ms) }
	loop(0).Inline("c", 60*ms).Run(70*ms, 80*ms)
	loop(1).Inline("c", 60*ms).Fail(90*ms, 100*ms, "E", "no")
	r.Full(0, 200*ms, true)
	m := cellsByStep(GridCells(windmill.Build(r.ID, b.Spans), Narrow{}, nil))
	require.Equal(t, "ok", m["a"].Outcome)
	require.EqualValues(t, 2, m["a"].Executions)
	require.InDelta(t, 0.02, *m["a"].Duration, 1e-9)
	require.Equal(t, "error", m["l/c"].Outcome, "the worst iteration counts")
}

func TestGridFilters(t *testing.T) {
	rows := GridCells(nightly(2), Narrow{Step: []string{"d"}}, nil)
	require.Len(t, rows, 1)
	require.Equal(t, "b/d", rows[0].Step)
}

func TestGridOfWhatHasNoTimes(t *testing.T) {
	b := windmilltest.New(base, 5)
	r := b.Flow("f/x", 0).Pull(time.Second, 2*time.Second)
	r.Inline("a", time.Second).Post(3*time.Second, 4*time.Second)
	rows := GridCells(windmill.Build(r.ID, b.Spans), Narrow{}, Baselines{{"demo", "f/x/a", "a", false}: {P50: f(1), Count: 9}})
	require.Nil(t, rows[0].Duration)
	require.Nil(t, rows[0].Ratio)
	require.Equal(t, "ok", rows[0].Outcome)
}

func TestPlaces(t *testing.T) {
	b := windmilltest.New(base, 7)
	r := b.Flow("f/x", 0).Pull(0, ms)
	branch := r.Node("choose", "branchone", 1, 0).Pull(ms, 2*ms)
	branch.Inline("y", 2*ms).Fail(3*ms, 4*ms, "E", "no")
	branch.Inline("y", 4*ms).Run(5*ms, 6*ms)
	run := windmill.Build(r.ID, b.Spans)
	at := flowPlaces{}
	require.Empty(t, at.of(run.Root))
	require.Equal(t, "choose", at.of(jobAt(run, "choose[1]")))
	require.Equal(t, "choose/y", at.of(jobAt(run, "choose[1]/y#2")))
}
