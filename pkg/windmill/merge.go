package windmill

import (
	"slices"
	"strings"
)

// mergeJobs puts all spans of one job_id together, in whatever traces they are: full_job, `job` (one for each pull)
// and job_postprocessing. The same span received twice counts once. The answer is in order of first appearance.
func mergeJobs(spans []Span) (jobs map[string]*Job, order []*Job) {
	jobs = make(map[string]*Job, len(spans)/2+1)
	order = make([]*Job, 0, len(spans)/2+1)
	var slab []Job // jobs are made in blocks: a run may have ten thousand
	for i := range spans {
		s := &spans[i]
		kind := kindOf(s)
		if kind == foreignSpan {
			continue
		}
		j := jobs[s.JobID]
		if j == nil {
			if len(slab) == 0 {
				slab = make([]Job, 64)
			}
			j, slab = &slab[0], slab[1:]
			j.ID = s.JobID
			jobs[s.JobID] = j
			order = append(order, j)
		}
		if !j.known(s) {
			j.take(s, kind)
		}
	}
	for _, j := range order {
		j.settle()
	}
	return jobs, order
}

// known says whether a job has the same span already, and remembers the span. A job has two or three spans as a rule.
func (j *Job) known(s *Span) bool {
	const few = 8
	if len(j.seen) < few {
		for _, o := range j.seen {
			if o.SpanID == s.SpanID && o.TraceID == s.TraceID && o.Name == s.Name && o.Start.Equal(s.Start) {
				return true
			}
		}
		if j.seen == nil {
			j.seen = j.firstSpans[:0]
		}
		j.seen = append(j.seen, s)
		return false
	}
	if j.many == nil {
		j.many = make(map[spanIdentity]struct{}, 2*few)
		for _, o := range j.seen {
			j.many[identityOf(o)] = struct{}{}
		}
	}
	id := identityOf(s)
	_, dup := j.many[id]
	j.many[id] = struct{}{}
	return dup
}

type spanIdentity struct {
	trace, span, name string
	start             int64
}

func identityOf(s *Span) spanIdentity {
	return spanIdentity{s.TraceID, s.SpanID, s.Name, s.Start.UnixNano()}
}

// take adds one span to a job.
func (j *Job) take(s *Span, kind spanKind) {
	j.tags(s)
	switch kind {
	case fullSpan:
		if j.full == nil || s.Start.Before(j.full.Start) {
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
		j.success = cmpOr(s.Success, j.success)
		if s.Failed {
			j.status = cmpOr(j.status, s.StatusMessage)
			if s.Success == "" {
				j.success = "false"
			}
		}
	}
	j.errName = cmpOr(j.errName, s.ErrorName)
	j.errText = cmpOr(j.errText, s.ErrorMessage)
}

func (j *Job) pull(s *Span) {
	p := interval{s.Start, s.End()}
	if s.Failed && strings.HasPrefix(s.StatusMessage, lostRace) {
		j.races++
		if len(j.pulls) > 0 {
			return
		}
		j.onlyRace = true
	} else {
		if j.onlyRace {
			j.pulls, j.onlyRace = nil, false // the pull that lost is no part of the work
		}
		if s.Failed {
			j.failed, j.status = true, cmpOr(j.status, s.StatusMessage)
		}
	}
	if j.pulls == nil {
		j.pulls = j.firstPull[:0]
	}
	j.pulls = append(j.pulls, p)
	if j.Pulled.IsZero() || s.Start.Before(j.Pulled) || len(j.pulls) == 1 {
		j.Pulled, j.TraceID, j.SpanID = s.Start, s.TraceID, s.SpanID
		j.Worker = cmpOr(s.Worker, j.Worker)
	}
}

// tags takes over what a span says of its job. The first span that says it counts.
func (j *Job) tags(s *Span) {
	for _, f := range [...]struct {
		to   *string
		from string
	}{
		{&j.ParentID, s.ParentJob}, {&j.RootJob, s.RootJob}, {&j.Workspace, s.Workspace}, {&j.Step, s.Step},
		{&j.ScriptPath, s.ScriptPath}, {&j.JobKind, s.JobKind}, {&j.Language, s.Language}, {&j.Worker, s.Worker},
		{&j.Tag, s.Tag}, {&j.CreatedBy, s.CreatedBy}, {&j.TriggerKind, s.TriggerKind}, {&j.Trigger, s.Trigger},
	} {
		if *f.to == "" {
			*f.to = f.from
		}
	}
}

// settle derives what a job's own spans are enough for: its times, its transition, its span for links.
// A job that was pulled several times (a flow after an approval, a workflow as code) lasts from the first pull to the
// end of the last.
func (j *Job) settle() {
	if len(j.pulls) > 1 {
		slices.SortFunc(j.pulls, func(a, b interval) int { return a.start.Compare(b.start) })
	}
	for _, p := range j.pulls {
		j.End = later(j.End, p.end)
	}
	j.Start, j.workEnd = j.Pulled, j.End
	if !j.Start.IsZero() {
		j.Duration = keep(&j.own.duration, j.End.Sub(j.Start))
	}
	for _, p := range j.posts {
		if j.Transition == nil {
			j.Transition = keep(&j.own.transition, p.Duration)
		} else {
			*j.Transition += p.Duration
		}
		if j.SpanID == "" {
			j.TraceID, j.SpanID = p.TraceID, p.SpanID
		}
	}
	if j.full != nil {
		j.TraceID, j.SpanID = j.full.TraceID, j.full.SpanID
	}
	j.segment, j.hasSegment = LastSegment(j.ScriptPath)
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
