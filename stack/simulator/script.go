package simulator

import "time"

// wrapper is the flow of one step, a, in which Windmill runs a script (singlestepflow).
func (s *StandaloneScript) wrapper(path string) *flowState {
	return &flowState{modules: []Module{{ID: "a", ScriptPath: path, Script: s.Script, Retry: s.Retry}}}
}

// retryScript starts the next attempt of a standalone script that failed.
func (s *Simulator) retryScript(r *run) {
	if r.canceled || r.flow.Script == nil || r.flow.Script.Retry == nil || r.attempts >= r.flow.Script.Retry.Attempts {
		return
	}
	s.startAttempt(r.flow, r.number, r, s.scale(r.flow.Script.Retry.pause(r.attempts+1)))
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
