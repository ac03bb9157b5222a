package simulator

import "fmt"

// pushMany pushes the first job of a loop or branchall, or all of them when they run in parallel.
func (s *Simulator) pushMany(f *job, m *Module, t *transition) bool {
	many := &f.flow.many
	switch {
	case m.ForLoop != nil:
		many.total = m.ForLoop.Iterations.sample(f.run.random)
	case m.WhileLoop != nil:
		many.total = m.WhileLoop.Iterations.sample(f.run.random)
	default:
		many.total = len(m.BranchAll.Branches)
	}
	if !s.pushNext(f, m, t) {
		return false
	}
	for m.inParallel() && s.pushNext(f, m, t) {
	}
	return true
}

// parks says whether the n-th iteration of a loop has to wait for an earlier one.
func (m *Module) parks(n int) bool {
	return m.ForLoop != nil && m.ForLoop.Parallel && m.ForLoop.Parallelism > 0 && n >= m.ForLoop.Parallelism
}

// unpark lets the next iteration run that waited for one to end.
func (s *Simulator) unpark(f *job) {
	many := &f.flow.many
	if len(many.parked) == 0 {
		return
	}
	j := many.parked[0]
	many.parked = many.parked[1:]
	s.enqueue(j, &defaultQueue, func(w *worker) { s.pullFlow(j, w) })
}

// inParallel says whether the jobs of the module run side by side.
func (m *Module) inParallel() bool {
	return m.ForLoop != nil && m.ForLoop.Parallel || m.BranchAll != nil && m.BranchAll.Parallel
}

// pushNext pushes the next iteration or branch, and says whether there was one. Empty branches make no job.
func (s *Simulator) pushNext(f *job, m *Module, t *transition) bool {
	many := &f.flow.many
	for many.next < many.total {
		n := many.next
		many.next++
		if j := f.manyChild(m, n); j != nil {
			many.pending++
			if j.parked = m.parks(n); j.parked {
				j.waitKind = waitLimit
				many.parked = append(many.parked, j)
			}
			s.push(j, t)
			return true
		}
	}
	return false
}

// manyChild is the job of the n-th iteration or branch; nil for an empty branch.
func (f *job) manyChild(m *Module, n int) *job {
	switch {
	case m.collapses(f.flow):
		return f.collapsedChild(m, n)
	case m.WhileLoop != nil:
		return f.containerChild(m, roleIteration, "loop", n, m.WhileLoop.Modules)
	case m.ForLoop != nil && m.ForLoop.Parallel:
		j := f.containerChild(m, roleIteration, "forloop", n, m.ForLoop.Modules)
		j.root = nil // a trace of its own
		return j
	case m.ForLoop != nil:
		return f.containerChild(m, roleIteration, "loop", n, m.ForLoop.Modules)
	}
	branch := &m.BranchAll.Branches[n]
	if len(branch.Modules) == 0 {
		return nil
	}
	return f.containerChild(m, roleBranch, "branchall", n, branch.Modules)
}

// collapses says whether a loop runs its only script directly, one job for an iteration, without a flow job around it.
func (m *Module) collapses(state *flowState) bool {
	var inside []Module
	switch {
	case m.WhileLoop != nil:
		inside = m.WhileLoop.Modules
	case m.ForLoop != nil && !m.ForLoop.Parallel && !state.preview:
		inside = m.ForLoop.Modules
	}
	return len(inside) == 1 && inside[0].isSimple() && state.failure == nil
}

// collapsedChild is an iteration that is the script itself. It carries the id of the loop, not that of the module
// inside.
func (f *job) collapsedChild(m *Module, n int) *job {
	inside := &m.loopModules()[0]
	j := f.leafChild(inside, roleStep)
	j.step, j.module, j.iteration = m.ID, m, &n
	if inside.RawScript != "" {
		j.scriptPath = fmt.Sprintf("%s/loop-%d", f.scriptPath, n)
	}
	return j
}

func (m *Module) loopModules() []Module {
	if m.WhileLoop != nil {
		return m.WhileLoop.Modules
	}
	return m.ForLoop.Modules
}

// manyDone notes that an iteration or branch has ended, pushes the next one, and says whether the module has ended, and
// how. A failed iteration ends a sequential loop; parallel ones all run to their ends first.
func (s *Simulator) manyDone(child *job, m *Module, ok bool, t *transition) (done, moduleOK bool) {
	f := child.parent
	many := &f.flow.many
	many.pending--
	if !ok && many.failedBy == nil && !m.forgives(child) {
		many.failedBy = child
	}
	if many.pending > 0 {
		s.unpark(f)
		return false, false
	}
	if many.failedBy != nil {
		return true, false
	}
	if !m.inParallel() && s.pushNext(f, m, t) {
		return false, false
	}
	return true, true
}

// forgives says whether the failure of one iteration or branch leaves the module unharmed.
func (m *Module) forgives(child *job) bool {
	switch {
	case m.ForLoop != nil:
		return m.ForLoop.SkipFailures
	case m.WhileLoop != nil:
		return m.WhileLoop.SkipFailures
	default:
		return m.BranchAll.Branches[child.branch].SkipFailure
	}
}
