package simulator

import (
	"slices"
	"time"
)

// Handler is a script or a flow that Windmill starts when a run is over.
type Handler struct {
	// CreatedBy names its kind, as Windmill does: error_handler, schedule_error_handler, global, success_handler or
	// schedule_recovery_handler.
	CreatedBy string `yaml:"created_by,omitempty"`
	// Path is that of its script, FlowPath that of its flow: one of both.
	Path     string `yaml:"path,omitempty"`
	FlowPath string `yaml:"flow,omitempty"`
	// Iterations starts it for parallel iterations that fail, too.
	Iterations bool   `yaml:"iterations,omitempty"`
	Script     Script `yaml:",inline"`

	pos position
}

// errorHandlers run after a failure, successHandlers after a success.
var (
	errorHandlers   = []string{"error_handler", "schedule_error_handler", "global"}
	successHandlers = []string{"success_handler", "schedule_recovery_handler"}
)

func (h *Handler) validate() error {
	if !slices.Contains(slices.Concat(errorHandlers, successHandlers), h.CreatedBy) {
		return h.pos.errorf("a handler is created_by one of %v and %v, not %q", errorHandlers, successHandlers, h.CreatedBy)
	}
	if (h.Path == "") == (h.FlowPath == "") {
		return h.pos.errorf("a handler needs either path (a script) or flow")
	}
	if h.FlowPath != "" {
		return nil
	}
	return h.Script.validate(h.pos)
}

// handles says whether the handler is for a job that ended so.
func (h *Handler) handles(outcome string) bool {
	if slices.Contains(errorHandlers, h.CreatedBy) {
		return outcome == outcomeError
	}
	return outcome == outcomeOK || outcome == outcomeRecovered
}

// startHandlers pushes the handlers of a job that has ended: the top of a run, or a parallel iteration. They name it
// as their parent and as their root, so their spans are in its trace.
func (s *Simulator) startHandlers(ended *job, at time.Time, w *worker) {
	for i := range ended.run.flow.Handlers {
		h := &ended.run.flow.Handlers[i]
		if ended.run.canceled || !h.handles(ended.outcome) || ended.role == roleIteration && !h.Iterations {
			continue
		}
		j := &job{run: ended.run, parent: ended, root: ended, role: roleHandler, createdBy: h.CreatedBy, waitKind: waitQueue}
		s.runs(j, h.FlowPath, h.Path, &h.Script)
		s.pushApart(j, &transition{at: at, worker: w})
	}
}
