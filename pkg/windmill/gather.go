package windmill

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// gathered are all jobs of which anything is known, in no particular order.
type gathered struct {
	jobs map[string]*Job
	list []*Job
	// processes are the spans of what workers started for jobs.
	processes []*Span
	slab      []Job // jobs are made in blocks: a run may have ten thousand, and most have two spans
}

// gather puts all spans of one job_id together, in whatever traces they are: full_job, `job` (one for each pull) and
// job_postprocessing. Then it adds what log lines tell.
func gather(e Evidence) *gathered {
	likely := len(e.Spans)/2 + 1
	g := &gathered{jobs: make(map[string]*Job, likely), list: make([]*Job, 0, likely), slab: make([]Job, likely)}
	for i := range e.Spans {
		s := &e.Spans[i]
		if kindOf(s) == foreignSpan {
			if IsProcess(*s) {
				g.processes = append(g.processes, s)
			}
			continue
		}
		j := g.job(s.JobID)
		if j.spans == nil {
			j.spans = j.firstSpans[:0]
		}
		j.spans = append(j.spans, s)
	}
	for _, j := range g.list {
		j.merge()
	}
	g.attachProcesses()
	g.addSightings(e.Sightings)
	return g
}

// job gives the job of that id, a new one when nothing was known of it.
func (g *gathered) job(id string) *Job {
	j := g.jobs[id]
	if j == nil {
		if len(g.slab) == 0 {
			g.slab = make([]Job, 64)
		}
		j, g.slab = &g.slab[0], g.slab[1:]
		j.ID, j.log = id, &nothingLogged
		g.jobs[id] = j
		g.list = append(g.list, j)
	}
	return j
}

// merge takes a job's spans in the order of time. The same span received twice counts once, but a second copy may carry
// tags that the first does not.
func (j *Job) merge() {
	if len(j.spans) > 1 {
		slices.SortFunc(j.spans, compareSpans)
	}
	for _, s := range j.spans {
		if kindOf(s) == postSpan {
			j.resultAt = later(j.resultAt, s.Start)
		}
	}
	for i, s := range j.spans {
		j.tags(s)
		if i == 0 || !sameSpan(j.spans[i-1], s) {
			j.take(s)
		}
	}
	j.settle()
}

func sameSpan(a, b *Span) bool {
	return a.SpanID == b.SpanID && a.Start.Equal(b.Start) && a.TraceID == b.TraceID && a.Name == b.Name
}

// compareSpans orders spans by time. What tells them apart beyond that keeps the outcome of a merge independent of the
// order in which they were received.
func compareSpans(a, b *Span) int {
	if c := a.Start.Compare(b.Start); c != 0 {
		return c
	}
	if c := cmp.Or(
		strings.Compare(a.TraceID, b.TraceID), strings.Compare(a.SpanID, b.SpanID), strings.Compare(a.Name, b.Name),
		cmp.Compare(b.Duration, a.Duration), strings.Compare(b.Success, a.Success),
	); c != 0 {
		return c
	}
	return strings.Compare(a.everyTag(), b.everyTag())
}

// everyTag tells two spans apart that are equal in all else, which happens with copies of one span alone.
func (s *Span) everyTag() string {
	failed := ""
	if s.Failed {
		failed = "failed"
	}
	return strings.Join([]string{
		failed, s.StatusMessage, s.ParentJob, s.RootJob, s.Step, s.ScriptPath, s.Workspace, s.Worker, s.Language, s.Tag,
		s.JobKind, s.CreatedBy, s.TriggerKind, s.Trigger, s.ErrorName, s.ErrorMessage,
	}, "\x00")
}

// take adds one span to a job.
func (j *Job) take(s *Span) {
	switch kindOf(s) {
	case fullSpan:
		if j.full == nil {
			j.full = s
		}
	case jobSpan:
		j.pull(s)
	case postSpan:
		if j.posts == nil {
			j.posts = j.firstPost[:0]
		}
		j.posts = append(j.posts, s)
		j.postsEnd = later(j.postsEnd, s.End())
		j.success = cmp.Or(s.Success, j.success)
		if s.Failed {
			j.status = cmp.Or(s.StatusMessage, j.status)
			if s.Success == "" {
				j.success = "false"
			}
		}
	}
	j.errName = cmp.Or(s.ErrorName, j.errName)
	j.errText = cmp.Or(s.ErrorMessage, j.errText)
}

// pull adds a `job` span. One that lost a race to another worker is no work: it says so, or ends after the result was
// handled. Of several, the last says whether the job failed. Only failures have a status message; for a while Windmill
// wrote one without setting the status. In other versions (about 1.686 to 1.694) every `job` span that failed says
// that it lost a race: the last pull of a job whose failure was handled after it is the execution.
func (j *Job) pull(s *Span) {
	p := interval{s.Start, s.End()}
	failed := s.Failed || s.StatusMessage != ""
	late := !j.resultAt.IsZero() && p.end.Sub(j.resultAt) > time.Millisecond // the result was there before
	lost := failed && strings.HasPrefix(s.StatusMessage, lostRace)
	if late || (lost && !j.failedIn(s)) {
		j.races++
		return
	}
	j.failed = failed
	if failed && !lost {
		j.status = cmp.Or(s.StatusMessage, j.status)
	}
	if j.pulls == nil {
		j.pulls = j.firstPull[:0]
	}
	j.pulls = append(j.pulls, p)
	if len(j.pulls) == 1 {
		j.Pulled, j.TraceID, j.SpanID = s.Start, s.TraceID, s.SpanID
		j.Worker = cmp.Or(s.Worker, j.Worker)
	}
}

// failedIn says whether a `job` span is the one whose failure its worker handled afterwards: the last to end by
// then, where no other says that it failed by itself.
func (j *Job) failedIn(s *Span) bool {
	handled := j.handledBy(s)
	if handled.IsZero() {
		return false
	}
	for _, other := range j.spans {
		if kindOf(other) != jobSpan || sameSpan(other, s) {
			continue
		}
		if later := other.End().After(s.End()) && !other.End().After(handled); later || other.Failed && !lostARace(other) {
			return false
		}
	}
	return true
}

// handledBy is when the worker of a `job` span began to handle the failure of its job. Zero: it did not, after that
// span.
func (j *Job) handledBy(s *Span) (at time.Time) {
	for _, p := range j.spans {
		failed := kindOf(p) == postSpan && (p.Success == "false" || p.Failed)
		if failed && (p.Worker == s.Worker || p.Worker == "" || s.Worker == "") && !p.Start.Before(s.End()) {
			at = earlier(at, p.Start)
		}
	}
	return at
}

// tags takes over what a span says of its job. The earliest span that says it counts.
func (j *Job) tags(s *Span) {
	fill(&j.ParentID, s.ParentJob)
	fill(&j.RootJob, s.RootJob)
	fill(&j.Workspace, s.Workspace)
	fill(&j.Step, s.Step)
	fill(&j.ScriptPath, s.ScriptPath)
	fill(&j.JobKind, s.JobKind)
	fill(&j.Language, s.Language)
	fill(&j.Worker, s.Worker)
	fill(&j.Tag, s.Tag)
	fill(&j.CreatedBy, s.CreatedBy)
	fill(&j.TriggerKind, s.TriggerKind)
	fill(&j.Trigger, s.Trigger)
	if strings.HasPrefix(s.CreatedBy, schedulePrefix) {
		fill(&j.TriggerKind, triggerSchedule)
	}
}

// Some versions name a schedule as the user who created a run, and no trigger.
const (
	schedulePrefix  = "schedule-"
	triggerSchedule = "schedule"
)

// fill sets what is still unknown.
func fill(to *string, value string) {
	if *to == "" {
		*to = value
	}
}

// settle derives what a job's own spans are enough for: its times, its transition, its span for links.
// A job that was pulled several times (a flow after an approval, a workflow as code, a restart) lasts from the first
// pull to the end of the last.
func (j *Job) settle() {
	for _, p := range j.pulls {
		j.End = later(j.End, p.end)
	}
	j.Start, j.workEnd, j.left = j.Pulled, j.End, j.End
	if len(j.pulls) == 0 && len(j.posts) > 0 { // a dedicated worker exports no pull: the work was over by then
		j.workEnd, j.left = j.resultAt, j.resultAt
	}
	if len(j.pulls) > 1 && !j.resultAt.IsZero() {
		j.left = j.resultAt // by the clock of the worker that ended it; pulls may have been timed by others
	}
	if !j.Start.IsZero() {
		j.Duration = keep(&j.own.duration, j.End.Sub(j.Start))
	}
	var transition time.Duration
	for _, p := range j.posts {
		transition += max(p.Duration, 0)
		if j.SpanID == "" {
			j.TraceID, j.SpanID = p.TraceID, p.SpanID
		}
	}
	if len(j.posts) > 0 {
		j.Transition = keep(&j.own.transition, transition)
	}
	if j.SpanID == "" && len(j.spans) > 0 { // a pull that lost a race is all there is
		j.TraceID, j.SpanID = j.spans[0].TraceID, j.spans[0].SpanID
	}
	if j.full != nil {
		j.TraceID, j.SpanID = j.full.TraceID, j.full.SpanID
	}
}
