package property

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// Shrink makes a failing case smaller for as long as it fails. fails says whether a case still does; it is asked
// about a few hundred.
func Shrink(c Case, fails func(Case) bool) Case {
	for smaller := true; smaller; {
		smaller = false
		for i := 0; ; i++ {
			candidate, ok := c.edited(i)
			if !ok {
				break
			}
			if fails(candidate) {
				c, smaller = candidate, true
				i-- // what is at this place now has not been tried
			}
		}
	}
	return c
}

// edited is a copy of the case with its i-th simplification; false when there are not so many.
func (c Case) edited(i int) (Case, bool) {
	c.Flows = cloneFlows(c.Flows)
	list := (&editor{}).flows(&c)
	if i >= len(list) {
		return Case{}, false
	}
	list[i]()
	return c, true
}

func cloneFlows(flows []simulator.Flow) []simulator.Flow {
	out := make([]simulator.Flow, len(flows))
	for i, flow := range flows {
		content, err := yaml.Marshal(flow)
		if err == nil {
			err = yaml.Unmarshal(content, &out[i])
		}
		if err != nil { // what was loaded once can be written and read
			panic(err)
		}
	}
	return out
}

// editor lists what can be left out of a case, big pieces first.
type editor struct{ big, small []func() }

func (e *editor) flows(c *Case) []func() {
	for i := range c.Flows {
		flow := &c.Flows[i]
		e.modules(&flow.Modules)
		dropPointer(e, &flow.FailureModule)
		dropPointer(e, &flow.Preprocessor)
		zero(e, &flow.Preview)
		zero(e, &flow.SameWorker)
		dropPointer(e, &flow.Cancel)
		zero(e, &flow.Trigger.Traceparent)
		if i == 0 {
			zero(e, &flow.Trigger.Kind)
		}
		if flow.FailureModule != nil {
			e.script(&flow.FailureModule.Script)
		}
		if i > 0 {
			e.small = append(e.small, func() { c.Flows = slices.Delete(c.Flows, i, i+1) })
		}
	}
	return append(e.big, e.small...)
}

// modules offers to leave out each module of a list, to put what is inside of one in its place, and to simplify it.
func (e *editor) modules(list *[]simulator.Module) {
	for i := range *list {
		m := &(*list)[i]
		e.big = append(e.big, func() { *list = slices.Delete(*list, i, i+1) })
		for _, inside := range insides(m) {
			e.modules(inside)
			if len(*inside) > 0 {
				e.big = append(e.big, func() { *list = slices.Replace(*list, i, i+1, *inside...) })
			}
		}
		e.module(m)
	}
}

// insides are the lists of modules within a module.
func insides(m *simulator.Module) []*[]simulator.Module {
	var out []*[]simulator.Module
	branches := func(list []simulator.Branch) {
		for i := range list {
			out = append(out, &list[i].Modules)
		}
	}
	switch {
	case m.ForLoop != nil:
		out = append(out, &m.ForLoop.Modules)
	case m.WhileLoop != nil:
		out = append(out, &m.WhileLoop.Modules)
	case m.BranchOne != nil:
		out = append(out, &m.BranchOne.Default.Modules)
		branches(m.BranchOne.Branches)
	case m.BranchAll != nil:
		branches(m.BranchAll.Branches)
	}
	return out
}

func (e *editor) module(m *simulator.Module) {
	e.script(&m.Script)
	dropPointer(e, &m.Retry)
	dropPointer(e, &m.Approval)
	zero(e, &m.Sleep)
	zero(e, &m.Skip)
	zero(e, &m.ContinueOnError)
	switch {
	case m.Agent != nil:
		e.count(m.Agent.Calls)
	case m.ForLoop != nil:
		e.count(m.ForLoop.Iterations)
		zero(e, &m.ForLoop.Parallel)
		zero(e, &m.ForLoop.SkipFailures)
	case m.WhileLoop != nil:
		e.count(m.WhileLoop.Iterations)
		zero(e, &m.WhileLoop.SkipFailures)
	case m.BranchOne != nil:
		e.branches(&m.BranchOne.Branches)
	case m.BranchAll != nil:
		zero(e, &m.BranchAll.Parallel)
		e.branches(&m.BranchAll.Branches)
	}
}

func (e *editor) branches(list *[]simulator.Branch) {
	for i := range *list {
		e.big = append(e.big, func() { *list = slices.Delete(*list, i, i+1) })
		zero(e, &(*list)[i].SkipFailure)
	}
}

func (e *editor) script(s *simulator.Script) {
	dropPointer(e, &s.Fail)
	dropPointer(e, &s.Twice)
	dropPointer(e, &s.Tasks)
	if len(s.Labels) > 0 {
		e.small = append(e.small, func() { s.Labels = nil })
	}
	if s.Fail != nil {
		zero(e, &s.Fail.ByResult)
		if s.Fail.Probability != 1 {
			e.small = append(e.small, func() { s.Fail.Probability = 1 })
		}
	}
}

func (e *editor) count(c *simulator.Count) {
	if c.Max > 0 {
		e.small = append(e.small, func() { c.Max--; c.Min = min(c.Min, c.Max) })
	}
	if c.Min < c.Max {
		e.small = append(e.small, func() { c.Min = c.Max })
	}
}

func dropPointer[T any](e *editor, p **T) {
	if *p != nil {
		e.small = append(e.small, func() { *p = nil })
	}
}

func zero[T comparable](e *editor, p *T) {
	var none T
	if *p != none {
		e.small = append(e.small, func() { *p = none })
	}
}
