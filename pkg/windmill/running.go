package windmill

import "time"

// settling is how long nothing may be heard of a run that failed without an end until the failure counts as its end.
const settling = time.Minute

// fresh says whether something was heard of a run just now. When it is not known what time it is, it is not.
func fresh(members []*Job, now time.Time) bool {
	return !now.IsZero() && silenceOf(members, now) < settling
}

// ended says whether the end of a run was seen: Windmill emits full_job when a top-level flow has ended, and a
// standalone script has ended when its result was handled, or its `job` span is there (spans are exported when they
// end). A workflow as code has such a span for each time that it waited for its tasks.
func ended(root *Job) bool {
	switch {
	case root.full != nil:
		return true
	case root.Container:
		return false
	}
	return len(root.posts) > 0 || (len(root.pulls) > 0 && (root.failed || !root.suspended()))
}

// markRunning finds the containers whose end nobody saw, from above. Nothing marks the end of a sub-flow, an iteration
// or a branch, so it has ended when the container above it has, or when the flow above went on after it.
// A run without full_job counts as running unless a failure or a cancellation ended it: it may be waiting for an
// approval, or have ended in a way that Windmill does not report. What log lines show at work is running in any case, and
// so is a run that failed a moment ago: a retry or a failure module may follow.
func markRunning(root *Job, members []*Job, now time.Time) {
	for _, j := range members {
		if j.inFlight {
			j.Outcome = OutcomeRunning
		}
	}
	if root.Container && !ended(root) && (!root.broke() || (root.Outcome != OutcomeCanceled && fresh(members, now))) {
		root.Outcome = OutcomeRunning
	}
	queue := []*Job{root}
	for i := 0; i < len(queue); i++ {
		j := queue[i]
		if j.Outcome != OutcomeRunning {
			continue // what is below an ended container has ended
		}
		after := lastPushes(j.Children)
		for _, c := range j.Children {
			if !c.Container || c.superseded || c.failing() || c.Outcome == OutcomeRecovered || after.wentOn(c) {
				continue
			}
			c.Outcome = OutcomeRunning
			queue = append(queue, c)
		}
	}
}
