package flowstep

import (
	"cmp"
	"math"
	"slices"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// StepNode is a step of a flow, or the start or the end of the flow itself. nil is unknown; durations are seconds.
type StepNode struct {
	ID           string
	Title        string
	Subtitle     string // what contains it, or "start" and "end" of the flow
	Flow         string
	Kind         string
	Key          Key
	Calls        *float64
	P95          *float64
	ErrorRatio   *float64
	Contribution *float64 // mean share of the run's wall time
	Sampled      bool     // calls, p95 and errors are those of the sampled runs alone
	SlowestRun   *string  // among the sampled runs
	Series       *string  // matchers of its series in Prometheus
}

// StepEdge says how many times an execution of one step was followed by one of another in the sampled runs.
type StepEdge struct {
	ID, Source, Target string
	Count              float64
}

// StepMap is one or more flows as a graph.
type StepMap struct {
	Nodes []StepNode // in the order in which they were first seen, the start of each flow before its steps
	Edges []StepEdge
	Flows []string
	Runs  int
}

// MapRuns draws the flows of runs: a node for each step, an edge where one followed the other. Runs of scripts have no
// steps and are left out.
func MapRuns(list []*windmill.Run) StepMap {
	m := &mapper{nodes: map[string]*mapNode{}, edges: map[[2]string]int{}, runs: map[string]int{}}
	for _, run := range list {
		if run.Root.Container {
			m.add(run)
		}
	}
	return m.finish()
}

func (m *mapper) finish() StepMap {
	out := StepMap{Nodes: make([]StepNode, 0, len(m.order))}
	for _, n := range m.order {
		out.Nodes = append(out.Nodes, n.finish(m.runs[n.flow]))
	}
	for pair, count := range m.edges {
		out.Edges = append(out.Edges, StepEdge{ID: pair[0] + " > " + pair[1], Source: pair[0], Target: pair[1], Count: float64(count)})
	}
	slices.SortFunc(out.Edges, func(a, b StepEdge) int { return cmp.Compare(a.ID, b.ID) })
	for flow, n := range m.runs {
		out.Flows = append(out.Flows, flow)
		out.Runs += n
	}
	slices.Sort(out.Flows)
	return out
}

// finish sums the executions of a step up, over so many runs of its flow.
func (n *mapNode) finish(runs int) StepNode {
	if n.count == 0 { // the end of a flow
		return n.StepNode
	}
	calls, share := float64(n.count), n.share/float64(runs)
	ratio := float64(n.failed) / calls
	n.Calls, n.ErrorRatio, n.Contribution = &calls, &ratio, &share
	if len(n.durations) > 0 {
		slices.Sort(n.durations)
		n.P95 = &n.durations[nearestRank(0.95, len(n.durations))]
	}
	return n.StepNode
}

// nearestRank is the place of a quantile among n sorted values: the least value that so many are not above.
func nearestRank(q float64, n int) int { return max(int(math.Ceil(q*float64(n)))-1, 0) }

// WithStats puts the figures of span metrics over the window in the place of those of the sampled runs, where they
// exist.
func (s *StepMap) WithStats(stats []Stats) {
	byKey := make(map[Key]Stats, len(stats))
	for _, x := range stats {
		byKey[x.Key] = x
	}
	for i := range s.Nodes {
		n := &s.Nodes[i]
		if x, ok := byKey[n.Key]; ok && n.Key.Step != "" && x.Calls != nil {
			n.Calls, n.P95, n.ErrorRatio, n.Sampled = x.Calls, x.P95, x.ErrorRatio, false
			n.Series = known(x.Series)
		}
	}
}

// Keys lists the steps of a map, each once.
func (s *StepMap) Keys() []Key {
	seen := map[Key]bool{}
	var keys []Key
	for _, n := range s.Nodes {
		if n.Key.Step != "" && !seen[n.Key] {
			seen[n.Key] = true
			keys = append(keys, n.Key)
		}
	}
	return keys
}
