package simulator

// requeue queues a flow again after its preprocessor has ended: a worker pulls it a second time, which pushes its
// first step.
func (s *Simulator) requeue(f *job, t *transition) {
	s.clock.at(t.at, func() {
		s.enqueue(f, &defaultQueue, func(w *worker) {
			s.handleFlow(f, w, func(t *transition) { s.runModules(f, t) })
		})
	})
}

// pushClosing pushes the identity step {id}-v with which Windmill ends a flow whose last module sleeps or asks for
// an approval.
func (s *Simulator) pushClosing(f *job, t *transition) bool {
	n := len(f.flow.modules)
	if n == 0 || f.flow.index < n || f.flow.closed || (f.role != roleFlow && f.role != roleSubflow) {
		return false
	}
	last := &f.flow.modules[n-1]
	if last.Sleep == 0 && last.Approval == nil {
		return false
	}
	f.flow.closed = true
	closing := f.child(&Module{ID: last.ID + "-v"}, roleIdentity)
	closing.makeIdentity()
	s.push(closing, t)
	return true
}

// answerFromCache completes a flow without running anything: its own job has a job_postprocessing.
func (s *Simulator) answerFromCache(f *job, w *worker) {
	s.beginPull(f, w)
	s.clock.at(f.now.begin.Add(s.draw(f.run.random, &flowPull)), func() {
		f.ended, f.working, f.outcome = s.clock.now, false, outcomeOK
		s.emit(s.jobSpan(f, f.ended, nil))
		s.release(w)
		begin := f.ended.Add(s.draw(f.run.random, &handover))
		s.clock.at(begin.Add(s.draw(f.run.random, &postprocessing)), func() {
			took := s.clock.now.Sub(begin)
			f.transition, f.transitionEnd = &took, s.clock.now
			span := s.postprocessingSpan(f, nil, begin, s.clock.now)
			t := &transition{at: begin, worker: w}
			s.logCompleted(f, w, begin, t)
			t.addCompleted(&span)
			s.emit(span)
			s.endRun(f.run)
			s.closeSpan(f.run)
		})
	})
}
