package runs

import (
	"slices"
	"sync"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// collection is what has been found of one run so far.
type collection struct {
	id     string
	within Range // where to search

	mu      sync.Mutex
	spans   []windmill.Span
	seen    map[spanKey]bool
	jobs    map[string]*known
	fetched map[string]bool // traces that were read whole
}

type spanKey struct{ trace, span, job string }

// known is what the search needs to know of a job.
type known struct {
	parent, root, kind, language string
	pulls                        int
	asked                        bool // its children in other traces were searched for
}

func newCollection(id string) *collection {
	return &collection{id: id, seen: map[spanKey]bool{}, jobs: map[string]*known{}, fetched: map[string]bool{}}
}

// skip says whether a trace was read whole already; if not, it is marked as being read.
func (c *collection) skip(traceID string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	done := c.fetched[traceID] || traceID == windmill.TraceID(c.id)
	c.fetched[traceID] = true
	return done
}

// add takes over spans that are new.
func (c *collection) add(spans []windmill.Span) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if cap(c.spans)-len(c.spans) < len(spans) { // append would copy those of a large run many times
		c.spans = slices.Grow(c.spans, max(len(spans), len(c.spans)))
	}
	for _, s := range spans {
		key := spanKey{s.TraceID, s.SpanID, s.JobID}
		isJob := windmill.IsJobSpan(s)
		if (!isJob && !windmill.IsProcess(s)) || c.seen[key] {
			continue
		}
		c.seen[key] = true
		c.spans = append(c.spans, s)
		if !isJob {
			continue
		}
		j := c.jobs[s.JobID]
		if j == nil {
			j = &known{}
			c.jobs[s.JobID] = j
		}
		j.parent, j.root = either(j.parent, s.ParentJob), either(j.root, s.RootJob)
		j.kind, j.language = either(j.kind, s.JobKind), either(j.language, s.Language)
		if !windmill.IsFullJob(s) && s.Success == "" {
			j.pulls++
		}
	}
}

// above is the job above a job as far as it is known: its parent, or its root when only that was told. "" is a
// top-level job.
func (c *collection) above(id string) (up string, ok bool) {
	j := c.jobs[id]
	if j == nil {
		return "", false
	}
	up = j.parent
	if j.root != "" && j.root != id && (up == "" || c.jobs[up] == nil) {
		up = j.root
	}
	return up, true
}

// mostAskedOfLeaves is how many jobs a run may have for its scripts to be asked for jobs that they started.
const mostAskedOfLeaves = 1000

// frontier lists the jobs of the run that may have children in traces not searched yet, and marks them as asked:
// containers, and scripts, which may start jobs, unless there are too many.
func (c *collection) frontier() []string {
	memo := map[string]bool{c.id: true}
	leaves := len(c.jobs) <= mostAskedOfLeaves
	var ids []string
	for id, j := range c.jobs {
		asks := j.mayHaveChildren() || (leaves && j.mayLaunch())
		if !j.asked && id != c.id && asks && c.belongs(id, memo) {
			j.asked = true
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// mayHaveChildren: flows, iterations and branches push jobs, agents call tools, and a script that was pulled several
// times may be a workflow as code. Where job_kind is missing (older versions), what names no language may be a flow.
func (j *known) mayHaveChildren() bool {
	return windmill.IsFlowKind(j.kind) || j.kind == "aiagent" || (j.kind == "" && j.language == "") || j.pulls > 1
}

// mayLaunch: a script may start jobs through Windmill's API. They need not name a root, and are in traces of their
// own then.
func (j *known) mayLaunch() bool { return j.kind != "identity" && j.pulls > 0 }

// belongs says whether a job hangs below the run. Traces of callers may hold other runs too.
func (c *collection) belongs(id string, memo map[string]bool) bool {
	var chain []string
	result := false
	for {
		if r, ok := memo[id]; ok {
			result = r
			break
		}
		memo[id] = false // a cycle leads nowhere
		chain = append(chain, id)
		up, ok := c.above(id)
		if !ok || up == "" {
			break
		}
		id = up
	}
	for _, m := range chain {
		memo[m] = result
	}
	return result
}

// extent is from the first to the last that was seen of the run. ended: its full_job tells that nothing is to come.
func (c *collection) extent() (seen Range, ended bool) {
	for _, s := range c.spans {
		if seen.From.IsZero() || s.Start.Before(seen.From) {
			seen.From = s.Start
		}
		if s.End().After(seen.To) {
			seen.To = s.End()
		}
		ended = ended || s.JobID == c.id && windmill.IsFullJob(s)
	}
	return seen, ended
}
