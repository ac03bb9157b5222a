package windmill

import (
	"slices"
	"time"
)

// inFlight decides which of the jobs without spans are at work or wait for a worker, and gives them and all above them
// the time that they took so far. Log lines of a job whose run has ended, or whose flow has gone on, are no sign of life:
// its spans are late or lost, and it is left out unless it holds jobs of the run together.
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
		case parent.over || last.wentOn(c):
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
