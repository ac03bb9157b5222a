package simulator

import "time"

// wrapper is the flow of one step, a, in which Windmill runs a script (singlestepflow).
func (s *StandaloneScript) wrapper(path string) *flowState {
	return &flowState{modules: []Module{{ID: "a", ScriptPath: path, Script: s.Script, Retry: s.Retry}}}
}

// isScriptAttempt says whether the job is a standalone script's own, or a further attempt of it.
func (j *job) isScriptAttempt() bool {
	return j.parent == nil || j.attempt > 1 && j.run.flow.Script != nil && !j.run.flow.Script.Wrapped
}

// retryScript pushes the next attempt of a standalone script that failed, as newer versions of Windmill do without a
// flow around it: a further job of the same script, below the first attempt whichever failed. false: there is none.
func (s *Simulator) retryScript(j *job, t *transition) bool {
	r, script := j.run, j.run.flow.Script
	done := max(j.attempt, 1)
	if r.canceled || script == nil || script.Retry == nil || done > script.Retry.Attempts {
		return false
	}
	first := r.jobs[0]
	again := &job{run: r, parent: first, role: roleStep, attempt: done + 1, waitKind: waitRetry, script: &script.Script}
	again.language, again.tag = again.script.Language, again.script.Tag
	again.runByPath(r.flow.Path)
	t.delay, t.waitKind = s.scale(script.Retry.pause(done)), waitRetry
	s.push(again, t)
	return true
}

// pause is the delay before the n-th further attempt, from 1.
func (r *Retry) pause(n int) time.Duration {
	delay := float64(r.Delay)
	if r.Multiplier > 0 {
		for range n - 1 {
			delay *= r.Multiplier
		}
	}
	return time.Duration(delay)
}
