package windmill

import (
	"slices"
	"time"
)

// idPrecision is how exact a time in a job id is: such a time may seem to be so much before what caused it.
const idPrecision = time.Millisecond

// moment is a time, and the causal order that counts more where clocks disagree.
type moment struct {
	order int
	at    time.Time
}

func (m moment) after(o moment) bool {
	return m.order > o.order || (m.order == o.order && m.at.After(o.at))
}

func latest(a, b moment) moment {
	if b.after(a) {
		return b
	}
	return a
}

// lastPush knows when the latest children of a container were pushed, to answer whether the flow went on after one.
// A flow pushes its next step in the transition of the one before, so that both times come from one worker's clock.
type lastPush struct {
	step, otherStep   string
	pushed, otherPush moment            // latest push of any step, and of the latest other step
	sequential        map[string]moment // latest push of an iteration or branch, by step
}

func lastPushes(children []*Job) lastPush {
	var l lastPush
	for _, c := range children {
		push := moment{c.order, c.pushed()}
		if c.Kind == KindFailure || push.at.IsZero() {
			continue
		}
		switch {
		case c.Step == l.step:
			l.pushed = latest(l.pushed, push)
		case push.after(l.pushed):
			l.otherStep, l.otherPush = l.step, l.pushed
			l.step, l.pushed = c.Step, push
		case c.Step == l.otherStep:
			l.otherPush = latest(l.otherPush, push)
		case push.after(l.otherPush):
			l.otherStep, l.otherPush = c.Step, push
		}
		if c.sequential() {
			if l.sequential == nil {
				l.sequential = map[string]moment{}
			}
			l.sequential[c.Step] = latest(l.sequential[c.Step], push)
		}
	}
	return l
}

// sequential says whether a job may be one of several iterations or branches that run one after another. Whether the
// branches of a branchall do, no path tells; where they do not, none is pushed after another has ended.
func (j *Job) sequential() bool {
	return (j.Iteration != nil && (!j.hasSegment || j.segment.Type == "loop")) || j.Branch != nil
}

// other is the latest push of another step than the job's.
func (l lastPush) other(c *Job) moment {
	if c.Step == l.step {
		return l.otherPush
	}
	return l.pushed
}

// continuedAfter says whether the flow pushed something else after a child had ended.
func (l lastPush) continuedAfter(c *Job) bool {
	if c.Kind == KindFailure || c.workEnd.IsZero() {
		return false
	}
	if other := l.other(c); c.before(other) {
		return true
	}
	if !c.sequential() {
		return false
	}
	next := l.sequential[c.Step]
	return next.after(moment{c.order, c.pushed()}) && c.before(next)
}

// before says whether a job had ended by the time of a push.
func (j *Job) before(push moment) bool {
	switch {
	case push.at.IsZero():
		return false
	case push.order != j.order:
		return push.order > j.order
	}
	return !push.at.Before(j.left.Add(-idPrecision))
}

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
	case root.full != nil, root.completed != nil:
		return true
	case root.Container:
		return len(root.posts) > 0 // answered from its cache
	}
	return len(root.posts) > 0 || (len(root.pulls) > 0 && (root.failed || !root.suspended()))
}

// markRunning finds the containers whose end nobody saw, from above. Nothing marks the end of a sub-flow, an iteration
// or a branch, so it has ended when the container above it has, or when the flow above went on after it.
// A run without full_job counts as running unless a failure or a cancellation ended it: it may be waiting for an
// approval, or have ended in a way that Windmill does not report. What log lines show at work is running in any
// case, and so is a run that failed a moment ago: a retry or a failure module may follow.
func markRunning(root *Job, members []*Job, now time.Time) {
	for _, j := range members {
		if j.inFlight {
			j.Outcome = OutcomeRunning
		}
	}
	over := ended(root) || (root.unwaited && !root.goesOn(now))
	if root.Container && !over && (!root.failing() || (root.Outcome != OutcomeCanceled && fresh(members, now))) {
		root.Outcome = OutcomeRunning
	}
	for _, j := range members {
		if j.Container && j.Kind == KindLaunched && j.goesOn(now) {
			j.Outcome = OutcomeRunning
		}
	}
	queue := []*Job{root}
	for i := 0; i < len(queue); i++ {
		j := queue[i]
		if j.Outcome != OutcomeRunning {
			continue // what is below an ended container has ended
		}
		after := lastPushes(j.Children)
		for _, c := range j.Children {
			if !c.Container || c.superseded || c.completed != nil || c.failing() || after.continuedAfter(c) {
				continue
			}
			c.Outcome = OutcomeRunning
			queue = append(queue, c)
		}
	}
}

// inFlight decides which of the jobs without spans are at work or wait for a worker, and gives them and all above them
// the time that they took so far. Log lines of a job whose run has ended, or whose flow has gone on, are no sign of
// life: its spans are late or lost, and it is left out unless it holds jobs of the run together.
func inFlight(root *Job, members []*Job, now time.Time, p *problems) []*Job {
	if !slices.ContainsFunc(members, anyLogged) {
		return members
	}
	root.over = ended(root)
	for _, j := range members { // parents before children
		markOver(j)
	}
	dropped := 0
	for _, j := range slices.Backward(members) { // children before parents
		switch {
		case j.over:
		case j.FromLogs(), j.pulledAgain():
			j.inFlight = true
		}
		j.Children = slices.DeleteFunc(j.Children, func(c *Job) bool {
			j.inFlight = j.inFlight || c.inFlight
			drop := c.over && c.FromLogs() && len(c.Children) == 0
			if drop {
				dropped++
			}
			return drop
		})
		if j.inFlight {
			j.soFar(now)
		}
	}
	p.add(ProblemOnlyLogged, dropped)
	if dropped == 0 {
		return members
	}
	return breadthFirst(root, len(members))
}

// goesOn says whether a flow that nothing waits for may be at work still: no span tells of its end, and something
// was heard of it just now.
func (j *Job) goesOn(now time.Time) bool {
	return j.completed == nil && !j.failing() && fresh(breadthFirst(j, 1), now)
}

func anyLogged(j *Job) bool { return j.FromLogs() || !j.log.refetched.IsZero() }

// markOver finds the children of a job that have ended although nothing may show it: the job above went on.
func markOver(parent *Job) {
	last := lastPushes(parent.Children)
	var created, logged time.Time
	for _, c := range parent.Children {
		created, logged = later(created, c.Created), later(logged, c.log.pushLogged)
	}
	for _, c := range parent.Children {
		switch {
		case parent.over || c.completed != nil || last.continuedAfter(c):
			c.over = true
		case !c.FromLogs() || !parent.Container:
		case !c.log.pushLogged.IsZero(): // everything of the same push was created before that line
			c.over = logged.After(c.log.pushLogged) || created.After(c.log.pushLogged)
		case c.Step != "":
			c.over = last.other(c).after(moment{c.order, c.pushed()})
		}
	}
}

// pulledAgain says whether a log line shows a job at work again after its spans: it was restarted, or is a workflow as
// code that goes on.
func (j *Job) pulledAgain() bool {
	return j.Leaf() && len(j.pulls) > 0 && len(j.posts) == 0 && j.log.refetched.Sub(j.End) > skewTolerance
}

// soFar lets a job that has not ended last until now.
func (j *Job) soFar(now time.Time) {
	if j.Start.IsZero() || now.Before(j.Start) {
		return
	}
	j.End = later(j.End, now)
	j.workEnd, j.left = j.End, j.End
	j.Duration = keep(&j.own.duration, j.End.Sub(j.Start))
}
