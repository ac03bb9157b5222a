package flowstep

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// TraceSpan is one span of a run that was put together: a job, its wait, or its transition. All spans of a run are in
// one trace, named after the run.
type TraceSpan struct {
	TraceID, SpanID, ParentID string // ParentID is empty for the run itself alone
	Name, Service             string
	Start                     time.Time
	Duration                  time.Duration
	Failed                    bool
	Message                   string   // error text
	Warnings                  []string // what is derived or unknown of this span
	Tags                      []Tag

	RunID, JobID, Workspace string
	OriginTrace, OriginSpan string // where the span is in Tempo; "": it is in none, as a wait
}

// Tag is a key and a value: a string, a bool or a number.
type Tag struct {
	Key   string
	Value any
}

// TraceCounts says how much of a trace is not as it was measured.
type TraceCounts struct{ Waits, Derived, Running, Untimed int }

// tracer turns a run into spans.
type tracer struct {
	run    *windmill.Run
	now    time.Time
	ids    map[*windmill.Job]string
	taken  map[string]bool
	spans  []TraceSpan
	counts TraceCounts
}

// Trace gives the spans of a run, or of those of its jobs that are wanted (all jobs above a wanted one must be wanted
// too), in tree order. A job keeps the id of its span, so that a link to it finds it; waits have ids of their own.
// What is still running lasts until now.
func Trace(run *windmill.Run, jobs []*windmill.Job, now time.Time) ([]TraceSpan, TraceCounts) {
	t := &tracer{run: run, now: now, ids: make(map[*windmill.Job]string, len(jobs)), taken: make(map[string]bool, 2*len(jobs))}
	for _, j := range jobs {
		t.ids[j] = t.claim(cmpOr(j.SpanID, windmill.SpanID(j.ID)), j.ID)
	}
	for _, j := range jobs {
		t.wait(j)
		t.job(j)
		t.processes(j)
		t.transitions(j)
	}
	return t.spans, t.counts
}

// claim makes an id unique within the trace: spans of several traces may share one, and jobs without spans have none.
func (t *tracer) claim(id, seed string) string {
	for n := 0; id == "" || t.taken[id]; n++ {
		h := fnv.New64a()
		fmt.Fprintf(h, "%s %d", seed, n) // a hash never fails
		id = fmt.Sprintf("%016x", h.Sum64())
	}
	t.taken[id] = true
	return id
}

// around is the parent of what lies before and after a job: the job above, or the run itself for its own wait.
func (t *tracer) around(j *windmill.Job) string {
	if j.Parent == nil {
		return t.ids[j]
	}
	return t.ids[j.Parent]
}

func (t *tracer) span(j *windmill.Job) TraceSpan {
	return TraceSpan{
		TraceID: windmill.TraceID(t.run.ID), Service: cmpOr(j.Service(), "windmill"), RunID: t.run.ID, JobID: j.ID,
		Workspace: cmpOr(j.Workspace, t.run.Root.Workspace),
	}
}

func (t *tracer) wait(j *windmill.Job) {
	if j.Wait == nil || !t.noteworthy(*j.Wait) || j.Pulled.IsZero() {
		return
	}
	s := t.span(j)
	s.SpanID, s.ParentID = t.claim("", j.ID+" wait"), t.around(j)
	s.Name, s.Start, s.Duration = "wait: "+string(j.WaitKind), j.Pulled.Add(-*j.Wait), *j.Wait
	s.Warnings = []string{"Derived: no span tells of a wait."}
	s.Tags = tags(Tag{"wait_kind", string(j.WaitKind)}, Tag{"of", spanName(j)}, Tag{"job_id", j.ID}, Tag{"derived", true})
	t.counts.Waits++
	t.spans = append(t.spans, s)
}

// noteworthy says whether a wait or a transition is worth a span of its own: those of milliseconds would be two of
// three spans. The tags of a job have them all.
func (t *tracer) noteworthy(d time.Duration) bool {
	return d >= shortBeside || (t.run.Duration != nil && d > 0 && d >= *t.run.Duration/100)
}

// shortBeside is below what a wait or a transition has no span of its own, unless it is a hundredth of the run.
const shortBeside = 100 * time.Millisecond

// processes are what a worker started for a job: they tell its set-up from its work.
func (t *tracer) processes(j *windmill.Job) {
	for _, p := range j.Processes() {
		s := t.span(j)
		s.SpanID, s.ParentID = t.claim(p.SpanID, j.ID+" "+p.Name), t.ids[j]
		s.Name, s.Start, s.Duration = p.Name, p.Start, p.Duration
		s.OriginTrace, s.OriginSpan = p.TraceID, p.SpanID
		part := "work"
		if p.Setup {
			part = "set-up"
		}
		s.Tags = tags(Tag{"part", part}, Tag{"of", spanName(j)}, Tag{"job_id", j.ID}, Tag{"windmill.trace_id", p.TraceID}, Tag{"windmill.span_id", p.SpanID})
		t.spans = append(t.spans, s)
	}
}

func (t *tracer) transitions(j *windmill.Job) {
	for i, p := range j.Transitions() {
		if !t.noteworthy(p.Duration) {
			continue
		}
		s := t.span(j)
		s.SpanID, s.ParentID = t.claim(p.SpanID, fmt.Sprint(j.ID, " transition ", i)), t.around(j)
		s.Name, s.Start, s.Duration = "transition", p.Start, p.Duration
		s.OriginTrace, s.OriginSpan = p.TraceID, p.SpanID
		s.Tags = tags(Tag{"of", spanName(j)}, Tag{"job_id", j.ID}, Tag{"windmill.trace_id", p.TraceID}, Tag{"windmill.span_id", p.SpanID})
		t.spans = append(t.spans, s)
	}
}

func (t *tracer) job(j *windmill.Job) {
	s := t.span(j)
	s.SpanID, s.Name = t.ids[j], spanName(j)
	if j.Parent != nil {
		s.ParentID = t.ids[j.Parent]
	}
	s.OriginTrace, s.OriginSpan = j.TraceID, j.SpanID
	s.Failed = j.Outcome == windmill.OutcomeError || j.Outcome == windmill.OutcomeCanceled
	s.Message = j.Error
	s.Tags = jobTags(j)
	t.times(j, &s)
	t.spans = append(t.spans, s)
}

// times gives a span its start and duration, and says where they come from.
func (t *tracer) times(j *windmill.Job, s *TraceSpan) {
	s.Start = j.Start
	if j.Duration != nil {
		s.Duration = *j.Duration
	}
	switch {
	case j.Start.IsZero():
		s.Start, s.Duration = t.sign(j), 0
		s.Warnings = append(s.Warnings, "Start and duration are unknown: this marks the first sign of the job.")
		s.Tags = append(s.Tags, Tag{"time", "unknown"})
		t.counts.Untimed++
	case j.Outcome == windmill.OutcomeRunning:
		seen := j.End
		s.Duration = max(t.now.Sub(j.Start), s.Duration)
		s.Warnings = append(s.Warnings, "No end was seen: the length is the time elapsed so far.")
		s.Tags = append(s.Tags, tags(Tag{"running", true}, Tag{"last_seen", timeText(seen)})...)
		t.counts.Running++
	case j.Container && !(j.Parent == nil && t.run.Ended):
		s.Warnings = append(s.Warnings, "Derived: from its first pull to the latest end below it.")
		s.Tags = append(s.Tags, Tag{"derived", true})
		t.counts.Derived++
	}
}

// sign is a time for a job without one: its own first sign, else that of the nearest job above that has one.
func (t *tracer) sign(j *windmill.Job) time.Time {
	for up := j; up != nil; up = up.Parent {
		if at := up.FirstSign(); !at.IsZero() {
			return at
		}
	}
	if created, ok := windmill.IDTime(t.run.ID); ok {
		return created
	}
	return t.now
}

// spanName is the part of a job's path that is its own: "c", "loop[3]", "a#2"; of the run its flow.
func spanName(j *windmill.Job) string {
	if j.Parent == nil {
		return cmpOr(j.ScriptPath, "run")
	}
	if j.Parent.Path == "" {
		return j.Path
	}
	return strings.TrimPrefix(j.Path, j.Parent.Path+"/")
}

// jobTags are the tags of Windmill under their own names, then what was derived.
func jobTags(j *windmill.Job) []Tag {
	list := tags(
		Tag{"job_id", j.ID}, Tag{"parent_job", j.ParentID}, Tag{"root_job", j.RootJob}, Tag{"workspace_id", j.Workspace},
		Tag{"script_path", j.ScriptPath}, Tag{"script_hash", j.ScriptHash()}, Tag{"flow_step_id", j.Step}, Tag{"job_kind", j.JobKind},
		Tag{"language", j.Language}, Tag{"worker", j.Worker}, Tag{"tag", j.Tag}, Tag{"created_by", j.CreatedBy},
		Tag{"trigger_kind", j.TriggerKind}, Tag{"trigger", j.Trigger},
		Tag{"outcome", string(j.Outcome)}, Tag{"kind", string(j.Kind)}, Tag{"path", j.Path},
		Tag{"windmill.trace_id", j.TraceID}, Tag{"windmill.span_id", j.SpanID},
	)
	if j.Outcome == windmill.OutcomeError || j.Outcome == windmill.OutcomeCanceled {
		list = append(list, Tag{"error", true})
	}
	for _, n := range []struct {
		key   string
		value *int64
	}{{"iteration", j.Iteration}, {"branch", j.Branch}, {"attempt", j.Attempt}} {
		if n.value != nil {
			list = append(list, Tag{n.key, *n.value})
		}
	}
	if j.Pulls() > 1 {
		list = append(list, Tag{"pulls", j.Pulls()})
	}
	for _, d := range []struct {
		key   string
		value *time.Duration
	}{{"wait", j.Wait}, {"transition", j.Transition}, {"setup", j.Setup}, {"work", j.Work}} {
		if d.value != nil {
			list = append(list, Tag{d.key, d.value.Seconds()})
		}
	}
	if j.Contribution != nil {
		list = append(list, Tag{"contribution", *j.Contribution})
	}
	if j.Critical != nil {
		list = append(list, Tag{"critical", *j.Critical})
	}
	return list
}

// tags leaves out the empty ones.
func tags(list ...Tag) []Tag {
	kept := make([]Tag, 0, len(list)+6)
	for _, t := range list {
		if t.Value != "" {
			kept = append(kept, t)
		}
	}
	return kept
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
