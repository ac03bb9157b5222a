package flowstep

import (
	"slices"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// mapNode gathers the executions of a step.
type mapNode struct {
	StepNode
	durations []float64
	failed    int
	count     int
	share     float64
	slowest   time.Duration
	flow      string // identity of its flow
}

type mapper struct {
	nodes map[string]*mapNode
	order []*mapNode
	edges map[[2]string]int
	runs  map[string]int // of each flow
	at    flowPlaces
	run   *windmill.Run
	flow  string // identity of the run's flow
}

func (m *mapper) add(run *windmill.Run) {
	m.run, m.at = run, flowPlaces{}
	m.flow = run.Root.Workspace + " " + run.Root.ScriptPath
	m.runs[m.flow]++
	start := m.terminal("start", cmpOr(run.Root.ScriptPath, "run"))
	start.observe(run.Root, run.ID)
	entries, exits := m.children(run.Root)
	m.connect([]string{start.ID}, entries)
	if run.Outcome != windmill.OutcomeRunning && len(exits) > 0 {
		m.connect(exits, []string{m.terminal("end", "end").ID})
	}
}

// terminal is the start or the end of the flow. The start stands for its runs.
func (m *mapper) terminal(what, title string) *mapNode {
	n := m.node(m.flow + " (" + what + ")")
	n.Title, n.Subtitle, n.Kind = title, what, string(windmill.KindFlow)
	if what == "start" {
		n.Key, _ = KeyOf(m.run.Root)
	}
	return n
}

func (m *mapper) node(id string) *mapNode {
	n := m.nodes[id]
	if n == nil {
		n = &mapNode{StepNode: StepNode{ID: id, Flow: m.run.Root.ScriptPath, Sampled: true}, flow: m.flow}
		m.nodes[id] = n
		m.order = append(m.order, n)
	}
	return n
}

// step is the node of a job.
func (m *mapper) step(j *windmill.Job) string {
	place := m.at.of(j)
	n := m.node(m.flow + "/" + place)
	n.Title, n.Kind = place, string(j.Kind)
	if i := strings.LastIndexByte(place, '/'); i >= 0 {
		n.Title, n.Subtitle = place[i+1:], "in "+place[:i]
	}
	n.Key, _ = KeyOf(j)
	n.observe(j, m.run.ID)
	return n.ID
}

func (n *mapNode) observe(j *windmill.Job, run string) {
	n.count++
	if j.Outcome == windmill.OutcomeError || j.Outcome == windmill.OutcomeCanceled {
		n.failed++
	}
	if j.Contribution != nil {
		n.share += *j.Contribution
	}
	if j.Duration == nil || j.Outcome == windmill.OutcomeRunning {
		return
	}
	n.durations = append(n.durations, j.Duration.Seconds())
	if n.SlowestRun == nil || *j.Duration > n.slowest {
		n.SlowestRun, n.slowest = &run, *j.Duration
	}
}

// children connects what is below a job and gives where one comes in and where one goes out. The children of a flow are
// in the order of its steps; all jobs of one step are a stage.
func (m *mapper) children(j *windmill.Job) (entries, exits []string) {
	for i := 0; i < len(j.Children); {
		end := i + 1
		for j.Children[i].Step != "" && end < len(j.Children) && j.Children[end].Step == j.Children[i].Step {
			end++
		}
		in, out := m.stage(j.Children[i:end])
		i = end
		if entries == nil {
			entries = in
		} else {
			m.connect(exits, in)
		}
		exits = out
	}
	return entries, exits
}

// stage is one step: its iterations or branches one after another or side by side, each with its attempts.
func (m *mapper) stage(jobs []*windmill.Job) (entries, exits []string) {
	lanes := slices.Collect(chunksBy(jobs, func(j *windmill.Job) int64 { return max(number(j.Iteration), number(j.Branch)) }))
	oneByOne := sequential(lanes)
	for i, attempts := range lanes {
		in, out := m.inside(attempts[0])
		for _, again := range attempts[1:] {
			next, last := m.inside(again)
			m.connect(out, next)
			out = last
		}
		switch {
		case !oneByOne:
			entries, exits = append(entries, in...), append(exits, out...)
		case i == 0:
			entries, exits = in, out
		default:
			m.connect(exits, in)
			exits = out
		}
	}
	return entries, exits
}

// inside is a job itself, or of a container the steps in it. What an agent or a script calls hangs beside it.
func (m *mapper) inside(j *windmill.Job) (entries, exits []string) {
	if j.Container && len(j.Children) > 0 {
		return m.children(j)
	}
	own := []string{m.step(j)}
	for _, c := range j.Children {
		in, _ := m.inside(c)
		m.connect(own, in)
	}
	return own, own
}

// sequential says whether iterations or branches ran one after another. The script path tells of loops; else the times.
func sequential(lanes [][]*windmill.Job) bool {
	if segment, ok := windmill.LastSegment(lanes[0][0].ScriptPath); ok && segment.Loop() {
		return segment.Type == "loop"
	}
	for i := 1; i < len(lanes); i++ {
		before := lanes[i-1][len(lanes[i-1])-1]
		if lanes[i][0].Start.Before(before.WorkEnd()) {
			return false
		}
	}
	return true
}

// chunksBy cuts a list where the key changes.
func chunksBy[T any, K comparable](list []T, key func(T) K) func(func([]T) bool) {
	return func(yield func([]T) bool) {
		for i := 0; i < len(list); {
			end := i + 1
			for end < len(list) && key(list[end]) == key(list[i]) {
				end++
			}
			if !yield(list[i:end]) {
				return
			}
			i = end
		}
	}
}

// connect counts that what goes out was followed by what comes in. Seven iterations after one step are seven times, one
// step after seven iterations too, and seven after seven are not 49.
func (m *mapper) connect(from, to []string) {
	sources, targets := tally(from), tally(to)
	for s, a := range sources {
		for t, b := range targets {
			m.edges[[2]string{s, t}] += max(a, b)
		}
	}
}

func tally(list []string) map[string]int {
	count := map[string]int{}
	for _, id := range list {
		count[id]++
	}
	return count
}
