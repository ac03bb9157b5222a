package simulator

import (
	"slices"
	"time"
)

// beginPull notes that a worker has taken a job.
func (s *Simulator) beginPull(j *job, w *worker) {
	j.now = pullState{worker: w, span: newSpanID(j.run.random), begin: s.clock.now}
	if j.pulls == 0 {
		j.worker, j.started, j.spanID = w, j.now.begin, j.now.span
	}
	j.pulls++
	j.working = true
	j.run.open++
	s.logFetched(j, w)
	s.logWaited(j, w)
}

// pullLeaf is a worker's execution of a job that runs something itself.
func (s *Simulator) pullLeaf(j *job, w *worker) {
	if s.limited(j, w) {
		return
	}
	r := j.run.random
	s.beginPull(j, w)
	duration := s.draw(r, &identityRun)
	prepared := s.prepare(j)
	var fail *Fail
	if j.script != nil {
		duration = s.draw(r, j.script.Duration)
		if s.isSlow(j.script) {
			duration = time.Duration(float64(duration) * j.script.SlowFactor)
		}
		duration += prepared
		if f := j.script.Fail; f != nil && r.Float64() < s.failing(f) {
			fail = f
		}
		s.planOutput(j, duration)
	}
	switch {
	case j.kind == "aiagent":
		s.startAgent(j, duration)
	case j.script != nil && j.script.Tasks != nil:
		s.startWorkflow(j, duration, fail)
	case j.script != nil && j.script.Launches != nil:
		s.runLaunching(j, duration, fail)
	case j.script != nil && j.script.Twice != nil && s.pullTwice(j, duration):
	default:
		s.clock.at(j.now.begin.Add(duration), func() { s.finishLeaf(j, fail) })
	}
}

// isSlow says whether the script has become slow by now.
func (s *Simulator) isSlow(script *Script) bool {
	return script.SlowFrom != nil && s.past(*script.SlowFrom)
}

// failing is how probably the script fails now.
func (s *Simulator) failing(f *Fail) float64 {
	if f.From != nil && s.past(*f.From) {
		return f.Then
	}
	return f.Probability
}

// past says whether a share of the history has passed.
func (s *Simulator) past(share float64) bool {
	return !s.clock.now.Before(s.options.Start.Add(time.Duration(share * float64(s.options.History))))
}

// finishLeaf ends a leaf's execution: its worker is free, and what remains is job_postprocessing.
func (s *Simulator) finishLeaf(j *job, fail *Fail) {
	if j.finished {
		return // canceled before
	}
	j.finished, j.working, j.ended = true, false, s.clock.now
	if fail != nil {
		j.outcome, j.err, j.failure = outcomeError, fail.Name+": "+fail.Message, fail
		if fail.Name == canceledName {
			j.outcome = outcomeCanceled
			if top := j.run.jobs[0]; top.cause == nil && top != j {
				top.cause = j
			}
		}
		s.logFailure(j, fail)
	} else if j.outcome == "" { // an identity is skipped from the start
		j.outcome = outcomeOK
	}
	if !j.dedicated() {
		s.emit(s.jobSpan(j, j.ended, fail))
		s.emitProcesses(j)
	}
	s.emitUserSpan(j)
	for _, do := range j.onFinish {
		do()
	}
	r := j.run.random
	begin := j.ended.Add(s.draw(r, &handover))
	cost := s.draw(r, &postprocessing)
	s.release(j.now.worker)
	s.clock.at(begin.Add(time.Duration(pushPoint*float64(cost))), func() {
		t := &transition{at: s.clock.now, worker: j.now.worker, leaf: j, ok: fail == nil}
		s.logCompleted(j, j.now.worker, t.at, t)
		s.complete(j, t)
		end := t.at.Add(time.Duration((1 - pushPoint) * float64(cost)))
		s.clock.at(end, func() { s.finishTransition(j, fail, begin, t) })
	})
}

// complete moves on what a leaf belongs to; a standalone script ends its run, or is tried again.
func (s *Simulator) complete(j *job, t *transition) {
	switch {
	case j.apart():
		s.endApart(j)
	case j.isScriptAttempt():
		if t.ok || !s.retryScript(j, t) {
			s.endRun(j.run)
			s.startHandlers(j, t.at, t.worker)
		}
	case j.parent.childDone != nil:
		j.parent.childDone(j, t.ok)
	default:
		s.moduleDone(j, t.ok, t)
	}
}

func (s *Simulator) finishTransition(j *job, fail *Fail, begin time.Time, t *transition) {
	j.transitionEnd = s.clock.now
	took := j.transitionEnd.Sub(begin)
	j.transition = &took
	span := s.postprocessingSpan(j, fail, begin, j.transitionEnd)
	s.logPushed(t, j, j.now.worker, &span)
	t.addCompleted(&span)
	switch {
	case fail != nil && fail.Early:
		j.transition, j.transitionEnd = nil, j.ended
	case j.dedicated():
		j.spanID, j.pulls = SpanID(span.SpanId), 0
		s.emit(span)
	default:
		s.emit(span)
	}
	s.closeSpan(j.run)
}

// pullFlow is the first pull of a flow's own job. It is short: it pushes the first step, and each step pushes the next.
func (s *Simulator) pullFlow(f *job, w *worker) {
	if f.parent == nil && f.run.flow.Cached > 0 && s.random("cache "+f.id.String()).Float64() < f.run.flow.Cached {
		s.answerFromCache(f, w)
		return
	}
	f.own(w)
	s.handleFlow(f, w, func(t *transition) { s.startFlow(f, t) })
}

// resumeFlow is the pull of a flow that was suspended for the approval of a step. When the answer is no, or there is
// none, the run ends here, without a full_job.
func (s *Simulator) resumeFlow(f *job, w *worker, step *job, granted bool) {
	s.handleFlow(f, w, func(t *transition) {
		if !granted {
			f.outcome = outcomeCanceled
			s.logDisapproved(f, w)
			s.finishFlow(f, false, t)
			return
		}
		m := &f.flow.modules[f.flow.index]
		t.waitKind, t.approval = waitApproval, step
		t.delay = s.scale(m.Sleep)
		f.flow.index++
		s.runModules(f, t)
	})
}

// handleFlow is one pull of a flow-like job: its state moves on, and its `job` span covers that.
func (s *Simulator) handleFlow(f *job, w *worker, move func(*transition)) {
	s.beginPull(f, w)
	cost := s.draw(f.run.random, &flowPull)
	s.clock.at(f.now.begin.Add(time.Duration(pushPoint*float64(cost))), func() {
		t := &transition{at: s.clock.now, worker: w}
		if !f.run.canceled {
			move(t)
		}
		end := t.at.Add(time.Duration((1 - pushPoint) * float64(cost)))
		s.clock.at(end, func() {
			f.ended, f.working = s.clock.now, false
			span := s.jobSpan(f, f.ended, nil)
			s.logPushed(t, f, w, &span)
			t.addCompleted(&span)
			s.emit(span)
			s.release(w)
			s.closeSpan(f.run)
		})
	})
}

// endRun notes that a run has its result: what is left are spans that have not ended.
func (s *Simulator) endRun(r *run) { r.ended = true }

// closeSpan notes that something of a run has ended, and hands the run out when that was the last of it.
func (s *Simulator) closeSpan(r *run) {
	r.open--
	s.handOut(r)
}

// handOut gives the truth of a run that is over.
func (s *Simulator) handOut(r *run) {
	if !r.ended || r.open > 0 || r.due > 0 {
		return
	}
	if r.fullJob != nil {
		s.emit(*r.fullJob)
	}
	s.active = slices.DeleteFunc(s.active, func(other *run) bool { return other == r })
	if r.deployment != nil {
		s.out.Deployments = append(s.out.Deployments, *r.deployment)
		return
	}
	s.out.Runs = append(s.out.Runs, r.truth())
}

func (s *Simulator) emit(span Span) { s.out.Spans = append(s.out.Spans, span) }
