package simulator

import (
	"slices"
	"time"
)

// lostRace is the status of a pull whose job another worker has completed.
const lostRace = "job already completed by another worker"

// pullTwice decides whether a job that was just pulled is pulled again, and says whether this pull came to nothing.
func (s *Simulator) pullTwice(j *job, duration time.Duration) bool {
	if j.pulls > 1 {
		return false
	}
	luck, half := j.run.random.Float64(), j.now.begin.Add(duration/2)
	switch {
	case luck < j.script.Twice.Restarted:
		s.clock.at(half, func() { s.restart(j) })
		return true
	case luck < j.script.Twice.Restarted+j.script.Twice.LostRace:
		s.clock.at(half, func() { s.race(j) })
	}
	return false
}

// restart is the end of a worker that shuts down: its pull ends without a result, and the job is pulled again.
func (s *Simulator) restart(j *job) {
	if j.run.canceled {
		return // the cancellation ends the pull
	}
	j.ended, j.working = s.clock.now, false
	s.emit(s.jobSpan(j, j.ended, nil))
	s.release(j.now.worker)
	s.enqueue(j, &defaultQueue, func(w *worker) { s.pullLeaf(j, w) })
	s.closeSpan(j.run)
}

// race is the pull of a second worker, which runs the job for nothing: the first one completes it.
func (s *Simulator) race(j *job) {
	if j.finished {
		return
	}
	w := s.pool.free(j.tag, j.run.random)
	if w == nil {
		return // nobody is there to lose
	}
	w.busy = true
	second := *j
	second.now = pullState{worker: w, span: newSpanID(j.run.random), begin: s.clock.now}
	j.pulls++
	j.run.open++
	s.logFetched(j, w)
	j.onFinish = append(slices.Clone(j.onFinish), func() {
		s.clock.at(s.clock.now.Add(s.draw(j.run.random, &postprocessing)), func() {
			s.emit(s.jobSpan(&second, s.clock.now, &Fail{Message: lostRace}))
			s.release(w)
			s.closeSpan(j.run)
		})
	})
}
