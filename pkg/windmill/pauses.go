package windmill

import (
	"slices"
	"time"
)

// mayPause says whether a pause between the jobs of a flow is possible at all: most iterations are over too soon.
func mayPause(flow *Job) bool {
	if len(flow.pulls) > 1 || flow.Pulled.IsZero() {
		return len(flow.Children) > 0
	}
	for _, c := range flow.Children {
		if c.Created.IsZero() || c.Created.Sub(flow.Pulled) >= noticeablePause || c.guessedQueue() {
			return true
		}
	}
	return false
}

// guessedQueue says whether a job's wait may be a sleep as well as a wait for a worker.
func (j *Job) guessedQueue() bool {
	return j.WaitKind == WaitQueue && *j.Wait >= noticeablePause && j.due().IsZero()
}

// flowWaits looks at the pauses between the jobs that one flow pushed.
func flowWaits(flow *Job, p *problems) {
	done := make([]*Job, 0, len(flow.Children))
	for _, c := range flow.Children {
		if !c.workEnd.IsZero() {
			done = append(done, c)
		}
	}
	slices.SortFunc(done, func(a, b *Job) int { return a.left.Compare(b.left) })
	children := slices.Clone(flow.Children)
	slices.SortFunc(children, func(a, b *Job) int {
		if c := a.pushed().Compare(b.pushed()); c != 0 {
			return c
		}
		return byTime(a, b)
	})
	resumed := resumedChildren(flow, children)
	ready := flow.Pulled
	asked := ready           // the end of what ended last: it may be over before the transition that pushed it
	var soon time.Time       // the end of what is over so fast that it seems to end before its own push
	before, first := 0, true // first: nothing that could have asked for an approval or a sleep had ended
	for _, c := range children {
		if !soon.IsZero() {
			ready, asked, first, soon = later(ready, soon), soon, false, time.Time{}
		}
		// A job is pushed within the transition of the one before, and its id carries milliseconds.
		for before < len(done) && !done[before].left.After(c.pushed().Add(idPrecision)) {
			if d := done[before]; d == c {
				soon = d.totalEnd()
			} else {
				ready, asked, first = later(ready, d.totalEnd()), d.totalEnd(), false
			}
			before++
		}
		if c.Pulled.IsZero() {
			continue
		}
		if resumed[c] && !first {
			pauseBefore(c, asked, true)
		} else {
			pauseBefore(c, ready, false)
		}
		if !first && c.guessedQueue() {
			p.add(ProblemQueueOrSleep, 1)
		}
	}
}

// pauseBefore judges the time between ready, when everything before the job had ended, and the job's start.
func pauseBefore(c *Job, ready time.Time, resumed bool) {
	if ready.IsZero() || ready.After(c.Pulled) {
		return // pushed while something else was still at work
	}
	pause := c.pushed().Sub(ready)
	switch {
	case resumed:
		c.setWait(c.Pulled.Sub(ready), WaitApproval)
	case c.Created.IsZero() && c.Wait == nil:
		c.setWait(c.Pulled.Sub(ready), WaitUnknown)
		if c.retried() {
			c.WaitKind = WaitRetry
		}
	case c.Created.IsZero():
	case c.WaitKind == WaitQueue && pause >= noticeablePause && c.cause == nil:
		c.setWait(c.Pulled.Sub(ready), WaitUnknown)
	}
}

// resumedChildren are the children that a flow pushed when it was pulled again. Children must be in order of their
// push. A job is pushed during the pull (ids carry milliseconds, so up to one earlier); when none was, the first
// child after the pull is the one. What is pushed after one of those has ended was pushed by that one.
func resumedChildren(flow *Job, children []*Job) map[*Job]bool {
	if len(flow.pulls) < 2 {
		return nil
	}
	resumed := make(map[*Job]bool)
	for _, p := range flow.pulls[1:] {
		from := p.start.Add(-idPrecision)
		i, _ := slices.BinarySearchFunc(children, from, func(c *Job, t time.Time) int { return c.pushed().Compare(t) })
		var ended time.Time // the first of those pushed
		for first := true; i < len(children); i++ {
			pushed := children[i].pushed()
			if !first && (pushed.After(p.end) || (!ended.IsZero() && !pushed.Before(ended.Add(-idPrecision)))) {
				break
			}
			resumed[children[i]], first = true, false
			ended = earlier(ended, children[i].left)
		}
	}
	return resumed
}
