package property

import (
	"cmp"
	"slices"
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// sameStep are the jobs of one step that one job pushed and that no number in the script path tells apart: attempts,
// or the iterations of a loop that runs its only script directly.
type sameStep struct {
	truth []*simulator.Job // in the order in which they were pushed
	got   []*windmill.Job  // the same jobs as far as they are there, in the order in which they are numbered
}

// sameSteps finds the groups of which at least one job is there. A job whose parent_job was changed to a wrong one
// is in none, and counts as an attempt of a step of the same name where that parent has one: such a group is left out.
func (d damaged) sameSteps(jobs map[string]*windmill.Job) []sameStep {
	index := map[string]int{}
	joined := map[string]bool{}
	for i := range d.run.Jobs {
		if j := jobs[d.run.Jobs[i].JobID]; j != nil && j.ParentID != value(d.run.Jobs[i].ParentJob) {
			joined[j.ParentID+" "+j.Step] = true
		}
	}
	var groups []sameStep
	for i := range d.run.Jobs {
		job := &d.run.Jobs[i]
		j := jobs[job.JobID]
		if job.Step == nil || j == nil || j.ParentID != value(job.ParentJob) || joined[j.ParentID+" "+j.Step] {
			continue
		}
		key := strings.Join([]string{value(job.ParentJob), value(job.Step), numberedPath(job)}, " ")
		at, ok := index[key]
		if !ok {
			at = len(groups)
			index[key] = at
			groups = append(groups, sameStep{})
		}
		groups[at].truth = append(groups[at].truth, job)
		groups[at].got = append(groups[at].got, j)
	}
	groups = slices.DeleteFunc(groups, sameStep.parted)
	for _, g := range groups {
		slices.SortFunc(g.truth, func(a, b *simulator.Job) int {
			return cmp.Or(cmp.Compare(deref(a.Iteration), deref(b.Iteration)), cmp.Compare(deref(a.Attempt), deref(b.Attempt)))
		})
		slices.SortFunc(g.got, func(a, b *windmill.Job) int {
			return cmp.Or(cmp.Compare(deref(a.Iteration), deref(b.Iteration)), cmp.Compare(deref(a.Attempt), deref(b.Attempt)))
		})
	}
	return groups
}

// parted says whether a chain of parents that ended in itself was cut above one of the jobs, which now hangs apart.
func (g sameStep) parted() bool {
	return slices.ContainsFunc(g.got, func(j *windmill.Job) bool { return j.Parent != g.got[0].Parent })
}

// compareOrder compares attempts and iterations with the truth, whatever was lost and however much clocks differ:
// those that are there must be in the order in which they ran and be numbered without gaps. Two things cannot be
// known, and the rules say so:
//   - what the rebuilt run itself calls a guess, in a notice, when spans were lost. That must be rare, see
//     TestOrderIsKnown;
//   - that failed iterations of a loop which runs its only script directly are no attempts, when none but the last
//     is seen to have gone well.
func (d damaged) compareOrder(c *Comparison, jobs map[string]*windmill.Job) {
	for _, g := range d.sameSteps(jobs) {
		if g.guessed() {
			c.Check(g.truth[0], "guessed", "only when spans were lost", d.whenGuessed())
			continue
		}
		for i, job := range g.truth {
			c.Check(job, "order", job.JobID, g.got[i].ID)
		}
		g.compareNumbers(c)
	}
}

func (d damaged) whenGuessed() string {
	if len(d.harmed) == 0 {
		return "none was lost"
	}
	return "only when spans were lost"
}

func (g sameStep) guessed() bool {
	return slices.ContainsFunc(g.got, func(j *windmill.Job) bool { return j.Guessed })
}

// compareNumbers compares the numbers of jobs that are in the right order. Those that were lost leave no gap.
func (g sameStep) compareNumbers(c *Comparison) {
	loop := g.truth[0].Iteration != nil && numberedPath(g.truth[0]) == "" && !g.likeAttempts()
	for i, job := range g.truth {
		j := g.got[i]
		if loop {
			c.Check(job, "iteration", number(&i), number(j.Iteration))
			continue
		}
		attempt := i + 1
		c.Check(job, "attempt", number(&attempt), number(j.Attempt))
	}
}

// likeAttempts says whether none but the last of the jobs is seen to have gone well.
func (g sameStep) likeAttempts() bool {
	return !slices.ContainsFunc(g.got[:len(g.got)-1], func(j *windmill.Job) bool {
		return j.Transition != nil && j.Outcome == windmill.OutcomeOK
	})
}

// numberedPath is the script path of a job that carries the number of an iteration or branch in it.
func numberedPath(job *simulator.Job) string {
	if job.JobKind != "script" && job.JobKind != "script_hub" && job.JobKind != "flow" {
		if _, ok := windmill.LastSegment(value(job.ScriptPath)); ok {
			return value(job.ScriptPath)
		}
	}
	return ""
}

func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
