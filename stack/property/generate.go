package property

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

const (
	workspace = "w"
	mainFlow  = "f/random/main"
	// deepest bounds the nesting of loops and branches in one flow, mostJobs what a flow may make in all (roughly).
	deepest  = 3
	mostJobs = 120
)

var (
	languages = []string{"python3", "bun", "go", "postgresql"}
	tags      = []string{"flow", "python3", "bun", "go", "postgresql"}
)

// Random makes the case of a seed: the same seed, the same case.
func Random(seed uint64) Case {
	c := randomFlows(seed)
	g := &generator{random: rand.New(rand.NewPCG(seed, 4))}
	if g.chance(0.3) {
		c.Version = simulator.Version{
			NoJobKind: g.chance(0.5), NoStatus: g.chance(0.5), NoFullJob: g.chance(0.3), NoTraceparent: g.chance(0.3),
			Service: pick(g, []string{"", "windmill-worker-eu", "x"}),
		}
	}
	if script := c.Flows[0].Script; script != nil && script.Retry != nil && !script.Wrapped {
		c.Version.NoJobKind = false // versions that retry a script without a flow name the kinds of jobs
	}
	if g.chance(0.2) {
		c.Foreign = simulator.Foreign{UserSpans: 0.5, Requests: true}
	}
	addToday(&c)
	return c
}

func randomFlows(seed uint64) Case {
	g := &generator{random: rand.New(rand.NewPCG(seed, 1)), room: mostJobs}
	if g.chance(0.03) {
		return Case{Seed: seed, Start: start, Flows: []simulator.Flow{g.standalone()}}
	}
	flow := g.flow(mainFlow, 0)
	g.trigger(&flow)
	return Case{Seed: seed, Start: start, Flows: append([]simulator.Flow{flow}, g.subflows...)}
}

type generator struct {
	random   *rand.Rand
	room     int // jobs that may still be made
	ids      int // of the flow in the making
	subflows []simulator.Flow
	early    bool // whether scripts may fail before they run
}

func (g *generator) chance(p float64) bool { return g.random.Float64() < p }

func pick[T any](g *generator, of []T) T { return of[g.random.IntN(len(of))] }

func (g *generator) standalone() simulator.Flow {
	flow := simulator.Flow{Path: mainFlow, Workspace: workspace, Script: &simulator.StandaloneScript{Script: g.script()}}
	flow.Script.Script.Language = pick(g, languages)
	switch g.random.IntN(4) {
	case 0:
		g.odd(&flow.Script.Script)
	case 1:
		flow.Script.Wrapped = true
		flow.Script.Retry = &simulator.Retry{Attempts: 2, Delay: time.Second}
	case 2:
		g.odd(&flow.Script.Script)
		flow.Script.Retry = &simulator.Retry{Attempts: 1 + g.random.IntN(3), Delay: g.between(0, 5*time.Second)}
	}
	g.trigger(&flow)
	return flow
}

// trigger makes the flow run once.
func (g *generator) trigger(flow *simulator.Flow) {
	if g.chance(0.05) {
		flow.Cancel = &simulator.Cancel{Probability: 1, After: &simulator.Dist{Min: 100 * time.Millisecond, Max: 30 * time.Second}}
	}
	flow.Schedule = &simulator.Schedule{Every: 10 * longest}
	flow.Trigger.Kind = pick(g, []string{"", "webhook", "http", "schedule", "kafka"})
	flow.Trigger.Traceparent = flow.Trigger.Kind == "http" && g.chance(0.5)
}

func (g *generator) flow(path string, nesting int) simulator.Flow {
	outer := g.ids
	g.ids = 0
	defer func() { g.ids = outer }()
	flow := simulator.Flow{Path: path, Workspace: workspace, CreatedBy: "ann", Preview: nesting == 0 && g.chance(0.15)}
	if g.chance(0.1) {
		flow.Preprocessor = &simulator.Module{RawScript: pick(g, languages), Script: g.script()}
	}
	flow.Modules = g.modules(nesting, 0, false, 1)
	flow.SameWorker = g.chance(0.06)
	if g.chance(0.25) {
		failure := g.leaf()
		failure.ID = "failure"
		flow.FailureModule = &failure
	}
	return flow
}

// modules makes one to four modules. times is how often they run, for a bound of the jobs.
func (g *generator) modules(nesting, depth int, parallel bool, times int) []simulator.Module {
	var out []simulator.Module
	for range 1 + g.random.IntN(4) {
		out = append(out, g.module(nesting, depth, parallel, times))
	}
	return out
}

func (g *generator) module(nesting, depth int, parallel bool, times int) simulator.Module {
	g.room -= times
	g.ids++
	id := fmt.Sprintf("m%d", g.ids)
	m := g.content(nesting, depth, parallel, times)
	m.ID = id
	if g.chance(0.06) {
		m.Skip = pick(g, []float64{0.5, 1})
	}
	if g.chance(0.08) {
		m.Sleep = g.between(200*time.Millisecond, 20*time.Second)
	}
	m.ContinueOnError = g.chance(0.08)
	isScript := m.ScriptPath != "" || m.RawScript != ""
	if isScript && g.chance(0.15) {
		m.Retry = &simulator.Retry{Attempts: 1 + g.random.IntN(3), Delay: g.between(0, 5*time.Second), Multiplier: pick(g, []float64{0, 2})}
	}
	if (isScript || m.Identity) && !parallel && g.chance(0.05) {
		wait := simulator.Dist{Min: time.Second, Max: time.Minute}
		m.Approval = &simulator.Approval{Wait: &wait, Timeout: 40 * time.Second, Refused: pick(g, []float64{0, 0, 0.5})}
	}
	return m
}

// content makes what a module is: a script, or something that holds modules of its own.
func (g *generator) content(nesting, depth int, parallel bool, times int) simulator.Module {
	if depth >= deepest || g.room <= 0 || g.chance(0.6) {
		switch luck := g.random.Float64(); {
		case luck < 0.06:
			return simulator.Module{Identity: true}
		case luck < 0.1:
			return g.agent()
		}
		m := g.leaf()
		g.odd(&m.Script)
		return m
	}
	switch g.random.IntN(6) {
	case 0:
		loop := &simulator.ForLoop{Iterations: g.count(), Parallel: g.chance(0.5), SkipFailures: g.chance(0.3)}
		loop.Modules = g.inside(nesting, depth, parallel || loop.Parallel, times*loop.Iterations.Max)
		return simulator.Module{ForLoop: loop}
	case 1:
		loop := &simulator.WhileLoop{Iterations: g.count(), SkipFailures: g.chance(0.3)}
		loop.Modules = g.inside(nesting, depth, parallel, times*loop.Iterations.Max)
		return simulator.Module{WhileLoop: loop}
	case 2:
		return simulator.Module{BranchOne: &simulator.BranchOne{
			Default: g.branch(nesting, depth, parallel, times), Branches: g.branches(nesting, depth, parallel, times),
		}}
	case 3, 4:
		all := &simulator.BranchAll{Parallel: g.chance(0.5)}
		all.Branches = g.branches(nesting, depth, parallel || all.Parallel, times)
		return simulator.Module{BranchAll: all}
	}
	if nesting >= deepest {
		return g.leaf()
	}
	path := fmt.Sprintf("f/random/sub%d", len(g.subflows))
	g.subflows = append(g.subflows, simulator.Flow{Path: path}) // takes the number
	mine := len(g.subflows) - 1
	g.subflows[mine] = g.flow(path, nesting+1)
	return simulator.Module{FlowPath: path}
}

// inside makes the modules of a loop: often a single plain script, which Windmill runs without a job for the iteration.
func (g *generator) inside(nesting, depth int, parallel bool, times int) []simulator.Module {
	if g.chance(0.35) {
		g.ids++
		g.room -= times
		m := g.leaf()
		m.ID = fmt.Sprintf("m%d", g.ids)
		return []simulator.Module{m}
	}
	return g.modules(nesting, depth+1, parallel, max(times, 1))
}

func (g *generator) branches(nesting, depth int, parallel bool, times int) []simulator.Branch {
	var out []simulator.Branch
	for range 1 + g.random.IntN(3) {
		out = append(out, g.branch(nesting, depth, parallel, times))
	}
	return out
}

func (g *generator) branch(nesting, depth int, parallel bool, times int) simulator.Branch {
	b := simulator.Branch{Weight: 1, SkipFailure: g.chance(0.3)}
	if g.chance(0.85) {
		b.Modules = g.modules(nesting, depth+1, parallel, times)
	}
	return b
}

// agent makes an AI agent with one or two tools. Tools of the queue are left out where there may be too few workers: an
// agent keeps its own while it waits.
func (g *generator) agent() simulator.Module {
	a := &simulator.Agent{Calls: g.count(), Duration: &simulator.Dist{Min: 100 * time.Millisecond, Max: 2 * time.Second}}
	for i := range 1 + g.random.IntN(2) {
		tool := g.leaf()
		tool.ID = fmt.Sprintf("tool%d", i)
		a.Tools = append(a.Tools, tool)
	}
	return simulator.Module{Agent: a}
}

// odd makes some scripts workflows as code, or pulled twice.
func (g *generator) odd(s *simulator.Script) {
	switch luck := g.random.Float64(); {
	case luck < 0.04:
		s.Tasks = &simulator.Tasks{
			Rounds: &simulator.Count{Min: 1, Max: 3}, SideBySide: &simulator.Count{Min: 1, Max: 3}, Script: g.script(),
		}
	case luck < 0.08:
		s.Twice = &simulator.Twice{Restarted: 0.5, LostRace: 0.5}
	}
}

func (g *generator) leaf() simulator.Module {
	m := simulator.Module{Script: g.script()}
	if g.chance(0.5) {
		m.RawScript = pick(g, languages)
		return m
	}
	m.ScriptPath = pick(g, []string{"f/lib/a", "f/lib/b", "hub/1/x/y"})
	m.Script.Language = pick(g, languages)
	return m
}

func (g *generator) script() simulator.Script {
	d := &simulator.Dist{Min: 10 * time.Millisecond, Max: g.between(20*time.Millisecond, 4*time.Second)}
	s := simulator.Script{Duration: d}
	if g.chance(0.15) {
		s.Fail = &simulator.Fail{
			Probability: pick(g, []float64{0.3, 0.6, 1}), Name: "Boom", Message: "it broke", ByResult: g.chance(0.3),
		}
	}
	if g.chance(0.1) {
		s.Labels = []string{"x", "y"}
	}
	return s
}

func (g *generator) count() *simulator.Count {
	least := g.random.IntN(3)
	return &simulator.Count{Min: least, Max: least + g.random.IntN(4)}
}

func (g *generator) between(least, most time.Duration) time.Duration {
	return least + time.Duration(g.random.Int64N(int64(most-least)+1)).Truncate(time.Millisecond)
}
