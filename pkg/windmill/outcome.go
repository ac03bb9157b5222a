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
	forgive(members)
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
//   - a failure module that ran well makes it recovered, one that failed makes it an error;
//   - else any failed child makes it an error, or canceled if only cancellations are there; so does a child that its
//     own failure module recovered, because Windmill lets it count as failed unless the module's result says otherwise,
//     which telemetry does not tell;
//   - a flow that was refused an approval is canceled, see refusals;
//   - the container's own `job` span and full_job decide only where no child tells of a failure.
//
// Whether it is still running is found later, from above: see markRunning.
func containerOutcome(j *Job, p *problems) {
	if !j.Container {
		return
	}
	after := lastPushes(j.Children)
	var failures, cancellations, recovered, rescued, failedModules, seen, skipped int
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
		case !c.broke() || after.wentOn(c):
		case c.Outcome == OutcomeRecovered:
			recovered++
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
	case cancellations > 0 || j.canceled() || j.refused:
		j.Outcome = OutcomeCanceled
	case recovered > 0:
		j.Outcome = OutcomeError
		p.add(ProblemRecoveredInside, recovered)
	case j.failed || (j.full != nil && j.full.Failed):
		j.Outcome = OutcomeError
	case seen > 0 && skipped == seen && j.Parent != nil:
		j.Outcome = OutcomeSkipped
	default:
		j.Outcome = OutcomeOK
	}
}
