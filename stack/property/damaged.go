package property

import (
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// damaged is a run of which not every span arrived as it was.
type damaged struct {
	run     simulator.Run
	version simulator.Version
	harmed  map[string]bool // jobs of which a span was lost or changed
	skewed  bool            // clocks were moved
	kinds   map[string]bool // of harm
}

func newDamaged(r Result, harms []simulator.Harm, left []simulator.Span) damaged {
	d := damaged{run: r.Run, version: r.Version, harmed: map[string]bool{}, kinds: map[string]bool{}}
	for _, harm := range harms {
		d.kinds[harm.Kind] = true
		switch harm.Kind {
		case simulator.HarmDuplicate:
		case simulator.HarmSkew:
			d.skewed = true
		default:
			d.harmed[harm.JobID] = true
		}
	}
	d.run.FullJob = false // as far as can be seen
	for _, span := range left {
		d.run.FullJob = d.run.FullJob || span.Name == "full_job"
	}
	return d
}

// onlyLate says whether every span arrives sooner or later, as it was.
func (d damaged) onlyLate() bool {
	for kind := range d.kinds {
		if kind != simulator.HarmLate && kind != simulator.HarmDuplicate {
			return false
		}
	}
	return true
}

// onlySkewed says whether nothing happened to the run but clocks that disagree.
func (d damaged) onlySkewed() bool {
	for kind := range d.kinds {
		if kind != simulator.HarmSkew && kind != simulator.HarmDuplicate {
			return false
		}
	}
	return true
}

// compare gives what of the rebuilt run the truth contradicts, where the damage does not explain it: what the spans
// of an unharmed job tell must be right, everything must be where nothing next to a job was harmed, and no job may
// begin before it did or end after it did. Attempts and iterations must be in their order, see compareOrder.
func (d damaged) compare(got *windmill.Run) []Difference {
	c := NewComparison(d.run, d.version)
	c.truth.lossy = !d.onlySkewed()
	jobs := map[string]*windmill.Job{}
	for _, j := range got.Jobs {
		jobs[j.ID] = j
	}
	for i := range d.run.Jobs {
		job := &d.run.Jobs[i]
		j := jobs[job.JobID]
		if j == nil {
			continue // none of its spans is left, see requireShown
		}
		if !d.skewed {
			c.compareBounds(job, j, !d.kinds[simulator.HarmCycle])
		}
		if d.harmed[job.JobID] {
			continue
		}
		c.compareOwn(job, j, d.skewed)
		switch {
		case d.familyHarmed(&c.truth, job):
		case d.skewed:
			c.compareShape(job, j)
		default:
			c.compareJob(job, j)
		}
	}
	d.compareOrder(c, jobs)
	if d.onlySkewed() {
		c.Check(nil, "run outcome", d.run.Outcome, string(got.Outcome))
	}
	for _, p := range got.Problems {
		if p.Kind == windmill.ProblemSkew && !d.skewed {
			c.Check(nil, "clocks", "agree", "differ")
		}
	}
	return c.Differences
}

// familyHarmed says whether anything was done to the job above a job, or to anything below that one.
func (d damaged) familyHarmed(t *truth, job *simulator.Job) bool {
	top := job
	if job.ParentJob != nil {
		top = t.byID[*job.ParentJob]
	}
	return t.any(top, func(j *simulator.Job) bool { return d.harmed[j.JobID] })
}

// compareOwn compares what the spans of the job itself tell.
func (c *Comparison) compareOwn(job *simulator.Job, j *windmill.Job, skewed bool) {
	c.Check(job, "root", value(job.RootJob), j.RootJob)
	c.Check(job, "trace", job.TraceID, j.TraceID)
	c.Check(job, "step", value(job.Step), j.Step)
	c.Check(job, "script path", value(job.ScriptPath), j.ScriptPath)
	c.Check(job, "job kind", job.JobKind, j.JobKind)
	c.Check(job, "language", value(job.Language), j.Language)
	c.Check(job, "tag", job.Tag, j.Tag)
	c.Check(job, "created", job.Created, j.Created)
	c.Check(job, "transition", nanoseconds(job.TransitionNS), j.Transition)
	oneClock := !skewed || job.Pulls == 1
	if oneClock {
		c.Check(job, "span", job.SpanID, j.SpanID)
		c.Check(job, "worker", job.Worker, j.Worker)
	}
	if !skewed {
		c.Check(job, "start", job.Start, j.Start)
	}
	if !isContainer(job) && j.Leaf() {
		if oneClock {
			c.Check(job, "duration", time.Duration(job.DurationNS), j.Duration)
		}
		c.Check(job, "outcome", job.Outcome, string(j.Outcome))
		c.Check(job, "error", value(job.Error), j.Error)
	}
}

// compareBounds finds times that are more than the truth: losses make them less, and nothing makes them more.
// placed says that every job hangs below one that it belongs to.
func (c *Comparison) compareBounds(job *simulator.Job, j *windmill.Job, placed bool) {
	if !j.Created.IsZero() {
		c.Check(job, "created", job.Created, j.Created)
	}
	if !j.Start.IsZero() && j.Start.Before(job.Start) {
		c.Check(job, "start", job.Start, j.Start)
	}
	if !placed || job.ParentJob == nil && !c.truth.FullJob { // a run without its end lasts until its last transition
		return
	}
	if j.End.After(job.End) {
		c.Check(job, "end", job.End, j.End)
	}
	if j.Duration != nil && *j.Duration > time.Duration(job.DurationNS) {
		c.Check(job, "duration", time.Duration(job.DurationNS), j.Duration)
	}
}

// compareShape compares what does not depend on clocks: where a job is in the run, and how it ended.
func (c *Comparison) compareShape(job *simulator.Job, j *windmill.Job) {
	c.Check(job, "parent", value(job.ParentJob), parentOf(j))
	c.Check(job, "kind", job.Kind, string(j.Kind))
	c.Check(job, "iteration", number(job.Iteration), number(j.Iteration))
	c.Check(job, "attempt", number(job.Attempt), number(j.Attempt))
	c.Check(job, "outcome", job.Outcome, string(j.Outcome))
}
