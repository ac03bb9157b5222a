package simulator

import "time"

// startAgent runs an AI agent: the model answers, and each answer but the last calls a tool.
func (s *Simulator) startAgent(j *job, firstAnswer time.Duration) {
	agent := j.module.Agent
	calls := agent.Calls.sample(j.run.random)
	answered := func() {
		if j.finished {
			return // canceled
		}
		if calls == 0 {
			s.finishLeaf(j, nil)
			return
		}
		calls--
		s.callTool(j, agent)
	}
	// A tool that failed is told to the model, like any other result.
	j.childDone = func(*job, bool) {
		s.clock.at(s.clock.now.Add(s.draw(j.run.random, agent.Duration)), answered)
	}
	s.clock.at(j.now.begin.Add(firstAnswer), answered)
}

// callTool starts the job of a tool. Its innermost root is the agent's, or the agent itself: it stays in that trace.
func (s *Simulator) callTool(j *job, agent *Agent) {
	r := j.run.random
	m := &agent.Tools[r.IntN(len(agent.Tools))]
	tool := &job{
		run: j.run, parent: j, root: j.innermost(), role: roleTool, script: &m.Script, language: m.Script.Language, tag: m.Script.Tag, waitKind: waitQueue,
	}
	if m.RawScript == "" {
		tool.runByPath(m.ScriptPath)
	} else {
		tool.kind, tool.scriptPath = "flowscript", j.scriptPath+"/tools/"+m.ID
		if j.parent.preview() {
			tool.kind = "preview"
		}
	}
	if agent.QueuedTools {
		s.push(tool, &transition{at: s.clock.now, worker: j.now.worker})
		return
	}
	s.runTool(tool)
}

// runTool runs a tool in the agent's own worker: no pull, no `job` span, only the postprocessing of its result. It
// is logged nowhere: the line of a pull is that of the queue, and the task that runs it is started without the
// context that a worker's log lines carry.
func (s *Simulator) runTool(tool *job) {
	j := tool.parent
	r := j.run.random
	now := s.clock.now
	s.identify(tool, now, j.now.worker)
	tool.scheduled = now
	tool.now = pullState{worker: j.now.worker, begin: now}
	tool.working = true
	j.run.jobs = append(j.run.jobs, tool)
	j.run.open++
	var fail *Fail
	if f := tool.script.Fail; f != nil && r.Float64() < f.Probability {
		fail = f
	}
	s.clock.at(now.Add(s.draw(r, tool.script.Duration)), func() {
		if j.finished {
			tool.working = false
			s.closeSpan(j.run)
			return // canceled with its agent, and never seen
		}
		s.finishTool(tool, fail)
	})
}

func (s *Simulator) finishTool(tool *job, fail *Fail) {
	r := tool.run.random
	tool.working, tool.finished = false, true
	tool.worker, tool.started, tool.ended = tool.now.worker, tool.now.begin, s.clock.now
	tool.outcome = outcomeOK
	if fail != nil {
		tool.outcome, tool.err = outcomeError, fail.Name+": "+fail.Message
	}
	begin := tool.ended.Add(s.draw(r, &handover))
	s.clock.at(begin.Add(s.draw(r, &postprocessing)), func() {
		tool.transitionEnd = s.clock.now
		took := tool.transitionEnd.Sub(begin)
		tool.transition = &took
		span := s.postprocessingSpan(tool, fail, begin, tool.transitionEnd)
		tool.spanID = SpanID(span.SpanId)
		t := &transition{at: begin, worker: tool.worker}
		s.logCompleted(tool, tool.worker, begin, t)
		t.addCompleted(&span)
		s.emit(span)
		tool.parent.childDone(tool, fail == nil)
		s.closeSpan(tool.run)
	})
}
