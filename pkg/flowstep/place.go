package flowstep

import (
	"strconv"
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// flowPlaces names where jobs are in their flow, whatever the iteration, branch or attempt: "loop[3]/c#2" is at
// "loop/c". The run itself is at "".
type flowPlaces map[*windmill.Job]string

func (p flowPlaces) of(j *windmill.Job) string {
	if j.Parent == nil {
		return ""
	}
	if place, ok := p[j]; ok {
		return place
	}
	place := unnumbered(j)
	if above := p.of(j.Parent); above != "" {
		place = above + "/" + place
	}
	p[j] = place
	return place
}

// unnumbered is a job's own part of its path without the numbers of attempt and iteration or branch.
func unnumbered(j *windmill.Job) string {
	name := spanName(j)
	if j.Attempt != nil {
		name = strings.TrimSuffix(name, "#"+strconv.FormatInt(*j.Attempt, 10))
	}
	for _, n := range []*int64{j.Iteration, j.Branch} {
		if n != nil {
			name = strings.TrimSuffix(name, "["+strconv.FormatInt(*n, 10)+"]")
		}
	}
	return name
}

// lastAttempts are the jobs of a run without those that were tried again.
func lastAttempts(jobs []*windmill.Job) map[*windmill.Job]bool {
	type spot struct {
		parent            *windmill.Job
		step              string
		iteration, branch int64
	}
	latest := map[spot]*windmill.Job{}
	kept := make(map[*windmill.Job]bool, len(jobs))
	for _, j := range jobs {
		if j.Attempt == nil {
			kept[j] = true // no step, so it is never tried again
			continue
		}
		s := spot{j.Parent, j.Step, number(j.Iteration), number(j.Branch)}
		if before := latest[s]; before == nil || *before.Attempt < *j.Attempt {
			latest[s] = j
		}
	}
	for _, j := range latest {
		kept[j] = true
	}
	return kept
}

func number(n *int64) int64 {
	if n == nil {
		return -1
	}
	return *n
}
