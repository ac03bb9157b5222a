package windmill

import (
	"cmp"
	"slices"
	"time"
)

// contributions gives each job its share of the run's wall time. At each moment the leaves at work share it equally,
// so parallel work counts once and all shares together are the part of the run in which anything worked. A container
// has the sum of what is below it; an agent's own work and that of its tools add up likewise. What a script launched
// and did not wait for has none.
//
// One sweep over starts and ends accumulates the integral of 1/(leaves at work); a leaf's share is the difference of
// the integral between its end and its start.
func contributions(r *Run) {
	setAside(r.Jobs)
	if r.Duration == nil || *r.Duration <= 0 {
		return
	}
	edges := workEdges(r)
	var integral float64
	working := 0
	for i, e := range edges {
		if i > 0 && working > 0 {
			integral += float64(e.at-edges[i-1].at) / float64(working)
		}
		if e.job >= 0 {
			working++
			r.Jobs[e.job].share -= integral
		} else {
			working--
			r.Jobs[^e.job].share += integral
		}
	}
	wall := float64(*r.Duration)
	for _, j := range slices.Backward(r.Jobs) { // children before parents
		if j.aside || j.Leaf() && j.Duration == nil && len(j.Children) == 0 {
			continue // its work was not seen
		}
		j.Contribution = keep(&j.own.contribution, min(max(j.share/wall, 0), 1))
		if j.Parent != nil {
			j.Parent.share += j.share
		}
	}
}

// setAside marks what scripts launched and did not wait for: it ended later than the script that started it.
func setAside(jobs []*Job) {
	for _, j := range jobs { // parents before children
		up := j.Parent
		j.aside = up != nil && (up.aside || j.Kind == KindLaunched && len(up.posts) > 0 && j.workEnd.After(up.workEnd))
	}
}

// edge is the start or the end of a leaf's work.
type edge struct {
	at  int64 // nanoseconds since the run's start
	job int   // its number in the run; of an end the complement
}

// workEdges lists the starts and ends of all work within the run, by time.
func workEdges(r *Run) []edge {
	edges := make([]edge, 0, 2*len(r.Jobs))
	whole := int64(*r.Duration)
	for i, j := range r.Jobs {
		if j.aside {
			continue
		}
		for _, work := range j.working() {
			from, to := max(int64(work.start.Sub(r.Start)), 0), min(int64(work.end.Sub(r.Start)), whole)
			if to > from {
				edges = append(edges, edge{from, i}, edge{to, ^i})
			}
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.at, b.at) })
	return edges
}

// working are the times in which a leaf was at work. Between its pulls it was not: it waited for its tasks, or for a
// restart.
func (j *Job) working() []interval {
	switch {
	case j.Container || j.Start.IsZero():
		return nil
	case !j.inFlight:
		return j.pulls
	}
	since := j.Start
	if len(j.pulls) > 0 {
		since = later(j.log.refetched, j.pulls[len(j.pulls)-1].end)
	}
	return append(slices.Clone(j.pulls), interval{since, j.End})
}

// criticalPath marks the jobs whose ends gated the end of the run, and leaves the others unmarked (false). From the
// end of a container backwards: the child that ended last is on the path; then, of the children that had ended when
// that one started (or was pushed, if by a clock that is ahead of its worker's), again the one that ended last, and
// so on; each is followed into its own children. Transitions are left aside, because the next job starts within the
// transition of the one before. Jobs without times stay nil.
func criticalPath(r *Run) {
	for _, j := range r.Jobs {
		if !j.workEnd.IsZero() && !j.Start.IsZero() {
			j.Critical = keep(&j.own.critical, false)
		}
	}
	todo := []*Job{r.Root}
	for len(todo) > 0 {
		j := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if j.Critical != nil {
			*j.Critical = true
		}
		todo = append(todo, gatingChildren(j)...)
	}
}

// gatingChildren walks backwards through the children of a job, which it visits once each.
func gatingChildren(j *Job) []*Job {
	list := make([]*Job, 0, len(j.Children))
	for _, c := range j.Children {
		if c.Critical != nil && !c.aside {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *Job) int { return a.workEnd.Compare(b.workEnd) })
	var gates []*Job
	for i := len(list) - 1; i >= 0; i-- {
		if len(gates) == 0 || !list[i].workEnd.After(gates[len(gates)-1].gate()) {
			gates = append(gates, list[i])
		}
	}
	return gates
}

// gate is the time by which everything that a job had to wait for had ended.
func (j *Job) gate() time.Time {
	if j.Created.After(j.Start) {
		return j.Created.Add(idPrecision)
	}
	return j.Start
}
