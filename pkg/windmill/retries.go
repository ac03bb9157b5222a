package windmill

import "slices"

// scriptAttempts finds the further attempts of a standalone script that failed. Newer versions of Windmill retry a script without
// a flow around it: they push the same script again, as a job below the first attempt (whichever attempt failed) that names
// no step. A task of a workflow as code may run the same script, too, but is pushed while the workflow is at work.
func scriptAttempts(root *Job, p *problems) []*Job {
	if root.Container || root.JobKind != "script" || leafOutcome(root) != OutcomeError {
		return nil
	}
	var list []*Job
	for _, c := range root.Children {
		if c.Step == "" && c.JobKind == root.JobKind && c.ScriptPath == root.ScriptPath && root.doneBefore(c, p) {
			c.Kind = KindStep
			list = append(list, c)
		}
	}
	return list
}

// doneBefore says whether a child was pushed when the result of its parent was there. Where clocks disagree, which only the push of
// the second attempt is free of, it is enough that it was not pushed during a pull.
func (j *Job) doneBefore(c *Job, p *problems) bool {
	if p.skewed > 0 {
		return !slices.ContainsFunc(j.pulls, func(p interval) bool {
			return !c.pushed().Before(p.start) && !c.pushed().After(p.end)
		})
	}
	done := j.handled
	if done.IsZero() {
		done = j.End
	}
	return !c.pushed().Before(done.Add(-idPrecision))
}

// numberScriptAttempts numbers the attempts of a standalone script, of which the run itself is the first.
func numberScriptAttempts(root *Job, attempts []*Job, clocks *clocks, p *problems) {
	if len(attempts) == 0 {
		return
	}
	slices.SortFunc(attempts, byTime)
	clocks.order(attempts, p)
	p.add(ProblemScriptRetried, len(attempts))
	root.Attempt = keep(&root.own.attempt, 1)
	for i, j := range attempts {
		j.Attempt = keep(&j.own.attempt, int64(i)+2)
		j.groupStart, j.groupOrder = attempts[0].when(), i
	}
}

// Decider is the job whose outcome is that of the run: the last attempt of a standalone script, else the run's own.
func (r *Run) Decider() *Job {
	if n := len(r.attempts); n > 0 {
		return r.attempts[n-1]
	}
	return r.Root
}

// Suspended says whether a job is a workflow as code that waited for its tasks: it was pulled again after them, so that no span
// of it lasts as long as the job.
func (j *Job) Suspended() bool {
	return j.Leaf() && len(j.pulls) > 1 && slices.ContainsFunc(j.Children, func(c *Job) bool { return c.Kind == KindUnknown })
}

// settle gives the run its times and its outcome.
func (r *Run) settle() {
	r.Start, r.End, r.Duration, r.Outcome = r.Root.Start, r.Root.End, r.Root.Duration, r.Root.Outcome
	r.Ended = ended(r.Root)
	if len(r.attempts) == 0 {
		return
	}
	r.Outcome, r.Duration = r.Decider().Outcome, nil
	for _, j := range r.attempts {
		r.End = later(r.End, j.End)
	}
	if d := r.End.Sub(r.Start); !r.Start.IsZero() && d >= 0 {
		r.Duration = &d
	}
}
