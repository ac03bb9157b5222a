package simulator

import "time"

// startWorkflow runs a workflow as code. Each pull ends with starting the next round of tasks, the last one with the
// result; while tasks run, no worker has the job.
func (s *Simulator) startWorkflow(j *job, firstPull time.Duration, fail *Fail) {
	tasks := j.script.Tasks
	rounds := tasks.Rounds.sample(j.run.random)
	pending := 0
	var pulled func(time.Duration)
	j.childDone = func(child *job, ok bool) {
		if !ok && fail == nil { // the failure of a task fails the workflow that waits for it
			fail = child.failure
			rounds = 0
		}
		if pending--; pending > 0 {
			return
		}
		s.enqueue(j, &defaultQueue, func(w *worker) {
			s.beginPull(j, w)
			pulled(s.draw(j.run.random, j.script.Duration))
		})
	}
	pulled = func(duration time.Duration) {
		s.clock.at(j.now.begin.Add(duration), func() {
			if j.run.canceled {
				return // the cancellation ends the pull
			}
			if rounds == 0 {
				s.finishLeaf(j, fail)
				return
			}
			rounds--
			pending = tasks.SideBySide.sample(j.run.random)
			s.suspendWorkflow(j, tasks, pending)
		})
	}
	pulled(firstPull)
}

// suspendWorkflow ends a pull of a workflow as code, which pushes tasks.
func (s *Simulator) suspendWorkflow(j *job, tasks *Tasks, n int) {
	t := &transition{at: s.clock.now, worker: j.now.worker}
	for range n {
		task := &job{
			run: j.run, parent: j, role: roleTask, script: &tasks.Script, language: tasks.Script.Language,
			tag: tasks.Script.Tag, waitKind: waitQueue, pin: j.pin,
		}
		task.runByPath(orElse(tasks.ScriptPath, j.scriptPath))
		s.push(task, t)
	}
	s.clock.at(t.at, func() {
		if j.run.canceled {
			return
		}
		j.ended, j.working = s.clock.now, false
		s.emit(s.jobSpan(j, j.ended, nil))
		s.release(j.now.worker)
		s.closeSpan(j.run)
	})
}
