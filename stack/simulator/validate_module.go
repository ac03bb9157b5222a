package simulator

import (
	"fmt"
	"strings"
)

func validateModules(modules []Module, ids map[string]bool) error {
	for i := range modules {
		if err := modules[i].validate(ids); err != nil {
			return err
		}
	}
	return nil
}

// validateSpecial checks a preprocessor or a failure module: one job, with nothing after it.
func (m *Module) validateSpecial(what string, ids map[string]bool) error {
	if m.ScriptPath == "" && m.RawScript == "" {
		return m.pos.errorf("a %s must be a script or a rawscript", what)
	}
	if m.Approval != nil || m.Sleep != 0 || m.Skip != 0 || m.OnlyEach != 0 || m.ContinueOnError {
		return m.pos.errorf("a %s takes no approval, sleep, skip, only_each or continue_on_error", what)
	}
	return m.validate(ids)
}

func (m *Module) validate(ids map[string]bool) error {
	if m.ID == "" {
		return m.pos.errorf("a module needs an id")
	}
	if ids[m.ID] {
		return m.pos.errorf("module id %q is used twice; ids are unique in a flow", m.ID)
	}
	ids[m.ID] = true
	if types := m.types(); len(types) != 1 {
		got := "none"
		if len(types) > 1 {
			got = strings.Join(types, " and ")
		}
		return m.pos.errorf("module %q needs exactly one of script, rawscript, flow, forloop, whileloop, branchone, branchall, "+
			"agent and identity; it has %s", m.ID, got)
	}
	if m.Skip < 0 || m.Skip > 1 {
		return m.pos.errorf("module %q: skip is a probability between 0 and 1", m.ID)
	}
	if m.OnlyEach < 0 {
		return m.pos.errorf("module %q: only_each must not be negative", m.ID)
	}
	if err := m.validateAround(); err != nil {
		return err
	}
	if m.RawScript != "" {
		if m.Script.Language != "" {
			return m.pos.errorf("module %q: the language of a rawscript is its value; leave language out", m.ID)
		}
		m.Script.Language = m.RawScript
	}
	if m.ScriptPath != "" || m.RawScript != "" {
		return m.Script.validate(m.pos)
	}
	if m.Agent != nil && !m.Script.isSet() {
		return m.validateAgent()
	}
	if m.Script.isSet() {
		return m.pos.errorf("module %q: language, duration, fail, output and so on belong to a script or rawscript", m.ID)
	}
	return m.validateInside(ids)
}

func (m *Module) types() []string {
	var types []string
	for _, t := range []struct {
		name string
		set  bool
	}{
		{"script", m.ScriptPath != ""}, {"rawscript", m.RawScript != ""}, {"flow", m.FlowPath != ""},
		{"forloop", m.ForLoop != nil}, {"whileloop", m.WhileLoop != nil}, {"branchone", m.BranchOne != nil},
		{"branchall", m.BranchAll != nil}, {"agent", m.Agent != nil}, {"identity", m.Identity},
	} {
		if t.set {
			types = append(types, t.name)
		}
	}
	return types
}

// validateAround checks what stands around a step: retry, sleep, approval.
func (m *Module) validateAround() error {
	if m.Sleep < 0 {
		return m.pos.errorf("module %q: sleep must not be negative", m.ID)
	}
	if r := m.Retry; r != nil {
		if m.ScriptPath == "" && m.RawScript == "" {
			return r.pos.errorf("module %q: only a script or rawscript can be retried", m.ID)
		}
		if err := r.validate(fmt.Sprintf("module %q", m.ID)); err != nil {
			return err
		}
	}
	if a := m.Approval; a != nil {
		if !m.isLeaf() {
			return a.pos.errorf("module %q: only a script, rawscript or identity can ask for an approval", m.ID)
		}
		if a.Wait == nil || a.Timeout <= 0 {
			return a.pos.errorf("module %q: an approval needs wait and timeout", m.ID)
		}
		if a.Refused < 0 || a.Ignored < 0 || a.Refused+a.Ignored > 1 {
			return a.pos.errorf("module %q: refused and ignored are probabilities whose sum is at most 1", m.ID)
		}
	}
	return nil
}

func (r *Retry) validate(of string) error {
	if r.Attempts < 1 || r.Delay < 0 || r.Multiplier < 0 {
		return r.pos.errorf("%s: a retry needs attempts above zero, and no negative values", of)
	}
	return nil
}

func (m *Module) validateInside(ids map[string]bool) error {
	switch {
	case m.ForLoop != nil:
		if m.ForLoop.Parallelism != 0 && (!m.ForLoop.Parallel || m.ForLoop.Parallelism < 0) {
			return m.ForLoop.pos.errorf("module %q: parallelism belongs to a parallel loop and is above zero", m.ID)
		}
		return validateLoop(m.ForLoop.pos, m.ForLoop.Iterations, m.ForLoop.Modules, ids)
	case m.WhileLoop != nil:
		return validateLoop(m.WhileLoop.pos, m.WhileLoop.Iterations, m.WhileLoop.Modules, ids)
	case m.BranchOne != nil:
		if len(m.BranchOne.Branches) == 0 {
			return m.BranchOne.pos.errorf("module %q: a branchone needs branches", m.ID)
		}
		branches := append([]Branch{m.BranchOne.Default}, m.BranchOne.Branches...)
		if weights(branches) <= 0 {
			return m.BranchOne.pos.errorf("module %q: the weights of a branchone need a sum above zero", m.ID)
		}
		return validateBranches(branches, ids)
	case m.BranchAll != nil:
		if len(m.BranchAll.Branches) == 0 {
			return m.BranchAll.pos.errorf("module %q: a branchall needs branches", m.ID)
		}
		return validateBranches(m.BranchAll.Branches, ids)
	}
	return nil
}

func validateLoop(pos position, iterations *Count, modules []Module, ids map[string]bool) error {
	if iterations == nil {
		return pos.errorf("a loop needs iterations")
	}
	if iterations.Min < 0 || iterations.Max < iterations.Min {
		return iterations.pos.errorf("iterations need 0 <= min <= max, got %d and %d", iterations.Min, iterations.Max)
	}
	if len(modules) == 0 {
		return pos.errorf("a loop needs modules")
	}
	return validateModules(modules, ids)
}

func validateBranches(branches []Branch, ids map[string]bool) error {
	for i := range branches {
		if branches[i].Weight < 0 {
			return branches[i].pos.errorf("a branch must not have a negative weight")
		}
		if err := validateModules(branches[i].Modules, ids); err != nil {
			return err
		}
	}
	return nil
}

func weights(branches []Branch) float64 {
	total := 0.0
	for i := range branches {
		total += branches[i].Weight
	}
	return total
}

func (s *Script) isSet() bool {
	return s.Language != "" || s.Tag != "" || s.Duration != nil || s.Fail != nil ||
		s.SlowFrom != nil || s.SlowFactor != 0 || s.Twice != nil || s.Tasks != nil || s.Launches != nil || s.Setup != nil || s.Limit != nil || s.Dedicated || len(s.DeployedAt) > 0 || len(s.Output) > 0 || len(s.Labels) > 0
}

func (f *Fail) validate() error {
	if f == nil {
		return nil
	}
	if !isShare(f.Probability) || f.Message == "" {
		return f.pos.errorf("fail needs a probability between 0 and 1, and a message")
	}
	if (f.From == nil) != (f.Then == 0) || !isShare(f.Then) || (f.From != nil && !isShare(*f.From)) {
		return f.pos.errorf("from, a share of the history, and then, a probability, belong together and are between 0 and 1")
	}
	f.Name = orElse(f.Name, "ExecutionErr")
	return nil
}

func isShare(x float64) bool { return x >= 0 && x <= 1 }

func (s *Script) validate(pos position) error {
	if s.Language == "" || s.Duration == nil {
		return pos.errorf("a script needs language and duration")
	}
	s.Tag = orElse(s.Tag, s.Language)
	if err := s.Fail.validate(); err != nil {
		return err
	}
	if (s.SlowFrom == nil) != (s.SlowFactor == 0) {
		return pos.errorf("slow_from and slow_factor belong together")
	}
	if s.SlowFrom != nil && (*s.SlowFrom < 0 || *s.SlowFrom > 1 || s.SlowFactor <= 0) {
		return pos.errorf("slow_from is a share of the history between 0 and 1, slow_factor a number above zero")
	}
	return s.validateMore(pos)
}
