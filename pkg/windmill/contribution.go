package windmill

import (
	"cmp"
	"slices"
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
		if j.Leaf() && j.Duration == nil && len(j.Children) == 0 {
			continue // its work was not seen
		}
		j.Contribution = keep(&j.own.contribution, min(max(j.share/wall, 0), 1))
		if j.Parent != nil {
			j.Parent.share += j.share
		}
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
