package windmill

import (
	"slices"
	"time"
)

// contributions gives each job its share of the run's wall time. At each moment the leaves at work share it equally,
// so parallel work counts once and all shares together are the part of the run in which anything worked. A container
// has the sum of what is below it; an agent's own work and that of its tools add up likewise.
//
// One sweep over starts and ends accumulates the integral of 1/(leaves at work); a leaf's share is the difference of
// the integral between its end and its start.
func contributions(r *Run) {
	if r.Duration == nil || *r.Duration <= 0 {
		return
	}
	type edge struct {
		at   time.Time
		job  *Job
		open bool
	}
	edges := make([]edge, 0, 2*len(r.Jobs))
	for _, j := range r.Jobs {
		for _, work := range j.working() {
			if from, to := later(work.start, r.Start), earlier(work.end, r.End); to.After(from) {
				edges = append(edges, edge{from, j, true}, edge{to, j, false})
			}
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return a.at.Compare(b.at) })
	var integral float64
	working := 0
	for i, e := range edges {
		if i > 0 && working > 0 {
			integral += float64(e.at.Sub(edges[i-1].at)) / float64(working)
		}
		if e.open {
			working++
			e.job.share -= integral
		} else {
			working--
			e.job.share += integral
		}
	}
	wall := float64(*r.Duration)
	for _, j := range slices.Backward(r.Jobs) { // children before parents
		if j.Leaf() && j.Duration == nil && len(j.Children) == 0 {
			continue // its work was not seen
		}
		j.Contribution = keep(&j.own.contribution, min(max(j.share/wall, 0), 1))
		if j.Parent != nil {
			j.Parent.share += j.share
		}
	}
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
		since = later(j.refetched, j.pulls[len(j.pulls)-1].end)
	}
	return append(slices.Clone(j.pulls), interval{since, j.End})
}
