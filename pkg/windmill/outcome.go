package windmill

import (
	"strings"
	"time"
)

// leafOutcomes derives how each leaf ended from its own spans:
//   - canceled when its error is Windmill's cancellation;
//   - the success tag of job_postprocessing decides (a `wm_failure` result shows only there);
//   - without it (older versions), error.name or error.message, else the status of the `job` span;
//   - an identity that passed is skipped: skipped steps, mocked steps and identity modules look the same;
//   - a job whose work was never seen is running.
func leafOutcomes(members []*Job) {
	for _, j := range members {
		if !j.Container {
			j.Outcome = leafOutcome(j)
		}
	}
}

func leafOutcome(j *Job) Outcome {
	failed := j.failed || j.errName != "" || j.errText != ""
	switch j.success {
	case "true":
		failed = false
	case "false":
		failed = true
	}
	switch {
	case failed && j.canceled():
		return OutcomeCanceled
	case failed:
		return OutcomeError
	case j.empty() || (j.onlyRace && len(j.posts) == 0):
		return OutcomeRunning
	case j.Kind == KindIdentity:
		return OutcomeSkipped
	}
	return OutcomeOK
}

// canceled: Windmill stores a canceled job's result as an error of that name.
func (j *Job) canceled() bool {
	return strings.EqualFold(j.errName, "Canceled") || strings.EqualFold(j.errName, "Cancelled") ||
		strings.HasPrefix(strings.ToLower(j.errText), "job canceled")
}

// containerOutcome derives how a container ended from its children (never from full_job alone: its status is that of
// the last completed step). Rules:
//   - of several attempts only the last counts;
//   - a failed child is tolerated when the flow went on: a later child of another step started after its end, or the
//     next iteration of a sequential loop did (continue on error, skip failures);
//   - a failure module that ran well makes it recovered, one that failed makes it an error;
//   - else any failed child makes it an error, or canceled if only cancellations are there;
//   - the container's own `job` span and full_job decide only where no child tells of a failure.
//
// Whether it is still running is found later, from above: see markRunning.
func containerOutcome(j *Job) {
	if !j.Container {
		return
	}
	after := lastStarts(j.Children)
	var failures, cancellations, rescued, failedModules, seen, skipped int
	for _, c := range j.Children {
		if c.superseded {
			continue
		}
		seen++
		switch {
		case c.Outcome == OutcomeSkipped:
			skipped++
		case c.Kind == KindFailure && c.failing():
			failedModules++
		case c.Kind == KindFailure:
			rescued++
		case !c.failing() || after.wentOn(c):
		case c.Outcome == OutcomeCanceled:
			cancellations++
		default:
			failures++
		}
	}
	switch {
	case rescued > 0 && failedModules == 0:
		j.Outcome = OutcomeRecovered
	case failures+failedModules > 0:
		j.Outcome = OutcomeError
	case cancellations > 0 || j.canceled():
		j.Outcome = OutcomeCanceled
	case j.failed || (j.full != nil && j.full.Failed):
		j.Outcome = OutcomeError
	case seen > 0 && skipped == seen && j.Parent != nil:
		j.Outcome = OutcomeSkipped
	default:
		j.Outcome = OutcomeOK
	}
}

// lastStart knows when the latest children of a container started, to answer whether the flow went on after one.
type lastStart struct {
	step, otherStep   string
	start, otherStart time.Time            // latest start of any step, and of the latest other step
	sequential        map[string]time.Time // latest start of an iteration of a sequential loop, by step
}

func lastStarts(children []*Job) lastStart {
	var l lastStart
	for _, c := range children {
		if c.Kind == KindFailure || c.Start.IsZero() {
			continue
		}
		switch {
		case c.Step == l.step:
			l.start = later(l.start, c.Start)
		case c.Start.After(l.start):
			l.otherStep, l.otherStart = l.step, l.start
			l.step, l.start = c.Step, c.Start
		case c.Start.After(l.otherStart):
			l.otherStep, l.otherStart = c.Step, c.Start
		}
		if c.sequential() {
			if l.sequential == nil {
				l.sequential = map[string]time.Time{}
			}
			l.sequential[c.Step] = later(l.sequential[c.Step], c.Start)
		}
	}
	return l
}

// sequential says whether a job is an iteration of a loop that runs one iteration after another.
func (j *Job) sequential() bool {
	return j.Iteration != nil && (!j.hasSegment || j.segment.Type == "loop")
}

// wentOn says whether the flow started something else after a child had ended.
func (l lastStart) wentOn(c *Job) bool {
	if c.Kind == KindFailure || c.workEnd.IsZero() {
		return false
	}
	other := l.start
	if c.Step == l.step {
		other = l.otherStart
	}
	if !other.IsZero() && !other.Before(c.workEnd) {
		return true
	}
	if !c.sequential() {
		return false
	}
	next := l.sequential[c.Step]
	return !next.IsZero() && !next.Before(c.workEnd)
}
