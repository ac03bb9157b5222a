package property

import (
	"math/rand/v2"
	"time"

	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// addToday adds what today's Windmill has besides: handlers, jobs that scripts launch, processes, failure modules
// that make a flow a success, and the failed statuses of 1.686 to 1.694. It draws from a source of its own, so that
// the flows of a seed stay what they are.
func addToday(c *Case) {
	g := &generator{random: rand.New(rand.NewPCG(c.Seed, 7))}
	main := &c.Flows[0]
	c.Version.RaceStatus = !c.Version.NoStatus && g.chance(0.1)
	g.early = !c.Version.NoStatus && !c.Version.RaceStatus // else nothing shows such a failure
	if !c.Version.NoJobKind && g.chance(0.2) {             // handlers are known by created_by
		main.Handlers = g.handlers()
	}
	if main.FailureModule != nil && g.chance(0.3) {
		main.Recover = 0.5
	}
	for i := range c.Flows {
		flow := &c.Flows[i]
		if flow.Script != nil && flow.Script.Retry == nil && !flow.Script.Wrapped {
			g.todays(&flow.Script.Script)
		}
		eachScript(flow.Modules, g.todays)
		g.throttle(flow.Modules)
	}
}

func (g *generator) handlers() []simulator.Handler {
	var list []simulator.Handler
	for _, by := range []string{"error_handler", "schedule_error_handler", "global", "success_handler", "schedule_recovery_handler"} {
		if g.chance(0.5) {
			continue
		}
		h := simulator.Handler{CreatedBy: by, Path: "f/random/" + by, Iterations: g.chance(0.5), Script: g.script()}
		h.Script.Language = pick(g, languages)
		list = append(list, h)
	}
	return list
}

// todays changes a script: it launches jobs, or runs in processes.
func (g *generator) todays(s *simulator.Script) {
	if s.Tasks != nil || s.Twice != nil {
		return
	}
	if g.chance(0.05) {
		l := &simulator.Launches{Count: g.count(), Path: "f/random/launched", NameRoot: g.chance(0.5), Script: g.script()}
		l.Script.Language = pick(g, languages)
		s.Launches = l
	}
	switch {
	case s.Launches == nil && g.chance(0.04):
		s.Dedicated = true
		return
	case g.early && s.Fail != nil && !s.Fail.ByResult && g.chance(0.2):
		s.Fail.Early = true
	case g.chance(0.05):
		s.Limit = &simulator.Limit{Concurrent: 1 + g.random.IntN(2), Pause: g.between(200*time.Millisecond, 3*time.Second)}
	}
	if g.chance(0.1) {
		s.Setup = &simulator.Dist{Max: g.between(0, 2*time.Second)}
	}
}

// eachScript calls do for the script of each module that has one.
func eachScript(modules []simulator.Module, do func(*simulator.Script)) {
	for i := range modules {
		m := &modules[i]
		switch {
		case m.ScriptPath != "" || m.RawScript != "":
			do(&m.Script)
		case m.ForLoop != nil:
			eachScript(m.ForLoop.Modules, do)
		case m.WhileLoop != nil:
			eachScript(m.WhileLoop.Modules, do)
		case m.BranchOne != nil:
			eachScript(m.BranchOne.Default.Modules, do)
			eachBranch(m.BranchOne.Branches, do)
		case m.BranchAll != nil:
			eachBranch(m.BranchAll.Branches, do)
		}
	}
}

func eachBranch(branches []simulator.Branch, do func(*simulator.Script)) {
	for i := range branches {
		eachScript(branches[i].Modules, do)
	}
}

// throttle lets some parallel loops run only some iterations at a time.
func (g *generator) throttle(modules []simulator.Module) {
	for i := range modules {
		if loop := modules[i].ForLoop; loop != nil {
			if loop.Parallel && g.chance(0.3) {
				loop.Parallelism = 1 + g.random.IntN(3)
			}
			g.throttle(loop.Modules)
		}
	}
}
