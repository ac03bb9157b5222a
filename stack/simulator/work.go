package simulator

import "time"

// pullLeaf is a worker's execution of a job that has no jobs below it.
func (s *Simulator) pullLeaf(j *job, w *worker) {
	r := j.run.random
	j.worker, j.started, j.spanID = w, s.clock.now, newSpanID(r)
	j.run.open++
	j.pulls++
	s.logFetched(j, w)
	duration := s.draw(r, &identityRun)
	var fail *Fail
	if j.script != nil {
		duration = s.draw(r, j.script.Duration)
		if s.isSlow(j.script) {
			duration = time.Duration(float64(duration) * j.script.SlowFactor)
		}
		if f := j.script.Fail; f != nil && r.Float64() < f.Probability {
			fail = f
		}
		s.planOutput(j, duration)
	}
	s.clock.at(j.started.Add(duration), func() { s.finishLeaf(j, fail) })
}

// isSlow says whether the script has become slow by now.
func (s *Simulator) isSlow(script *Script) bool {
	if script.SlowFrom == nil {
		return false
	}
	since := s.options.Start.Add(time.Duration(*script.SlowFrom * float64(s.options.History)))
	return !s.clock.now.Before(since)
}

// finishLeaf ends a leaf's execution: its worker is free, and what remains is job_postprocessing.
func (s *Simulator) finishLeaf(j *job, fail *Fail) {
	j.ended = s.clock.now
	if fail != nil {
		j.outcome, j.err = outcomeError, fail.Name+": "+fail.Message
		s.logFailure(j, fail)
	} else if j.outcome == "" { // an identity is skipped from the start
		j.outcome = outcomeOK
	}
	s.emit(s.jobSpan(j, j.worker, j.spanID, j.started, j.ended, fail))
	r := j.run.random
	begin := j.ended.Add(s.draw(r, &handover))
	cost := s.draw(r, &postprocessing)
	s.release(j.worker)
	s.clock.at(begin.Add(time.Duration(pushPoint*float64(cost))), func() {
		t := &transition{at: s.clock.now, leaf: j, ok: fail == nil}
		s.complete(j, t)
		end := t.at.Add(time.Duration((1 - pushPoint) * float64(cost)))
		s.clock.at(end, func() { s.finishTransition(j, fail, begin, t) })
	})
}

// complete moves the flow around a leaf on; a standalone script ends its run.
func (s *Simulator) complete(j *job, t *transition) {
	if j.parent == nil {
		j.run.ended = true
		return
	}
	s.moduleDone(j, t.ok, t)
}

func (s *Simulator) finishTransition(j *job, fail *Fail, begin time.Time, t *transition) {
	j.transitionEnd = s.clock.now
	took := j.transitionEnd.Sub(begin)
	j.transition = &took
	span := s.postprocessingSpan(j, fail, begin, j.transitionEnd)
	s.logPushed(t, j, j.worker, &span)
	s.emit(span)
	s.closeSpan(j.run)
}

// pullFlow is the first pull of a flow's own job. It is short: it pushes the first step, and each step pushes the next.
func (s *Simulator) pullFlow(f *job, w *worker) {
	f.worker, f.started, f.spanID = w, s.clock.now, newSpanID(f.run.random)
	s.handleFlow(f, w, f.spanID, func(t *transition) { s.startFlow(f, t) })
}

// resumeFlow is the pull of a flow that was suspended for an approval. When the answer is no, or there is none, the run
// ends here, without a full_job.
func (s *Simulator) resumeFlow(f *job, w *worker, granted bool) {
	spanID := newSpanID(f.run.random)
	s.handleFlow(f, w, spanID, func(t *transition) {
		if !granted {
			f.outcome = outcomeCanceled
			s.logDisapproved(f, w, spanID)
			s.finishFlow(f, false, t)
			return
		}
		m := &f.flow.modules[f.flow.index]
		t.waitKind, t.approval = waitApproval, f.flow.approval
		t.delay = s.scale(m.Sleep)
		f.flow.index++
		s.runModules(f, t)
	})
}

// handleFlow is one pull of a flow-like job: its state moves on, and its `job` span covers that.
func (s *Simulator) handleFlow(f *job, w *worker, spanID SpanID, move func(*transition)) {
	begin := s.clock.now
	f.run.open++
	f.pulls++
	s.logFetched(f, w)
	cost := s.draw(f.run.random, &flowPull)
	s.clock.at(begin.Add(time.Duration(pushPoint*float64(cost))), func() {
		t := &transition{at: s.clock.now}
		move(t)
		end := t.at.Add(time.Duration((1 - pushPoint) * float64(cost)))
		s.clock.at(end, func() {
			f.ended = s.clock.now
			span := s.jobSpan(f, w, spanID, begin, f.ended, nil)
			s.logPushed(t, f, w, &span)
			s.emit(span)
			s.release(w)
			s.closeSpan(f.run)
		})
	})
}

// closeSpan notes that something of a run has ended, and hands the run out when that was the last of it.
func (s *Simulator) closeSpan(r *run) {
	r.open--
	if !r.ended || r.open > 0 {
		return
	}
	if r.fullJob != nil {
		s.emit(*r.fullJob)
	}
	s.out.Runs = append(s.out.Runs, r.truth())
}

func (s *Simulator) emit(span Span) { s.out.Spans = append(s.out.Spans, span) }
