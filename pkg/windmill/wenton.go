package windmill

import "time"

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

// wentOn says whether the flow pushed something else after a child had ended.
func (l lastPush) wentOn(c *Job) bool {
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
