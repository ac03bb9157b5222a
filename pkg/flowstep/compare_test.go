package flowstep

import (
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

const ms = time.Millisecond

func byPath(rows []CompareRow) map[string]CompareRow {
	m := map[string]CompareRow{}
	for _, r := range rows {
		m[r.Path] = r
	}
	return m
}

func TestRunsMatchByPath(t *testing.T) {
	a, b := nightly(2), nightly(4)
	rows := CompareRuns(a.Jobs, b.Jobs)
	require.Len(t, rows, len(b.Jobs), "b has two iterations more, of three jobs each")
	m := byPath(rows)
	require.Equal(t, "same", m["b[1]/c"].Verdict)
	require.InDelta(t, 0, *m["b[1]/c"].Change, 1e-9)
	require.NotEqual(t, *m["b[1]/c"].JobA, *m["b[1]/d"].JobA)
	for _, path := range []string{"b[2]", "b[2]/c", "b[3]/d"} {
		r := m[path]
		require.Equal(t, "only_b", r.Verdict)
		require.Nil(t, r.DurationA)
		require.Nil(t, r.OutcomeA)
		require.Nil(t, r.JobA)
		require.NotNil(t, r.DurationB)
		require.Nil(t, r.Change)
	}
	var order []string
	for _, r := range rows {
		order = append(order, r.Path)
	}
	require.Equal(t, []string{"", "a", "b[0]", "b[0]/c", "b[0]/d", "b[1]", "b[1]/c", "b[1]/d", "b[2]", "b[2]/c", "b[2]/d", "b[3]", "b[3]/c", "b[3]/d", "e", "e/x"}, order)
	require.Equal(t, "only_a", byPath(CompareRuns(b.Jobs, a.Jobs))["b[3]/d"].Verdict)
}

// two builds runs of one step that takes so long.
func two(a, b time.Duration) (*windmill.Run, *windmill.Run) {
	build := func(seed uint64, d time.Duration) *windmill.Run {
		w := windmilltest.New(base, seed)
		r := w.Flow("f/x", 0).Pull(0, 5*ms)
		r.Inline("a", 0).Run(10*ms, 10*ms+d)
		r.Full(0, 40*ms+d, false)
		return windmill.Build(r.ID, w.Spans)
	}
	return build(1, a), build(2, b)
}

func TestVerdictsOfAComparison(t *testing.T) {
	for _, c := range []struct {
		a, b    time.Duration
		verdict string
		change  float64
	}{
		{time.Second, time.Second, "same", 0},
		{1200 * ms, time.Second, "same", 0.2},
		{1201 * ms, time.Second, "slower", 0.201},
		{799 * ms, time.Second, "faster", -0.201},
		{60 * ms, 10 * ms, "same", 5}, // 50 ms are nothing
		{61 * ms, 10 * ms, "slower", 5.1},
	} {
		a, b := two(c.a, c.b)
		r := byPath(CompareRuns(a.Jobs, b.Jobs))["a"]
		require.Equal(t, c.verdict, r.Verdict, "%s and %s", c.a, c.b)
		require.InDelta(t, c.change, *r.Change, 1e-9)
	}
}

func TestWhatIsRunningOrUnknownIsNotJudged(t *testing.T) {
	a, b := two(time.Second, 5*time.Second)
	a.Jobs[1].Outcome = windmill.OutcomeRunning
	b.Jobs[0].Duration = nil
	m := byPath(CompareRuns(a.Jobs, b.Jobs))
	require.Equal(t, "unknown", m["a"].Verdict)
	require.Equal(t, "unknown", m[""].Verdict)
	require.Nil(t, m["a"].Change)
	require.NotNil(t, m["a"].DurationA)
}

func TestJobsOfOnePathMatchInOrder(t *testing.T) {
	a, b := two(time.Second, time.Second)
	a.Jobs, b.Jobs = append(a.Jobs, a.Jobs[1]), append(b.Jobs, b.Jobs[1], b.Jobs[1])
	rows := CompareRuns(a.Jobs, b.Jobs)
	require.Len(t, rows, 4)
	require.Equal(t, "only_b", rows[3].Verdict)
}

func TestCompareWithTheBaseline(t *testing.T) {
	run := nightly(1)
	m := byPath(CompareBaseline(run.Jobs, Baselines{
		{"demo", "f/etl/nightly/a", "a", false}: {P50: f(0.5), Count: 10},
		{"demo", "f/etl/nightly", "c", false}:   {P50: f(0.5), Count: 10},
		{"demo", "f/lib/store", "d", false}:     {P50: f(0.1), Count: 4},
	}))
	require.Equal(t, "slower", m["a"].Verdict)
	require.InDelta(t, 1, *m["a"].Change, 1e-9)
	require.Equal(t, "same", m["b[0]/c"].Verdict)
	require.Equal(t, "unknown", m["b[0]/d"].Verdict, "too few executions")
	require.NotNil(t, m["b[0]/d"].Change)
	require.Equal(t, "unknown", m["b[0]"].Verdict, "a container has no baseline")
	require.Nil(t, m["b[0]"].DurationB)
	require.Nil(t, m["a"].OutcomeB)
}
