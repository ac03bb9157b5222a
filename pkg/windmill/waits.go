package windmill

import (
	"cmp"
	"slices"
	"time"
)

const (
	// A pause shorter than this before a job was pushed is the ordinary cost of pushing it.
	noticeablePause = time.Second
	// A job that was scheduled for later than this after its push was meant to wait.
	meantToWait = 50 * time.Millisecond
)

// deriveWaits finds how long each job could not start, and why. Nothing in a span says so; the id of a job tells when
// it was pushed, its first `job` span when a worker pulled it, and a log line, if there is one, for when it was
// scheduled. Rules, the first that fits counts:
//   - approval: the flow above was pulled again (it had been parked) and pushed the job then. The wait lasts from the
//     end of what ran before until the job's start. After a preprocessor every flow is pulled again, for no approval;
//   - retry: the job is a further attempt, pushed at once and scheduled for later;
//   - limit: a log line says that it was queued again because a concurrency limit was reached, or it is an iteration
//     that waited for an earlier one, see parkedIterations;
//   - sleep: a log line says that it was scheduled for later than it was pushed;
//   - unknown: a job of the same tag that was pushed at least a second later was pulled before it, so workers were
//     there and it slept, was limited or has a lower priority, which no span tells; or it was pushed more than a
//     second after everything before it had ended, and nothing says why;
//   - queue: from push to pull. Without log lines, a sleep that nothing overtook cannot be told from a queue and counts
//     as one, which is said;
//   - without a creation time (an id that is no ULID): since the time for which it was scheduled, as queue; else the
//     time since the job before it ended, as unknown.
//
// Where clocks disagree so that a wait would be negative, it is unknown. A job that waits for a worker waits until now.
// The run itself waits from the time for which it was scheduled, if a log line tells it; else from its push, unless a
// schedule started it: schedules push their next run far ahead.
func deriveWaits(r *Run, now time.Time, p *problems) {
	for _, j := range r.Jobs {
		j.queueWait(now)
	}
	if p.skewed == 0 { // else nothing can be said of who overtook whom
		overtaken(r.Jobs)
	}
	for _, j := range r.Jobs {
		if j.Container && mayPause(j) {
			flowWaits(j, p)
		}
	}
	for _, j := range r.Jobs {
		if j.Container && len(j.Children) > 1 {
			parkedIterations(j, p)
		}
	}
	r.Root.rootWait()
}

// setWait sets a wait that ends at the job's start, or now. One that would be negative is unknown.
func (j *Job) setWait(d time.Duration, kind WaitKind) {
	if d < -skewTolerance {
		j.Wait, j.WaitKind = nil, ""
		return
	}
	j.Wait, j.WaitKind = keep(&j.own.wait, max(d, 0)), kind
}

// queueWait is the wait from a job's push.
func (j *Job) queueWait(now time.Time) {
	until := j.Pulled
	if until.IsZero() && j.inFlight && len(j.spans) == 0 {
		until = now
	}
	from := j.Created
	if from.IsZero() {
		if from = j.due(); from.IsZero() && j.inFlight {
			from = j.log.pushLogged
		}
	}
	if from.IsZero() || until.IsZero() {
		return
	}
	j.setWait(until.Sub(from), WaitQueue)
	switch {
	case j.Wait == nil:
	case j.log.limited:
		j.WaitKind = WaitLimit
	case j.retried():
		j.WaitKind = WaitRetry
	case j.due().Sub(from) >= meantToWait:
		j.WaitKind = WaitSleep
	}
}

func (j *Job) retried() bool { return j.Attempt != nil && *j.Attempt > 1 }

// rootWait is the wait of the run itself.
func (j *Job) rootWait() {
	due := j.due()
	switch {
	case !due.IsZero() && !j.Pulled.IsZero() && (j.Created.IsZero() || due.Sub(j.Created) >= meantToWait):
		j.setWait(j.Pulled.Sub(due), WaitQueue)
	case j.TriggerKind == "schedule" && due.IsZero():
		j.Wait, j.WaitKind = nil, ""
	}
}

// overtaken finds jobs that waited although later ones of the same tag did not.
func overtaken(jobs []*Job) {
	type pull struct {
		at, created int64
		job         *Job
	}
	list := make([]pull, 0, len(jobs))
	long := false // what waited less than a second was overtaken by nothing pushed a second later
	for _, j := range jobs {
		if j.WaitKind == WaitQueue && j.Parent != nil && !j.Created.IsZero() && !j.Pulled.IsZero() {
			list = append(list, pull{j.Pulled.UnixNano(), j.Created.UnixNano(), j})
			long = long || (*j.Wait >= noticeablePause && j.due().IsZero())
		}
	}
	if !long {
		return
	}
	slices.SortFunc(list, func(a, b pull) int { return cmp.Compare(a.at, b.at) })
	newest := make(map[string]int64, 4) // by tag, the latest creation among the jobs pulled so far
	for i := 0; i < len(list); {
		end := i + 1 // those pulled at the same time did not overtake each other
		for end < len(list) && list[end].at == list[i].at {
			end++
		}
		for _, p := range list[i:end] {
			if newest[p.job.Tag]-p.created >= int64(noticeablePause) && p.job.due().IsZero() {
				p.job.WaitKind = WaitUnknown
			}
		}
		for _, p := range list[i:end] {
			newest[p.job.Tag] = max(newest[p.job.Tag], p.created)
		}
		i = end
	}
}

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
	var askedBy *Job         // what ended last
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
				ready, asked, askedBy, first = later(ready, d.totalEnd()), d.totalEnd(), d, false
			}
			before++
		}
		if c.Pulled.IsZero() {
			continue
		}
		switch {
		case !resumed[c] || first:
			pauseBefore(c, ready, false)
		case askedBy != nil && askedBy.Kind == KindPreprocessor: // the flow waited for a worker, not the job
		default:
			pauseBefore(c, asked, true)
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
