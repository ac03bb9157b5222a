package flowstep

import (
	"fmt"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

// edgesOf writes the edges of a map of one flow with the steps' places.
func edgesOf(m StepMap, flow string) []string {
	var list []string
	for _, e := range m.Edges {
		strip := func(id string) string { return id[len("demo "+flow)+1:] }
		list = append(list, fmt.Sprintf("%s > %s %g", strip(e.Source), strip(e.Target), e.Count))
	}
	return list
}

func TestMapOfAParallelLoopAndASubflow(t *testing.T) {
	m := MapRuns([]*windmill.Run{nightly(3), nightly(3)})
	require.ElementsMatch(t, []string{
		"(start) > a 2", "a > b/c 6", "b/c > b/d 6", "b/d > e/x 6", "e/x > (end) 2",
	}, edgesOf(m, "f/etl/nightly"))
	require.Equal(t, 2, m.Runs)
	require.Equal(t, []string{"demo f/etl/nightly"}, m.Flows)
	nodes := map[string]StepNode{}
	for _, n := range m.Nodes {
		nodes[n.Title] = n
	}
	require.Equal(t, "start", m.Nodes[0].Subtitle)
	require.InDelta(t, 2, *m.Nodes[0].Calls, 0, "the runs")
	c := nodes["c"]
	require.Equal(t, "in b", c.Subtitle)
	require.InDelta(t, 6, *c.Calls, 0)
	require.InDelta(t, 0.5, *c.P95, 1e-9)
	require.InDelta(t, 0, *c.ErrorRatio, 0)
	require.Equal(t, Key{"demo", "f/etl/nightly", "c", false}, c.Key)
	require.NotNil(t, c.SlowestRun)
	require.Nil(t, nodes["end"].Calls)
	sum := 0.0
	for _, n := range m.Nodes[1:] {
		if n.Contribution != nil {
			sum += *n.Contribution
		}
	}
	require.InDelta(t, *m.Nodes[0].Contribution, sum, 1e-9, "steps make up the flow's working time")
}

func TestMapShowsLoopsRetriesAndBranches(t *testing.T) {
	b := windmilltest.New(base, 2)
	r := b.Flow("f/x", 0).Pull(0, ms)
	r.Inline("a", 0).Fail(10*ms, 20*ms, "E", "no")
	r.Inline("a", 20*ms).Run(30*ms, 40*ms)
	at := 60 * ms
	for i := range 3 {
		it := r.Node("l", "loop", i, at).Pull(at, at+ms)
		it.Inline("c", at).Run(at+2*ms, at+10*ms)
		it.Inline("d", at+10*ms).Run(at+32*ms, at+40*ms)
		at += 70 * ms
	}
	for i := range 2 {
		r.Node("p", "branchall", i, at).Pull(at, at+ms).Inline([]string{"y", "z"}[i], at).Run(at+2*ms, at+30*ms)
	}
	r.Full(0, at+60*ms, false)
	require.ElementsMatch(t, []string{
		"(start) > a 1", "a > a 1", "a > l/c 1", "l/c > l/d 3", "l/d > l/c 2", "l/d > p/y 1", "l/d > p/z 1", "p/y > (end) 1", "p/z > (end) 1",
	}, edgesOf(MapRuns([]*windmill.Run{windmill.Build(r.ID, b.Spans)}), "f/x"))
}

func TestMapOfFailuresAndOfWhatRuns(t *testing.T) {
	b := windmilltest.New(base, 3)
	rescued := windmill.Build(b.Rescued(0).ID, b.Spans)
	require.ElementsMatch(t, []string{"(start) > a 1", "a > b 1", "b > failure 1", "failure > (end) 1"},
		edgesOf(MapRuns([]*windmill.Run{rescued}), "f/ops/import"))
	w := windmilltest.New(base, 4)
	r := w.Flow("f/x", 0).Pull(0, ms)
	r.Inline("a", 0).Run(10*ms, 20*ms)
	script := w.Script("f/s", 0).Run(0, time.Second)
	m := MapRuns([]*windmill.Run{windmill.Build(r.ID, w.Spans), windmill.Build(script.ID, w.Spans)})
	require.Equal(t, []string{"(start) > a 1"}, edgesOf(m, "f/x"), "what has not ended has no end; a script is no flow")
}

func TestParallelAfterParallelIsNotTheirProduct(t *testing.T) {
	b := windmilltest.New(base, 5)
	r := b.Flow("f/x", 0).Pull(0, ms)
	for i := range 3 {
		r.Node("k", "forloop", i, 0).Pull(ms, 2*ms).Inline("c", 2*ms).Run(5*ms, 10*ms)
	}
	for i := range 3 {
		r.Node("l", "forloop", i, 50*ms).Pull(51*ms, 52*ms).Inline("d", 52*ms).Run(55*ms, 60*ms)
	}
	r.Full(0, 90*ms, false)
	require.Contains(t, edgesOf(MapRuns([]*windmill.Run{windmill.Build(r.ID, b.Spans)}), "f/x"), "k/c > l/d 3")
}

func TestMapWithSpanMetrics(t *testing.T) {
	m := MapRuns([]*windmill.Run{nightly(2)})
	require.ElementsMatch(t, []Key{{"demo", "f/etl/nightly/a", "a", false}, {"demo", "f/etl/nightly", "c", false}, {"demo", "f/lib/store", "d", false}, {"demo", "f/etl/publish/x", "x", false}}, m.Keys())
	m.WithStats([]Stats{{Key: Key{"demo", "f/etl/nightly", "c", false}, Calls: f(900), P95: f(3), ErrorRatio: f(0.25)}})
	for _, n := range m.Nodes {
		if n.Title == "c" {
			require.False(t, n.Sampled)
			require.InDelta(t, 900, *n.Calls, 0)
			require.InDelta(t, 0.25, *n.ErrorRatio, 0)
		} else {
			require.True(t, n.Sampled, n.Title)
		}
	}
}

func TestNearestRank(t *testing.T) {
	for n, want := range map[int]int{1: 0, 2: 1, 19: 18, 20: 18, 21: 19, 100: 94} {
		require.Equal(t, want, nearestRank(0.95, n), n)
	}
}
