package windmill

import "time"

// idPrecision is how exact a time in a job id is: such a time may seem to be so much before what caused it.
const idPrecision = time.Millisecond

// lastPush knows when the latest children of a container were pushed, to answer whether the flow went on after one.
// A flow pushes its next step in the transition of the one before, so that both times come from one worker's clock.
type lastPush struct {
	step, otherStep string
	at, otherAt     time.Time            // latest push of any step, and of the latest other step
	sequential      map[string]time.Time // latest push of an iteration or branch, by step
}

func lastPushes(children []*Job) lastPush {
	var l lastPush
	for _, c := range children {
		at := c.pushed()
		if c.Kind == KindFailure || at.IsZero() {
			continue
		}
		switch {
		case c.Step == l.step:
			l.at = later(l.at, at)
		case at.After(l.at):
			l.otherStep, l.otherAt = l.step, l.at
			l.step, l.at = c.Step, at
		case c.Step == l.otherStep:
			l.otherAt = later(l.otherAt, at)
		case at.After(l.otherAt):
			l.otherStep, l.otherAt = c.Step, at
		}
		if c.sequential() {
			if l.sequential == nil {
				l.sequential = map[string]time.Time{}
			}
			l.sequential[c.Step] = later(l.sequential[c.Step], at)
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
func (l lastPush) other(c *Job) time.Time {
	if c.Step == l.step {
		return l.otherAt
	}
	return l.at
}

// wentOn says whether the flow pushed something else after a child had ended.
func (l lastPush) wentOn(c *Job) bool {
	if c.Kind == KindFailure || c.workEnd.IsZero() {
		return false
	}
	end := c.left.Add(-idPrecision)
	if other := l.other(c); !other.IsZero() && !other.Before(end) {
		return true
	}
	if !c.sequential() {
		return false
	}
	next := l.sequential[c.Step]
	return next.After(c.pushed()) && !next.Before(end)
}
