//go:build integration

package integration

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// TestMapEdgesAreTheOrderOfTheFlow compares the edges that runs show with those that the flow's YAML allows, and the
// calls on the nodes with PromQL of the test's own.
func TestMapEdgesAreTheOrderOfTheFlow(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	flows, err := simulator.Load(simulator.ShippedFlows())
	require.NoError(t, err)
	from, to := shared.truth[0].Start.Add(-time.Minute), shared.truth[len(shared.truth)-1].End
	for _, path := range []string{"f/etl/orders_hourly", "f/ml/retrain_model", "f/support/triage_ticket"} {
		i := slices.IndexFunc(flows, func(f simulator.Flow) bool { return f.Path == path })
		require.GreaterOrEqual(t, i, 0, path)
		want := edgeSet{}
		ends := want.modules(flows[i].Modules, "", []string{"(start)"})
		want.connect(ends, []string{"(end)"})

		frames := ask(t, d, from, to, query{"queryType": "step-map", "filters": map[string]any{"flow": []string{path}}})
		require.Len(t, frames, 2)
		for _, f := range frames {
			require.EqualValues(t, "nodeGraph", f.Meta.PreferredVisualization)
		}
		titles := map[string]string{} // of the nodes, with what contains them
		for _, r := range rows(frames[0]) {
			titles[r.text("id")] = title(r)
			require.Equal(t, path, r.text("detail__flow"))
		}
		got := edgeSet{}
		for _, r := range rows(frames[1]) {
			require.Contains(t, titles, r.text("source"))
			require.Contains(t, titles, r.text("target"))
			got[titles[r.text("source")]+" > "+titles[r.text("target")]] = true
		}
		require.Equal(t, want, got, path)
		requireCalls(t, rows(frames[0]), notices(frames[0]))
	}
}

func title(r row) string {
	switch r.text("subtitle") {
	case "start", "end":
		return "(" + r.text("subtitle") + ")"
	case "":
		return r.text("title")
	}
	return r.text("subtitle")[len("in "):] + "/" + r.text("title")
}

func requireCalls(t *testing.T, nodes []row, said string) {
	t.Helper()
	require.Contains(t, said, "newest")
	fromMetrics := 0
	for _, r := range nodes {
		if r.text("detail__figures") == "span metrics" {
			fromMetrics++
			require.Positive(t, r.number(t, "detail__p95"))
			require.Positive(t, r.number(t, "detail__calls"))
			require.InDelta(t, 1, r.number(t, "arc__ok")+r.number(t, "arc__error"), 1e-9)
		}
	}
	require.Greater(t, fromMetrics, 2)
}

// edgeSet is which step may follow which.
type edgeSet map[string]bool

func (e edgeSet) connect(from, to []string) {
	for _, a := range from {
		for _, b := range to {
			e[a+" > "+b] = true
		}
	}
}

// modules adds what a list of modules allows and gives where it may be left. before is where it is come from. A loop of
// one plain script runs it directly, under the id of the loop.
func (e edgeSet) modules(list []simulator.Module, prefix string, before []string) []string {
	for i := range list {
		m := &list[i]
		name := prefix + m.ID
		switch {
		case m.BranchOne != nil:
			var after []string
			for _, b := range append(slices.Clone(m.BranchOne.Branches), m.BranchOne.Default) {
				after = append(after, e.modules(b.Modules, name+"/", before)...)
			}
			before = after
		case m.ForLoop != nil:
			before = e.loop(m.ForLoop.Modules, name, before, m.ForLoop.Parallel)
		case m.WhileLoop != nil:
			before = e.loop(m.WhileLoop.Modules, name, before, false)
		default:
			e.connect(before, []string{name})
			before = []string{name}
		}
	}
	return before
}

func (e edgeSet) loop(list []simulator.Module, name string, before []string, parallel bool) []string {
	plain := len(list) == 1 && (list[0].RawScript != "" || list[0].ScriptPath != "")
	if plain {
		e.connect(before, []string{name})
		e.connect([]string{name}, []string{name})
		return []string{name}
	}
	exits := e.modules(list, name+"/", before)
	if !parallel {
		e.connect(exits, []string{name + "/" + list[0].ID})
	}
	return exits
}
