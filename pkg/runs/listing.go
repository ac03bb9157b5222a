package runs

import (
	"slices"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// listing is a list of runs that is being put together.
type listing struct {
	ids    []string // of the runs, sorted
	spans  map[string][]windmill.Span
	owner  map[string]string // jobs with traces of their own -> run
	nested map[string]string // iterations and branches in the trace of a run -> run
	// completions are the records of the runs' ends, by run.
	completions map[string][]windmill.Completion
	all         bool // nothing is known to be missing
}

// newListing sorts the spans of top-level jobs by run and drops what is none: jobs that have a parent after all, jobs
// of Windmill's own, and what the filters for workspace and flow don't want.
func newListing(spans []windmill.Span, f query.Filters) *listing {
	l := &listing{spans: map[string][]windmill.Span{}, owner: map[string]string{}, nested: map[string]string{}, all: true}
	drop := map[string]bool{}
	for _, s := range spans {
		if s.JobID == "" || s.ParentJob != "" || !windmill.IsUserKind(s.JobKind) || windmill.IsWorkersOwn(s.Tag) ||
			!oneOfOrAny(f.Workspace, s.Workspace) || !oneOfOrAny(f.Flow, s.ScriptPath) ||
			!f.Holds("workspace", s.Workspace) || !f.Holds("flow", s.ScriptPath) {
			drop[s.JobID] = true
		}
	}
	for _, s := range spans {
		if !drop[s.JobID] && windmill.IsJobSpan(s) {
			l.spans[s.JobID] = append(l.spans[s.JobID], s)
		}
	}
	for id, spans := range l.spans {
		if !startedAs(spans, f) {
			delete(l.spans, id)
			continue
		}
		l.ids = append(l.ids, id)
	}
	slices.Sort(l.ids)
	return l
}

// startedAs judges who or what started a run, which not all of its own spans say.
func startedAs(spans []windmill.Span, f query.Filters) bool {
	var kind, trigger, by string
	for _, s := range spans {
		kind, trigger, by = either(kind, s.TriggerKind), either(trigger, s.Trigger), either(by, s.CreatedBy)
	}
	return f.Holds("triggerKind", kind) && f.Holds("trigger", trigger) && f.Holds("createdBy", by)
}

func oneOfOrAny(list []string, value string) bool {
	return len(list) == 0 || slices.Contains(list, value)
}

// keepNewest drops all but the newest n runs.
func (l *listing) keepNewest(n int) {
	if len(l.ids) <= n {
		return
	}
	slices.SortFunc(l.ids, func(a, b string) int {
		return cmpTime(start(l.spans[b]), start(l.spans[a]), b, a)
	})
	for _, id := range l.ids[n:] {
		delete(l.spans, id)
	}
	l.ids = l.ids[:n]
	slices.Sort(l.ids)
}

func cmpTime(a, b time.Time, idA, idB string) int {
	if c := a.Compare(b); c != 0 {
		return c
	}
	return strings.Compare(idA, idB)
}

func start(spans []windmill.Span) time.Time {
	t := spans[0].Start
	for _, s := range spans[1:] {
		if s.Start.Before(t) {
			t = s.Start
		}
	}
	return t
}

// window is the time in which the steps of the runs ran: from the first start to the end of the last, or until now
// when one has not ended.
func (l *listing) window(within Range, now time.Time) Range {
	w := Range{From: now, To: within.To}
	for _, id := range l.ids {
		spans := l.spans[id]
		if t := start(spans); t.Before(w.From) {
			w.From = t
		}
		ended := false
		for _, s := range spans {
			if s.End().After(w.To) {
				w.To = s.End()
			}
			ended = ended || windmill.IsFullJob(s) || !windmill.IsFlowKind(s.JobKind)
			if again := s.End().Add(retriedWithin); s.Failed && !windmill.IsFlowKind(s.JobKind) && again.After(w.To) {
				w.To = earlier(again, now)
			}
		}
		if !ended && now.After(w.To) {
			w.To = now
		}
	}
	return Range{w.From.Add(-margin), w.To.Add(margin)}
}

// retriedWithin is for how long after a standalone script failed its next attempt is looked for.
const retriedWithin = time.Hour

// addSteps takes over the jobs that name a run, or something nested in its trace, as their root or parent.
func (l *listing) addSteps(found gathered) {
	l.all = l.all && !found.partial
	for _, s := range found.spans {
		run := l.runOf(s)
		if run == "" {
			continue
		}
		l.spans[run] = append(l.spans[run], s)
		switch {
		case l.isAttempt(s, run):
		case s.RootJob == "":
			l.owner[s.JobID] = run
		case windmill.IsFlowKind(s.JobKind):
			l.nested[s.JobID] = run
		}
	}
}

// isAttempt says whether a job may be a further attempt of a standalone script, which has nothing below it.
func (l *listing) isAttempt(s windmill.Span, run string) bool {
	first := l.spans[run][0]
	return s.ParentJob == run && s.Step == "" && s.JobKind == "script" && first.JobID == run && first.ScriptPath == s.ScriptPath
}

// scriptsWithTasks lists the runs that are workflows as code, or were tried again: their `job` spans end whenever
// they wait for their tasks, so that only their postprocessing tells that they have ended.
func (l *listing) scriptsWithTasks() []string {
	var list []string
	for _, id := range l.ids {
		isFlow, tasks := false, false
		for _, s := range l.spans[id] {
			isFlow = isFlow || s.JobID == id && (windmill.IsFullJob(s) || windmill.IsFlowKind(s.JobKind))
			tasks = tasks || s.ParentJob == id && s.Step == ""
		}
		if tasks && !isFlow {
			list = append(list, id)
		}
	}
	return list
}

// addOwn takes over further spans of the runs themselves.
func (l *listing) addOwn(found gathered) {
	l.all = l.all && !found.partial
	for _, s := range found.spans {
		if _, ok := l.spans[s.JobID]; ok {
			l.spans[s.JobID] = append(l.spans[s.JobID], s)
		}
	}
}

func (l *listing) runOf(s windmill.Span) string {
	for _, id := range []string{s.RootJob, s.ParentJob} {
		if _, ok := l.spans[id]; ok && id != "" {
			return id
		}
	}
	return l.nested[s.ParentJob]
}

// maxNested bounds the iterations and branches whose children are looked for in other traces. Beyond it no run of the
// list counts as read whole.
const maxNested = 2000

// nestedIDs lists the iterations and branches inside the traces of the runs.
func (l *listing) nestedIDs() []string {
	list := make([]string, 0, len(l.nested))
	for id := range l.nested {
		list = append(list, id)
	}
	slices.Sort(list)
	if len(list) > maxNested {
		l.all = false
		list = list[:maxNested]
	}
	return list
}

// addFailures takes over failed jobs inside of what lives in other traces.
func (l *listing) addFailures(spans []windmill.Span) {
	for _, s := range spans {
		if run := l.owner[s.RootJob]; run != "" {
			l.spans[run] = append(l.spans[run], s)
		}
	}
}

// spreadIDs lists the sub-flows and parallel iterations directly below the runs.
func (l *listing) spreadIDs() []string {
	list := make([]string, 0, len(l.owner))
	for id := range l.owner {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

// build puts the runs together, newest first, and applies the filters that only a whole run can answer. Silence
// since now tells of an end only where every job is known.
func (l *listing) build(q query.Query, now time.Time) []Listed {
	spread := map[string]bool{}
	for _, run := range l.owner {
		spread[run] = true
	}
	list := make([]Listed, 0, len(l.ids))
	for _, id := range l.ids {
		whole, evidence := l.all && !spread[id], windmill.Evidence{Spans: l.spans[id], Completions: l.completions[id]}
		if whole {
			evidence.Now = now
		}
		run := windmill.BuildWith(id, evidence)
		if !q.Filters.Takes(string(run.Outcome), run.Root.Handled) {
			continue
		}
		if q.MinDuration > 0 && (run.Duration == nil || *run.Duration < q.MinDuration) {
			continue
		}
		list = append(list, Listed{Run: run, Whole: whole})
	}
	slices.SortFunc(list, newestFirst)
	return list
}
