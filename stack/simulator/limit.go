package simulator

import "fmt"

func (l *Limit) validate() error {
	if l.Concurrent < 1 || l.Pause <= 0 {
		return l.pos.errorf("a limit needs concurrent and pause, above zero")
	}
	return nil
}

// limited says whether the limit of a script is reached. Then the job is queued again for later, within the pull:
// there is no span of that, only a line without the job's context.
func (s *Simulator) limited(j *job, w *worker) bool {
	if j.script == nil || j.script.Limit == nil {
		return false
	}
	limit := j.script.Limit
	if s.running[j.scriptPath] < limit.Concurrent {
		s.running[j.scriptPath]++
		j.onFinish = append(j.onFinish, func() { s.running[j.scriptPath]-- })
		return false
	}
	j.scheduled = s.clock.now.Add(s.scale(limit.Pause))
	j.waitKind = waitLimit
	a := attributes{}
	a.add("workspace_id", j.run.flow.Workspace)
	s.log(w, targetQueue, s.clock.now, severityInfo, fmt.Sprintf("Job '%s' from path '%s' with concurrency key '%s' has reached its "+
		"concurrency limit of %d jobs run in the last 10 seconds. This job will be re-queued for next execution at %s",
		j.id, j.scriptPath, j.scriptPath, limit.Concurrent, rustTime(j.scheduled)), a)
	s.release(w)
	s.clock.at(j.scheduled, func() { s.enqueue(j, &defaultQueue, func(w *worker) { s.pullLeaf(j, w) }) })
	return true
}
