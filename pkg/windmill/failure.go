package windmill

// failedStep finds the leaf that made a run fail: from the root down, in each container the first failed job that the
// flow did not tolerate. nil when none failed the run (one whose failure module made it a success counts), or none
// was seen.
func failedStep(root *Job) *Job {
	switch root.Outcome {
	case OutcomeError, OutcomeCanceled, OutcomeRecovered:
	default:
		return nil
	}
	j := root
	for j.Container {
		next := firstFailure(j)
		if next == nil {
			return nil
		}
		j = next
	}
	return j
}

// firstFailure finds the child that made a container fail: the one that ended first of those that failed and that
// the flow did not tolerate. The failure module comes last: why it failed is in the step before it. nil: none of
// them did it, such as where an approval was refused.
func firstFailure(container *Job) *Job {
	after := lastPushes(container.Children)
	var best *Job
	for _, c := range container.Children {
		switch {
		case !c.failing() || c.superseded || after.continuedAfter(c):
		case best == nil, best.Kind == KindFailure && c.Kind != KindFailure:
			best = c
		case c.Kind == KindFailure && best.Kind != KindFailure:
		case c.totalEnd().Before(best.totalEnd()):
			best = c
		}
	}
	return best
}

// describeErrors gives each failed job its error: a leaf what Windmill stored ("Name: message"), else the status of
// its span; a container the error of the step that failed it.
func describeErrors(r *Run) {
	for _, j := range r.Jobs {
		if j.Leaf() {
			j.Error = j.ownError()
		}
	}
	for i := len(r.Jobs) - 1; i >= 0; i-- { // children before parents
		j := r.Jobs[i]
		if j.Leaf() || !j.failing() {
			continue
		}
		if c := firstFailure(j); c != nil && c.Error != "" {
			j.Error = c.Error
			if c.Leaf() {
				j.Error = c.label() + ": " + c.Error
			}
			continue
		}
		j.Error = j.ownError()
	}
}

func (j *Job) ownError() string {
	if !j.failing() {
		return ""
	}
	switch {
	case j.errName != "" && j.errText != "":
		return j.errName + ": " + j.errText
	case j.errName+j.errText != "":
		return j.errName + j.errText
	}
	return j.status
}
