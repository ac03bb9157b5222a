package simulator

import (
	"fmt"
	"time"
)

// canceledName is the name of the error that Windmill stores for a canceled job.
const canceledName = "Canceled"

// noticing is the time until the worker of a canceled job has seen that and killed the script.
var noticing = Dist{Min: 100 * time.Millisecond, Max: 600 * time.Millisecond}

// planCancel lets a user cancel the run, if it is to be.
func (s *Simulator) planCancel(r *run, scheduled time.Time) {
	c := r.flow.Cancel
	if c == nil || r.deployment != nil {
		return
	}
	random := s.random(fmt.Sprintf("cancel run %d %s", r.number, flowKey(r.flow.Workspace, r.flow.Path)))
	if random.Float64() >= c.Probability {
		return
	}
	s.clock.at(scheduled.Add(s.draw(random, c.After)), func() { s.cancel(r) })
}

// cancel ends a run at once: scripts that run are killed, jobs in the queue vanish, and no failure module is run.
// Windmill emits no full_job for it.
func (s *Simulator) cancel(r *run) {
	if r.ended {
		return
	}
	r.canceled, r.ended = true, true
	fail := &Fail{Name: canceledName, Message: "Job canceled: No reason provided by " + r.flow.CreatedBy}
	for _, j := range r.jobs {
		switch {
		case j.isFlow():
			if j.outcome == "" {
				j.outcome = outcomeCanceled
				if j.worker != nil {
					s.logCompleted(j, j.worker, s.clock.now, &transition{})
				}
				s.disown(j)
				s.endApart(j)
			}
		case !j.finished && j.pulls > 0 && j.working:
			s.clock.at(s.clock.now.Add(s.draw(r.random, &noticing)), func() { s.finishLeaf(j, fail) })
		case !j.finished && j.pulls > 0:
			j.finished, j.outcome = true, outcomeCanceled // it waits for its tasks, or for another worker
			s.endApart(j)
		}
	}
	s.handOut(r)
}
