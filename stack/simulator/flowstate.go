package simulator

import "time"

// flowState is how far a flow-like job is: a flow, an iteration or a branch.
type flowState struct {
	modules      []Module
	preview      bool
	failure      *Module
	preprocessor *Module
	pin          *pin // set when one worker runs all jobs of the flow

	index   int // of the module that runs
	attempt int // of the module, from 1
	many    manyState
	closed  bool // the identity that ends it was pushed
	// approval is the step for whose approval the flow is suspended.
	approval *job
}

// manyState is how far a module is that makes several jobs: a loop or a branchall.
type manyState struct {
	next    int // iteration or branch to push next
	total   int
	pending int // pushed, not done
	parked  []*job
	// failedBy is the first job whose failure the module does not forgive.
	failedBy *job
}

// transition is the moment in which a flow moves on: within the postprocessing of a job, or within a pull of the flow's
// own job. Time passes in it with each push.
type transition struct {
	at     time.Time
	worker *worker // in which it is; nil: the server
	leaf   *job    // the step job whose completion this is; nil in a pull of the flow
	ok     bool    // its success
	// handled says that a failure module has run for the failure that is on its way up.
	handled bool

	// For the jobs pushed now: how much later they are scheduled, and what they wait for besides the queue.
	delay    time.Duration
	waitKind string
	approval *job

	pushed []*job
	// completed are the records of the jobs that it completed.
	completed []completion
}

// startFlow pushes the first job of a flow that was pulled for the first time.
func (s *Simulator) startFlow(f *job, t *transition) {
	if f.flow.preprocessor != nil {
		s.push(f.leafChild(f.flow.preprocessor, rolePreprocessor), t)
		return
	}
	s.runModules(f, t)
}

// runModules pushes the current module's jobs. Modules without any (an empty branch or loop) are passed over at once.
func (s *Simulator) runModules(f *job, t *transition) {
	if s.pushClosing(f, t) {
		return
	}
	for f.flow.index < len(f.flow.modules) {
		f.flow.attempt = 1
		f.flow.many = manyState{}
		if s.pushModule(f, &f.flow.modules[f.flow.index], t) {
			return
		}
		f.flow.index++
	}
	s.finishFlow(f, true, t)
}

// pushModule pushes the first job or jobs of a module, and says whether there is any.
func (s *Simulator) pushModule(f *job, m *Module, t *transition) bool {
	switch {
	case s.skips(f, m):
		j := f.child(m, roleIdentity)
		j.makeIdentity()
		j.skipped = true
		s.push(j, t)
	case m.Identity:
		s.push(f.leafChild(m, roleIdentity), t)
	case m.isLeaf():
		s.push(f.leafChild(m, roleStep), t)
	case m.FlowPath != "":
		s.push(f.subflowChild(m, s.flows[flowKey(f.run.flow.Workspace, m.FlowPath)]), t)
	case m.BranchOne != nil:
		return s.pushBranchOne(f, m, t)
	default:
		return s.pushMany(f, m, t)
	}
	return true
}

// skips says whether skip_if of a module holds.
func (s *Simulator) skips(f *job, m *Module) bool {
	if m.OnlyEach > 0 && f.iteration != nil && *f.iteration%m.OnlyEach != 0 {
		return true
	}
	return m.Skip > 0 && f.run.random.Float64() < m.Skip
}

func (s *Simulator) pushBranchOne(f *job, m *Module, t *transition) bool {
	branches := append([]Branch{m.BranchOne.Default}, m.BranchOne.Branches...)
	drawn := f.run.random.Float64() * weights(branches)
	chosen := 0
	for drawn >= branches[chosen].Weight && chosen < len(branches)-1 {
		drawn -= branches[chosen].Weight
		chosen++
	}
	if len(branches[chosen].Modules) == 0 {
		return false
	}
	s.push(f.containerChild(m, roleBranch, "branchone", chosen, branches[chosen].Modules), t)
	return true
}

// moduleDone moves a flow on after a job of its current module has ended.
func (s *Simulator) moduleDone(child *job, ok bool, t *transition) {
	f := child.parent
	if f.run.canceled {
		return // nothing comes after
	}
	state := f.flow
	if child.outcome == outcomeSkipped {
		f.skippedChildren++
	}
	if child.role == roleFailure {
		s.finishFailed(f, ok, t)
		return
	}
	if !ok && !child.isFlow() {
		child.cause = child
	}
	if state.closed {
		s.finishFlow(f, true, t)
		return
	}
	if child.role == rolePreprocessor {
		if ok {
			s.requeue(f, t)
		} else {
			s.failFlow(f, child, t)
		}
		return
	}
	m := &state.modules[state.index]
	if m.ForLoop != nil || m.WhileLoop != nil || m.BranchAll != nil {
		if !child.skipped {
			var done bool
			if done, ok = s.manyDone(child, m, ok, t); !done {
				return
			}
		}
	}
	s.moduleEnded(child, m, ok, t)
}

// moduleEnded decides what follows a module all of whose jobs have ended.
func (s *Simulator) moduleEnded(child *job, m *Module, ok bool, t *transition) {
	f, state := child.parent, child.parent.flow
	switch {
	case !ok && m.Retry != nil && state.attempt <= m.Retry.Attempts:
		s.retry(f, m, t)
		return
	case !ok && !m.ContinueOnError:
		culprit := child
		if state.many.failedBy != nil {
			culprit = state.many.failedBy
		}
		s.failFlow(f, culprit, t)
		return
	case ok && m.Approval != nil && !child.skipped:
		s.park(child, m, t)
		return
	}
	if m.Sleep > 0 {
		t.delay, t.waitKind, t.approval = s.scale(m.Sleep), waitSleep, nil
	}
	state.index++
	s.runModules(f, t)
}

func (s *Simulator) retry(f *job, m *Module, t *transition) {
	t.delay, t.waitKind, t.approval = s.scale(m.Retry.pause(f.flow.attempt)), waitRetry, nil
	f.flow.attempt++
	j := f.leafChild(m, roleStep)
	j.attempt = f.flow.attempt
	s.push(j, t)
}

// failFlow runs the failure module, or ends the flow. A failure that a failure module below has seen already is not
// given to another one.
func (s *Simulator) failFlow(f, culprit *job, t *transition) {
	f.cause = culprit.cause
	if f.flow.failure == nil || t.handled {
		s.finishFlow(f, false, t)
		return
	}
	t.delay, t.waitKind = 0, ""
	s.push(f.leafChild(f.flow.failure, roleFailure), t)
}

// finishFailed ends a flow whose failure module has run. It has failed, whatever became of the module, and the flow
// around it counts it as failed too. Only a module whose result says so makes it a success.
func (s *Simulator) finishFailed(f *job, moduleOK bool, t *transition) {
	if moduleOK {
		f.outcome, f.handled = outcomeError, true
		if p := f.run.flow.Recover; p > 0 && f.run.random.Float64() < p {
			f.outcome = outcomeRecovered
			s.finishFlow(f, true, t)
			return
		}
	}
	t.handled = true
	s.finishFlow(f, false, t)
}

// finishFlow ends a flow, and moves the flow around it on.
func (s *Simulator) finishFlow(f *job, ok bool, t *transition) {
	switch {
	case f.outcome != "":
	case !ok:
		f.outcome = outcomeError
	case f.parent != nil && f.onlySkipped():
		f.outcome = outcomeSkipped
	default:
		f.outcome = outcomeOK
	}
	s.disown(f)
	t.delay, t.waitKind = 0, ""
	t.at = t.at.Add(s.draw(f.run.random, &levelUp))
	s.logCompleted(f, t.worker, t.at, t)
	switch {
	case f.apart():
		s.endApart(f)
		return
	case f.parent != nil:
		if f.role == roleIteration && f.root == nil {
			s.startHandlers(f, t.at, t.worker)
		}
		s.moduleDone(f, ok, t)
		return
	}
	s.endRun(f.run)
	s.startHandlers(f, t.at, t.worker)
	if t.leaf != nil && !s.options.Version.NoFullJob {
		f.run.fullJob = s.fullJobSpan(f, t)
	}
}

// park suspends a flow for the approval that a step asks for. The answer, or the timeout, makes a worker pull the flow
// again.
func (s *Simulator) park(step *job, m *Module, t *transition) {
	f, r := step.parent, step.run.random
	luck, wait := r.Float64(), m.Approval.Wait.sample(r)
	granted := luck >= m.Approval.Refused+m.Approval.Ignored
	answered := luck < m.Approval.Refused || granted
	if !answered || wait > m.Approval.Timeout {
		granted, wait = false, m.Approval.Timeout
	}
	f.flow.approval = step
	s.clock.at(t.at.Add(s.scale(wait)), func() {
		f.flow.approval = nil
		s.enqueue(f, &defaultQueue, func(w *worker) { s.resumeFlow(f, w, step, granted) })
	})
}

// onlySkipped says whether everything in the flow was skipped.
func (f *job) onlySkipped() bool { return f.children > 0 && f.children == f.skippedChildren }
