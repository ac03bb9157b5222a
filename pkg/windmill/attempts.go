package windmill

import (
	"cmp"
	"slices"
	"strings"
)

// A number beyond this is no iteration of a loop that Windmill runs, but part of a path that happens to look like one.
const mostIterations = 1 << 20

// numberAttempts tells attempts and iterations of a parent's children apart. No span carries an attempt, and a loop
// whose only step is a plain script by path runs it directly, so that its iterations look like attempts: jobs of the
// same parent and step without a number. Rules:
//   - jobs of one step with the same iteration or branch number are attempts, in the order in which they were pushed;
//   - jobs of one step without a number are iterations of such a loop when one that is not the last went well (what
//     went well is never retried) or when two overlap in time; they are numbered in the order in which they were
//     pushed, from 0;
//   - where clocks disagree, the order is that which clocks allows; where it allows several, it is a guess;
//   - otherwise, each but the last failed, one after another: attempts. A loop that skips failures and whose
//     iterations all failed looks the same and is taken for attempts too; a loop of one iteration for a plain step;
//   - jobs whose parents were lost are here from several: only those that name the same parent belong together.
//
// Outcomes of the children must be known.
func numberAttempts(parent *Job, clocks *clocks, p *problems) {
	children := parent.Children
	if len(children) == 0 {
		return
	}
	slices.SortFunc(children, func(a, b *Job) int {
		if c := strings.Compare(a.Step, b.Step); c != 0 {
			return c
		}
		if c := strings.Compare(a.ParentID, b.ParentID); c != 0 {
			return c
		}
		return byTime(a, b)
	})
	for i := 0; i < len(children); {
		end := i + 1
		for end < len(children) && children[end].sibling(children[i]) {
			end++
		}
		if children[i].Step != "" {
			clocks.order(children[i:end], p)
			numberStep(children[i:end], clocks, p)
			for _, c := range children[i:end] {
				c.groupStart, c.groupOrder = children[i].when(), children[i].order
			}
		} else {
			for _, c := range children[i:end] {
				c.groupStart, c.groupOrder = c.when(), c.order
			}
		}
		i = end
	}
}

// sibling says whether two jobs are of one step and were pushed by one job.
func (j *Job) sibling(o *Job) bool { return j.Step == o.Step && j.ParentID == o.ParentID }

// numberStep numbers the jobs of one step, which are sorted by time.
func numberStep(jobs []*Job, clocks *clocks, p *problems) {
	if len(jobs) == 1 {
		jobs[0].Attempt = keep(&jobs[0].own.attempt, 1)
		p.add(ProblemIterations, unseenIterations(jobs, 1))
		return
	}
	plain := 0
	for _, j := range jobs {
		if !j.numbered {
			plain++
		}
	}
	loop, guess := isCollapsedLoop(jobs, clocks == nil)
	if guess && !jobs[0].Guessed {
		guessed(jobs, p)
	}
	if plain > 1 && loop {
		p.add(ProblemCollapsedLoop, 1)
		n := int64(0)
		for _, j := range jobs {
			if !j.numbered {
				j.Iteration, n = keep(&j.own.iteration, n), n+1
			}
		}
	}
	latest := make(map[int64]*Job, len(jobs))
	for _, j := range jobs {
		attempt := int64(1)
		if before := latest[j.number()]; before != nil {
			before.superseded = true
			attempt = *before.Attempt + 1
		}
		j.Attempt = keep(&j.own.attempt, attempt)
		latest[j.number()] = j
	}
	p.add(ProblemIterations, unseenIterations(jobs, len(latest)))
}

// guessed notes that the numbers of the jobs of one step may be wrong.
func guessed(jobs []*Job, p *problems) {
	for _, j := range jobs {
		j.Guessed = true
	}
	p.add(ProblemOrder, 1)
}

// unseenIterations counts the numbers that are missing among a loop's iterations.
func unseenIterations(jobs []*Job, seen int) int {
	highest := int64(-1)
	for _, j := range jobs {
		switch {
		case j.numbered && j.segment.Loop():
			highest = max(highest, j.segment.Number)
		case j.numbered, j.Iteration == nil: // branches without steps make no job
			return 0
		}
	}
	return max(int(min(highest, mostIterations))+1-seen, 0)
}

// isCollapsedLoop says whether jobs without a number are iterations, and whether that is a guess, because results of
// some that are not the last were lost: then a failure that was seen speaks for attempts. Where the order is a
// guess, a single one that went well counts as the last. Neither attempts nor iterations without a number run side
// by side: two that seem to are called iterations where no clock is known to be off, and that is a guess too.
func isCollapsedLoop(jobs []*Job, clocksAgree bool) (loop, guess bool) {
	var before *Job
	well, failed := 0, false
	for _, j := range jobs {
		switch {
		case j.numbered:
			continue
		case j.Container:
			return false, false // a loop runs only scripts directly
		case before == nil:
		case clocksAgree && overlap(before, j):
			return true, true
		case before.wentWell() && !j.Guessed:
			return true, false
		case !before.failing() && !before.wentWell():
			guess = true
		}
		if j.wentWell() {
			well++
		}
		failed = failed || j.failing()
		before = j
	}
	if well > 1 {
		return true, false
	}
	return guess && !failed, guess
}

// wentWell says whether the result of a job was seen to be good.
func (j *Job) wentWell() bool { return len(j.posts) > 0 && !j.failing() }

// overlap says whether a job was pushed while the one before it was at work: its retry is not pushed before it has
// ended.
func overlap(before, j *Job) bool {
	return j.order <= before.order && !j.pushed().IsZero() && before.left.Sub(j.pushed()) > idPrecision
}

// byTime orders jobs by their push (by their causal order where clocks disagree), which is known of nearly all, also
// where spans were lost; then by the first sign of them and their id.
func byTime(a, b *Job) int {
	if c := cmp.Compare(a.order, b.order); c != 0 {
		return c
	}
	if c := a.pushed().Compare(b.pushed()); c != 0 {
		return c
	}
	if c := a.when().Compare(b.when()); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}

// scriptAttempts finds the further attempts of a standalone script that failed. Newer versions of Windmill retry a
// script without a flow around it: they push the same script again, as a job below the first attempt (whichever
// attempt failed) that names no step. A task of a workflow as code may run the same script, too, but is pushed while
// the workflow is at work.
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

// doneBefore says whether a child was pushed when the result of its parent was there. Where clocks disagree, which
// only the push of the second attempt is free of, it is enough that it was not pushed during a pull.
func (j *Job) doneBefore(c *Job, p *problems) bool {
	if p.skewed > 0 {
		return !slices.ContainsFunc(j.pulls, func(p interval) bool {
			return !c.pushed().Before(p.start) && !c.pushed().After(p.end)
		})
	}
	done := j.resultAt
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

// Suspended says whether a job is a workflow as code that waited for its tasks: it was pulled again after them, so
// that no span of it lasts as long as the job.
func (j *Job) Suspended() bool {
	return j.Leaf() && len(j.pulls) > 1 && slices.ContainsFunc(j.Children, func(c *Job) bool { return c.Kind == KindLaunched })
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
