package windmill

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// QueueWait is how long one execution of a step waited for a worker, from its push to its first pull.
type QueueWait struct {
	Workspace, ScriptPath, Step string
	Pulled                      time.Time
	Wait                        time.Duration
}

// QueueWaits are the waits that single spans tell, without the runs around them.
type QueueWaits struct {
	List    []QueueWait // by the time of the pull
	Unknown int         // executions whose id tells no creation that fits, or clocks disagree
	Retries int         // executions left out because a retry's delay may be in their wait
}

// WaitsOf finds the waits of steps among spans of any runs. It judges each job by itself, so it knows less than
// deriveWaits: containers are left out, and so is a job that was pulled after another one of the same parent and
// step had failed, because that may be a retry, which is scheduled for later (or an iteration after a failed one,
// which looks the same). A sleep after the step before cannot be told from a queue. A job that was pulled several
// times counts from the first pull that is among the spans.
func WaitsOf(spans []Span) QueueWaits {
	first := map[string]Span{}
	failed := map[siblings]time.Time{} // when the first of them failed
	for _, s := range spans {
		if s.Success == "false" && IsJobSpan(s) {
			failed[siblingsOf(&s)] = earlier(failed[siblingsOf(&s)], s.Start)
		}
		if !isExecution(&s) {
			continue
		}
		if before, ok := first[s.JobID]; !ok || s.Start.Before(before.Start) {
			first[s.JobID] = s
		}
		if g := siblingsOf(&s); s.Failed {
			failed[g] = earlier(failed[g], s.End())
		}
	}
	var out QueueWaits
	for _, s := range first {
		created, ok := IDTime(s.JobID)
		above, _ := IDTime(s.ParentJob)
		wait := s.Start.Sub(created)
		switch end := failed[siblingsOf(&s)]; {
		case !ok || !plausibleCreation(created, s.Start, above) || wait < -skewTolerance:
			out.Unknown++
		case !end.IsZero() && s.Start.After(end):
			out.Retries++
		default:
			out.List = append(out.List, QueueWait{s.Workspace, s.ScriptPath, s.Step, s.Start, max(wait, 0)})
		}
	}
	slices.SortFunc(out.List, func(a, b QueueWait) int {
		return cmp.Or(a.Pulled.Compare(b.Pulled), cmp.Compare(a.Wait, b.Wait), strings.Compare(a.ScriptPath, b.ScriptPath), strings.Compare(a.Step, b.Step))
	})
	return out
}

// siblings are jobs of which a later one may be a retry of an earlier one.
type siblings struct{ parent, step, path string }

func siblingsOf(s *Span) siblings { return siblings{s.ParentJob, s.Step, s.ScriptPath} }

// isExecution says whether a span is the pull of a job that ran a step's script.
func isExecution(s *Span) bool {
	return kindOf(s) == jobSpan && s.Step != "" && s.ScriptPath != "" && !IsFlowKind(s.JobKind) && IsUserKind(s.JobKind) && !strings.HasPrefix(s.StatusMessage, lostRace)
}
