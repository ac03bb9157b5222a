package windmill

import (
	"time"
)

// deriveTimes gives containers their times: from the earliest `job` span of their own (else of a child) to the latest
// end below them, transitions included, because the transition of the last step is what completes its container.
// A run that has ended takes both from its full_job. Leaves keep the times of their spans.
// A flow that ended in its own pull (it had nothing to run, or an approval was the last of it) moved the flow above it
// on within that pull, so that jobs were pushed before it ended.
func deriveTimes(members []*Job) {
	for i := len(members) - 1; i >= 0; i-- { // children before parents
		j := members[i]
		if !j.Container {
			continue
		}
		if n := len(j.pulls); n > 0 {
			j.left = j.pulls[n-1].start
		}
		for _, c := range j.Children {
			if j.Pulled.IsZero() {
				j.Start = earlier(j.Start, c.Start)
			}
			j.End = later(j.End, c.totalEnd())
			if c.workEnd.After(j.workEnd) {
				j.workEnd, j.left = c.workEnd, c.left
			}
		}
		if j.full != nil && j.Parent == nil {
			j.Start, j.End = j.full.Start, j.full.End()
		}
		if j.Parent == nil && j.full == nil && j.completed != nil {
			j.asRecorded()
		}
		j.Duration = nil // unknown where the clocks of workers put the end before the start
		if !j.Start.IsZero() && !j.End.Before(j.Start) {
			j.Duration = keep(&j.own.duration, j.End.Sub(j.Start))
		}
	}
}

// asRecorded gives a run without a full_job the times of its record.
func (j *Job) asRecorded() {
	c := j.completed
	if j.Start.IsZero() {
		j.Start = c.StartedAt
	}
	switch {
	case c.Duration > 0 && !j.Start.IsZero():
		j.End = j.Start.Add(c.Duration)
	case j.End.IsZero():
		j.End = c.Time
	}
}

// firstSeen is the earliest time at which spans of the job itself show it at work. Zero: none.
func (j *Job) firstSeen() time.Time {
	t := j.Pulled
	if t.IsZero() && j.full != nil {
		t = j.full.Start
	}
	if t.IsZero() && len(j.posts) > 0 {
		t = j.posts[0].Start
	}
	return t
}

const (
	// A schedule pushes its next run as soon as the one before has ended, so a run may be a month older than its start.
	longestRootWait = 62 * 24 * time.Hour
	// The clocks of servers and workers may be apart by this much. A random id is that near to a start by no chance.
	largestSkew = time.Minute
	// Clocks that are kept by NTP differ less than this.
	skewTolerance = 10 * time.Millisecond
)

// deriveCreation takes the creation of each job from its id where that is plausible, see plausibleCreation, and looks
// for clocks that disagree: a job pulled before it was pushed. Where nothing tells when that was, one that was
// pulled before the flow above it; else the flow's first pull may be lost, and the one that is there be a later one.
func deriveCreation(members []*Job, p *problems) {
	for _, j := range members { // parents before children
		var above, aboveStart time.Time
		if j.Parent != nil {
			above, aboveStart = earlier(j.Parent.Created, j.Parent.Pulled), j.Parent.Pulled
		}
		seen := j.firstSeen()
		if created, ok := IDTime(j.ID); ok && plausibleCreation(created, seen, above) {
			j.Created = created
		}
		if j.Created.IsZero() {
			p.skew(ahead(aboveStart, seen))
		} else {
			p.skew(ahead(j.Created, seen))
		}
	}
}

// ahead is by how much a time lies after one that cannot be before it. Unknown times are in order.
func ahead(cause, effect time.Time) time.Duration {
	if cause.IsZero() || effect.IsZero() {
		return 0
	}
	return cause.Sub(effect)
}

// plausibleCreation decides whether the time in an id is the creation of a job that started at start below a parent
// created at parent (either may be zero: unknown). Rule: not after the start, not before the parent (a minute in which
// clocks may differ aside) and, for a job without a known parent, not more than about two months before the start.
func plausibleCreation(created, start, parent time.Time) bool {
	if !start.IsZero() && !created.Before(start.Add(largestSkew)) {
		return false
	}
	if !parent.IsZero() {
		return !created.Before(parent.Add(-largestSkew))
	}
	return start.IsZero() || start.Sub(created) <= longestRootWait
}
