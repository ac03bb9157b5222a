package windmill

import (
	"slices"
	"time"
)

// criticalPath marks the jobs whose ends gated the end of the run, and leaves the others unmarked (false). From the
// end of a container backwards: the child that ended last is on the path; then, of the children that had ended when
// that one started (or was pushed, if by a clock that is ahead of its worker's), again the one that ended last, and so on; each is followed into its own children. Transitions
// are left aside, because the next job starts within the transition of the one before. Jobs without times stay nil.
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
		if c.Critical != nil {
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
