package simulator

// pin ties all jobs of a flow to the worker that pulled it (same_worker).
type pin struct{ worker *worker }

// pinned is the worker that must run the job; nil when any may.
func (j *job) pinned() *worker {
	switch {
	case j.flow != nil && j.flow.pin != nil && j.flow.pin.worker != nil:
		return j.flow.pin.worker // the flow itself, pulled again
	case j.pin != nil:
		return j.pin.worker
	}
	return nil
}

// own makes the worker keep to a flow with same_worker from its first pull on.
func (f *job) own(w *worker) {
	if p := f.flow.pin; p != nil && p.worker == nil {
		p.worker, w.owner = w, p
	}
}

// disown frees the worker of a flow that has ended.
func (s *Simulator) disown(f *job) {
	p := f.flow.pin
	if p == nil || p.worker == nil || p == f.pin {
		return // the flow around it has the worker
	}
	w := p.worker
	p.worker, w.owner = nil, nil
	w.own = nil
	if !w.busy {
		s.pool.freed(w)
	}
}

// take gives the worker a job that only it may run.
func (w *worker) take(p pull) {
	if w.busy {
		w.own = append(w.own, p)
		return
	}
	w.busy = true
	p.do(w)
}

// next runs the next of the worker's own jobs.
func (w *worker) next() {
	w.busy = false
	if len(w.own) > 0 {
		p := w.own[0]
		w.own = w.own[1:]
		w.take(p)
	}
}
