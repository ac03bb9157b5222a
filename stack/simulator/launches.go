package simulator

import "time"

// Launches are jobs that a script starts through Windmill's API, half-way through its own work. They name it as their
// parent and no step.
type Launches struct {
	Count *Count `yaml:"count,omitempty"`
	// Path is that of the script that is started, FlowPath that of a flow: one of both.
	Path     string `yaml:"path,omitempty"`
	FlowPath string `yaml:"flow,omitempty"`
	// Wait makes the script wait for their ends. Else they may outlive it, and the run.
	Wait bool `yaml:"wait,omitempty"`
	// NameRoot makes them name the top of the run as their root, as the SDKs do.
	NameRoot bool   `yaml:"name_root,omitempty"`
	Script   Script `yaml:",inline"`

	pos position
}

func (l *Launches) validate(language string) error {
	if l.Count == nil || l.Count.Min < 0 || l.Count.Max < l.Count.Min {
		return l.pos.errorf("launches need a count with 0 <= min <= max")
	}
	if (l.Path == "") == (l.FlowPath == "") {
		return l.pos.errorf("launches need either path (a script) or flow")
	}
	if l.FlowPath != "" {
		return nil
	}
	l.Script.Language = orElse(l.Script.Language, language)
	return l.Script.validate(l.pos)
}

// launch starts the jobs of a script that has had half of its time. waiting is called when those that it waits for
// have ended; it is not when there are none.
func (s *Simulator) launch(j *job, waiting func()) (waits bool) {
	l := j.script.Launches
	pending := l.Count.sample(j.run.random)
	waits = l.Wait && pending > 0
	t := &transition{at: s.clock.now, worker: j.now.worker}
	for range pending {
		child := &job{run: j.run, parent: j, role: roleLaunched, waitKind: waitQueue}
		if l.NameRoot {
			child.root = j.run.jobs[0]
		}
		s.runs(child, l.FlowPath, l.Path, &l.Script)
		if waits {
			child.onEnd = func() {
				if pending--; pending == 0 {
					waiting()
				}
			}
		}
		s.pushApart(child, t)
	}
	return waits
}

// runLaunching runs a script that starts jobs.
func (s *Simulator) runLaunching(j *job, duration time.Duration, fail *Fail) {
	waits, over := false, false
	finish := func() {
		if waits = false; over {
			s.finishLeaf(j, fail)
		}
	}
	s.clock.at(j.now.begin.Add(duration/2), func() {
		if !j.run.canceled && !j.finished {
			waits = s.launch(j, finish)
		}
	})
	s.clock.at(j.now.begin.Add(duration), func() {
		if over = true; !waits {
			s.finishLeaf(j, fail)
		}
	})
}
