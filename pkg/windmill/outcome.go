package windmill

import (
	"slices"
	"strings"
	"time"
)

// deriveOutcomes finds how each job ended: leaves by themselves, containers by their children, and what still runs from
// above. On the way it tells attempts and iterations apart, which needs the outcomes of the jobs themselves.
func deriveOutcomes(root *Job, members []*Job, now time.Time, c *clocks, p *problems) {
	for _, j := range members {
		if !j.Container {
			j.Outcome = leafOutcome(j)
		}
	}
	for _, j := range slices.Backward(members) { // children before parents
		numberAttempts(j, c, p)
		containerOutcome(j, p)
	}
	tolerateSkipped(members)
	markRunning(root, members, now)
	completedElsewhere(root, members, p)
}

// leafOutcome derives how a leaf ended from its own spans:
//   - canceled when its error is Windmill's cancellation;
//   - the success tag of job_postprocessing decides (a `wm_failure` result shows only there);
//   - without it (older versions), error.name or error.message, else the status of the `job` span;
//   - an identity that passed is skipped: skipped steps, mocked steps and identity modules look the same;
//   - a job whose work was never seen is running, and so is a workflow as code whose result was not handled yet.
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
	case len(j.pulls) == 0 && len(j.posts) == 0, j.suspended():
		return OutcomeRunning
	case j.Kind == KindIdentity:
		return OutcomeSkipped
	}
	return OutcomeOK
}

// completedElsewhere finds jobs of which only pulls that lost a race are left, in a run that has ended: they were
// completed, but the spans that tell how are missing.
func completedElsewhere(root *Job, members []*Job, p *problems) {
	if !ended(root) {
		return
	}
	for _, j := range members {
		if j.Leaf() && j.Outcome == OutcomeRunning {
			j.Outcome = OutcomeOK
			p.add(ProblemNoResult, 1)
		}
	}
}

// suspended says whether a standalone script seems to wait for the tasks that it started.
func (j *Job) suspended() bool { return j.Parent == nil && len(j.Children) > 0 && len(j.posts) == 0 }

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
//   - a failure module that ran makes it an error, handled if the module ran well: Windmill fails the flow unless the
//     module's result says {"recover": true}, which no span tells;
//   - the record of its completion, if it was read, decides between success and failure;
//   - else any failed child makes it an error, or canceled if only cancellations are there;
//   - a flow that was refused an approval is canceled, see refusals;
//   - the container's own `job` span and full_job decide only where no child tells of a failure.
//
// Whether it is still running is found later, from above: see markRunning.
func containerOutcome(j *Job, p *problems) {
	if !j.Container {
		return
	}
	after := lastPushes(j.Children)
	var failures, cancellations, handled, failedModules, seen, skipped int
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
			handled++
		case !c.failing() || after.continuedAfter(c):
		case c.Outcome == OutcomeCanceled:
			cancellations++
		default:
			failures++
		}
	}
	switch {
	case handled > 0 && failedModules == 0:
		j.Outcome, j.Handled = OutcomeError, true
		if j.completed == nil {
			p.add(ProblemHandled, 1)
		}
	case failures+failedModules > 0:
		j.Outcome = OutcomeError
	case cancellations > 0 || j.canceled() || j.refused:
		j.Outcome = OutcomeCanceled
	case j.failed || (j.full != nil && j.full.Failed):
		j.Outcome = OutcomeError
	case j.success == "false":
		j.Outcome = OutcomeError
	case seen > 0 && skipped == seen && j.Parent != nil:
		j.Outcome = OutcomeSkipped
	default:
		j.Outcome = OutcomeOK
	}
	if j.completed != nil {
		j.Outcome = j.recorded()
	}
}

// tolerateSkipped looks from above at containers that count as failed only because some of their parallel iterations or
// branches failed while others of the same step did not, with nothing after them inside. When the flow above went on
// afterwards, those failures were allowed to happen (skip failures), so the container is ok. A container whose plain
// step failed stays failed: there it was the flow above that tolerated it (continue on error).
func tolerateSkipped(members []*Job) {
	for _, parent := range members { // parents before children
		var after lastPush
		known := false
		for _, c := range parent.Children {
			if !c.Container || c.Outcome != OutcomeError || c.completed != nil || c.superseded || !onlyPartly(c) {
				continue
			}
			if !known {
				after, known = lastPushes(parent.Children), true
			}
			if after.continuedAfter(c) {
				c.Outcome = OutcomeOK
			}
		}
	}
}

// onlyPartly says whether all that failed in a container are iterations or branches with a sibling that did not fail.
func onlyPartly(container *Job) bool {
	after := lastPushes(container.Children)
	well := make(map[string]bool, 1)
	for _, c := range container.Children {
		if !c.superseded && !c.failing() {
			well[c.Step] = true
		}
	}
	failed := 0
	for _, c := range container.Children {
		if c.superseded || !c.failing() || after.continuedAfter(c) {
			continue
		}
		if (c.Kind != KindIteration && c.Kind != KindBranch) || !well[c.Step] {
			return false
		}
		failed++
	}
	return failed > 0
}

// How long nothing may be heard of a run that was resumed and pushed nothing, before the approval counts as refused:
// with log lines of that moment, which would tell of a push, and without, when a step may be at work unseen.
const (
	silenceWithLogs    = 30 * time.Second
	silenceWithoutLogs = time.Hour
)

// refusals finds the flows that were refused an approval, or whose approval timed out: no span says so. Such a flow is
// pulled once more and pushes nothing. The same is seen while the step after it is at work, and when an approval that
// was granted is all that a flow ends with. Rules:
//   - a job below the flow had ended before it was pulled again (else it was restarted);
//   - neither a job nor a log line shows that it pushed anything then;
//   - no flow above went on to another step, but for a failure module;
//   - and the run has ended, a failure module followed, or nothing was heard of the run for a while.
func refusals(root *Job, members []*Job, now time.Time, p *problems) {
	silence := silenceOf(members, now)
	for _, j := range members {
		if len(j.pulls) < 2 || !j.Container || j.inFlight || (j == root && root.full != nil) || !j.pushedNothing() {
			continue
		}
		needed := silenceWithoutLogs
		if last := j.pulls[len(j.pulls)-1]; !j.log.refetched.Before(last.start.Add(-time.Second)) {
			needed = silenceWithLogs
		}
		went, rescued := j.above()
		if went || (j.completed != nil && j.completed.Success) {
			continue
		}
		over := rescued || ended(root) || j.completed != nil || silence >= needed
		if over {
			j.refused = true
			p.add(ProblemRefused, 1)
		}
	}
}

// above says how it went on in the flows above a job: to another step, or to a failure module.
func (j *Job) above() (went, rescued bool) {
	for ; j.Parent != nil; j = j.Parent {
		if lastPushes(j.Parent.Children).continuedAfter(j) {
			return true, false
		}
		for _, c := range j.Parent.Children {
			rescued = rescued || c.Kind == KindFailure
		}
	}
	return false, rescued
}

// pushedNothing says whether a flow pushed no job when it was pulled for the last time, although one had ended before.
func (j *Job) pushedNothing() bool {
	last := j.pulls[len(j.pulls)-1].start.Add(-idPrecision)
	if !j.log.lastPush.Before(last) {
		return false
	}
	ended := false
	for _, c := range j.Children {
		if !c.pushed().Before(last) {
			return false
		}
		ended = ended || (!c.workEnd.IsZero() && !c.workEnd.After(last))
	}
	return ended
}

// silenceOf is how long nothing was heard of a run. 0 when it is not known what time it is.
func silenceOf(members []*Job, now time.Time) time.Duration {
	if now.IsZero() {
		return 0
	}
	var sign time.Time
	for _, j := range members {
		sign = later(sign, later(j.totalEnd(), j.log.lastSign))
	}
	if sign.IsZero() {
		return 0
	}
	return now.Sub(sign)
}
