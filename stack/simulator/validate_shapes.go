package simulator

import "slices"

// validateMore checks what a script does besides running once.
func (s *Script) validateMore(pos position) error {
	if t := s.Twice; t != nil && (t.Restarted < 0 || t.LostRace < 0 || t.Restarted+t.LostRace > 1) {
		return t.pos.errorf("restarted and lost_race are probabilities whose sum is at most 1")
	}
	if slices.ContainsFunc(s.DeployedAt, notAShare) {
		return pos.errorf("deployed_at are shares of the history between 0 and 1")
	}
	if l := s.Launches; l != nil {
		if s.Tasks != nil || s.Twice != nil {
			return pos.errorf("a script that launches jobs takes no tasks or twice")
		}
		if err := l.validate(s.Language); err != nil {
			return err
		}
	}
	if l := s.Limit; l != nil {
		if s.Tasks != nil || s.Twice != nil {
			return pos.errorf("a script with a limit takes no tasks or twice")
		}
		if err := l.validate(); err != nil {
			return err
		}
	}
	if s.Dedicated && (s.Tasks != nil || s.Twice != nil || s.Setup != nil || s.Launches != nil) {
		return pos.errorf("a script of a dedicated worker takes no tasks, twice, setup or launches")
	}
	if s.Setup != nil && (s.Tasks != nil || s.Twice != nil) {
		return pos.errorf("a script with tasks or twice takes no setup")
	}
	if s.Tasks == nil {
		return nil
	}
	if s.Twice != nil {
		return pos.errorf("a workflow as code takes no twice")
	}
	return s.Tasks.validate(s.Language)
}

func notAShare(share float64) bool { return share < 0 || share > 1 }

func (t *Tasks) validate(language string) error {
	if t.Rounds == nil || t.SideBySide == nil {
		return t.pos.errorf("tasks need rounds and side_by_side")
	}
	for _, c := range []*Count{t.Rounds, t.SideBySide} {
		if c.Min < 1 || c.Max < c.Min {
			return c.pos.errorf("rounds and side_by_side need 1 <= min <= max, got %d and %d", c.Min, c.Max)
		}
	}
	if t.Script.Tasks != nil || t.Script.Twice != nil {
		return t.pos.errorf("tasks take no tasks or twice of their own")
	}
	t.Script.Language = orElse(t.Script.Language, language)
	return t.Script.validate(t.pos)
}

func (c *Cancel) validate() error {
	if c.Probability < 0 || c.Probability > 1 || c.After == nil {
		return c.pos.errorf("cancel needs a probability between 0 and 1, and after")
	}
	return nil
}

// validateAgent checks an AI agent and completes its script: that of a job without a language.
func (m *Module) validateAgent() error {
	a := m.Agent
	if a.Calls == nil || a.Duration == nil || len(a.Tools) == 0 {
		return a.pos.errorf("module %q: an agent needs calls, duration and tools", m.ID)
	}
	if a.Calls.Min < 0 || a.Calls.Max < a.Calls.Min {
		return a.Calls.pos.errorf("calls need 0 <= min <= max, got %d and %d", a.Calls.Min, a.Calls.Max)
	}
	ids := map[string]bool{}
	for i := range a.Tools {
		tool := &a.Tools[i]
		if err := tool.validateSpecial("tool", ids); err != nil {
			return err
		}
		if tool.Retry != nil || tool.Script.Tasks != nil || tool.Script.Twice != nil {
			return tool.pos.errorf("a tool takes no retry, tasks or twice")
		}
	}
	m.Script = Script{Duration: a.Duration, Tag: "flow"}
	return nil
}

func (s *StandaloneScript) validate(pos position) error {
	if err := s.Script.validate(s.pos); err != nil {
		return err
	}
	if s.Wrapped && s.Script.Tasks != nil {
		return pos.errorf("a workflow as code cannot be wrapped")
	}
	if s.Retry != nil {
		return s.Retry.validate("the script")
	}
	return nil
}
