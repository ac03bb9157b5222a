package windmill

import (
	"slices"
	"time"
)

// A pause shorter than this before a job was pushed is the ordinary cost of pushing it.
const noticeablePause = time.Second

// deriveWaits finds how long each job could not start, and why. Nothing in a span says so; the id of a job tells when
// it was pushed, and its first `job` span when a worker pulled it. Rules, the first that fits counts:
//   - approval: the flow above was pulled again (it had been parked) and pushed the job then. The wait lasts from the
//     end of what ran before until the job's start;
//   - retry: the job is a further attempt, pushed at once and scheduled for later;
//   - sleep: a job of the same tag that was pushed at least a second later was pulled before it, so workers were there
//     and it must have been scheduled for later (or have a lower priority, which telemetry does not tell);
//   - unknown: it was pushed more than a second after everything before it had ended, and nothing says why;
//   - queue: from push to pull. A sleep that nothing overtook cannot be told from a queue and counts as one;
//   - without a creation time (an id that is no ULID): the time since the job before it ended, as unknown.
//
// The run itself has a queue wait unless a schedule started it: schedules push their next run far ahead.
func deriveWaits(r *Run) {
	queueWaits(r.Jobs)
	overtaken(r.Jobs)
	for _, j := range r.Jobs {
		if j.Container && mayPause(j) {
			flowWaits(j)
		}
	}
	if r.Root.TriggerKind == "schedule" {
		r.Root.Wait, r.Root.WaitKind = nil, ""
	}
}

func (j *Job) setWait(d time.Duration, kind WaitKind) {
	j.Wait, j.WaitKind = keep(&j.own.wait, max(d, 0)), kind
}

func queueWaits(jobs []*Job) {
	for _, j := range jobs {
		if j.Created.IsZero() || j.Pulled.IsZero() {
			continue
		}
		j.setWait(j.Pulled.Sub(j.Created), WaitQueue)
		if j.Attempt != nil && *j.Attempt > 1 {
			j.WaitKind = WaitRetry
		}
	}
}

// overtaken finds jobs that waited although later ones of the same tag did not.
func overtaken(jobs []*Job) {
	list := make([]*Job, 0, len(jobs))
	long := false // what waited less than a second was overtaken by nothing pushed a second later
	for _, j := range jobs {
		if j.WaitKind == WaitQueue && j.Parent != nil {
			list = append(list, j)
			long = long || *j.Wait >= noticeablePause
		}
	}
	if !long {
		return
	}
	slices.SortFunc(list, func(a, b *Job) int { return a.Pulled.Compare(b.Pulled) })
	newest := make(map[string]time.Time, 4) // by tag, the latest creation among the jobs pulled so far
	for _, j := range list {
		if newest[j.Tag].Sub(j.Created) >= noticeablePause && !newest[j.Tag].IsZero() {
			j.WaitKind = WaitSleep
		}
		newest[j.Tag] = later(newest[j.Tag], j.Created)
	}
}

// mayPause says whether a pause between the jobs of a flow is possible at all: most iterations are over too soon.
func mayPause(flow *Job) bool {
	if len(flow.pulls) > 1 || flow.Pulled.IsZero() {
		return len(flow.Children) > 0
	}
	for _, c := range flow.Children {
		if c.Created.IsZero() || c.Created.Sub(flow.Pulled) >= noticeablePause {
			return true
		}
	}
	return false
}

// flowWaits looks at the pauses between the jobs that one flow pushed.
func flowWaits(flow *Job) {
	done := make([]*Job, 0, len(flow.Children))
	for _, c := range flow.Children {
		if !c.workEnd.IsZero() {
			done = append(done, c)
		}
	}
	slices.SortFunc(done, func(a, b *Job) int { return a.workEnd.Compare(b.workEnd) })
	children := slices.Clone(flow.Children)
	slices.SortFunc(children, func(a, b *Job) int {
		if c := a.pushed().Compare(b.pushed()); c != 0 {
			return c
		}
		return byTime(a, b)
	})
	resumed := resumedChildren(flow, children)
	ready := flow.Pulled
	for before := 0; len(children) > 0; children = children[1:] {
		c := children[0]
		// A job is pushed within the transition of the one before, and its id carries milliseconds.
		for before < len(done) && !done[before].workEnd.After(c.pushed().Add(time.Millisecond)) {
			ready = later(ready, done[before].totalEnd())
			before++
		}
		if !c.Pulled.IsZero() {
			pauseBefore(c, ready, resumed[c])
		}
	}
}

// pushed is when a job was pushed, or pulled when that is unknown.
func (j *Job) pushed() time.Time {
	if j.Created.IsZero() {
		return j.Pulled
	}
	return j.Created
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
	case c.Created.IsZero():
		c.setWait(c.Pulled.Sub(ready), WaitUnknown)
		if c.Attempt != nil && *c.Attempt > 1 {
			c.WaitKind = WaitRetry
		}
	case c.WaitKind == WaitQueue && pause >= noticeablePause:
		c.setWait(c.Pulled.Sub(ready), WaitUnknown)
	}
}

// resumedChildren are the children that a flow pushed when it was pulled again. Children must be in order of their
// push. A job is pushed during the pull (ids carry milliseconds, so up to one earlier); when none was, the first
// child after the pull is the one.
func resumedChildren(flow *Job, children []*Job) map[*Job]bool {
	if len(flow.pulls) < 2 {
		return nil
	}
	resumed := make(map[*Job]bool)
	for _, p := range flow.pulls[1:] {
		from := p.start.Add(-time.Millisecond)
		i, _ := slices.BinarySearchFunc(children, from, func(c *Job, t time.Time) int { return c.pushed().Compare(t) })
		for first := true; i < len(children); i++ {
			if !first && children[i].pushed().After(p.end) {
				break
			}
			resumed[children[i]], first = true, false
		}
	}
	return resumed
}
