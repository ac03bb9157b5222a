package windmill

import "time"

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
		j.Duration = nil // unknown where the clocks of workers put the end before the start
		if !j.Start.IsZero() && !j.End.Before(j.Start) {
			j.Duration = keep(&j.own.duration, j.End.Sub(j.Start))
		}
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
