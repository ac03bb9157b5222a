package windmill

import (
	"time"
)

// Run is a top-level job and every job below it, whatever traces they are spread over.
type Run struct {
	ID   string
	Root *Job
	Jobs []*Job // in tree order, Root first
	// Handlers are the jobs that Windmill started because the run was over, with what is below them, in tree order. They
	// are outside of all of the run's figures.
	Handlers []*Job

	Start, End time.Time
	Duration   *time.Duration // so far, when Outcome is running
	Outcome    Outcome
	Ended      bool // an end was seen: a full_job span, or a standalone script's `job` span
	FailedStep *Job // the leaf that failed the run, also when a failure module ran; nil: none known
	Problems   []Problem

	attempts []*Job // of a standalone script, without the first, which is Root
}

// BuildWith puts the run of a top-level job together from spans of any traces and from what log lines tell of jobs that
// have no span yet. It never fails: what is missing, contradictory or guessed is told in Problems, and when nothing of
// the run is there, the run consists of a root without times. The order of the evidence makes no difference.
func BuildWith(id string, e Evidence) *Run {
	p := &problems{}
	g := gather(e)
	root := g.jobs[id]
	if root == nil || len(root.spans) == 0 {
		root = g.job(id)
		p.add(ProblemNoRoot, 1)
	}
	members := link(root, g, p)
	addCompletions(members, e)
	classify(members)
	handlers, members := detachHandlers(root, members)
	run := assemble(root, members, e, p)
	run.Handlers = handlerJobs(handlers, e, p)
	run.Problems = p.collect(run, e)
	return run
}

// assemble derives everything of a tree of classified jobs. The order of its stages matters: each builds on what those
// before it found.
func assemble(root *Job, members []*Job, e Evidence, p *problems) *Run {
	deriveCreation(members, p)
	deriveTimes(members)
	causalOrder(members, p)
	attempts := scriptAttempts(root, p)
	members = inFlight(root, members, e.Now, p)
	refusals(root, members, e.Now, p)
	clocks := clocksOf(members, p)
	deriveOutcomes(root, members, e.Now, clocks, p)
	numberScriptAttempts(root, attempts, clocks, p)
	sortTree(members)
	run := &Run{ID: root.ID, Root: root, Jobs: flatten(root, len(members)), attempts: attempts}
	namePaths(run.Jobs)
	run.settle()
	deriveWaits(run, e.Now, p)
	contributions(run)
	criticalPath(run)
	run.FailedStep = failedStep(run.Decider())
	describeErrors(run)
	return run
}

// Steps counts the executions of steps: iterations and attempts are counted, containers are not, nor what a step calls
// itself (tools of an AI agent, tasks of a workflow as code).
func (r *Run) Steps() int {
	n := 0
	for _, j := range r.Jobs {
		if j.Leaf() && j.Kind != KindTool && j.Kind != KindLaunched && j.Kind != KindUnknown {
			n++
		}
	}
	return n
}

// Evidence is all that is known of a run at the moment of the question. Spans and sightings may come in any order, with
// duplicates, gaps and those of other runs among them.
type Evidence struct {
	Spans []Span
	// Sightings are log lines of the run's jobs. Without any, jobs at work are invisible until they end.
	Sightings []Sighting
	// Completions are the records of ends that logs have: of the run and its containers, if any.
	Completions []Completion
	// Now is the time of the question: what a job at work took so far ends here, and so does a silence. Zero is unknown:
	// then jobs at work have no duration, and no run is taken for ended because nothing was heard of it.
	Now time.Time
}

// Build puts a run together from spans alone, see BuildWith.
func Build(id string, spans []Span) *Run { return BuildWith(id, Evidence{Spans: spans}) }

// SightingKind is what a log line tells of a job.
type SightingKind string

// The kinds of sightings. Each is one of the lines that Windmill's workers log for every job.
const (
	SightingFetched SightingKind = "fetched" // "fetched job": a worker pulled it
	SightingPushed  SightingKind = "pushed"  // "all next flow jobs pushed": a flow pushed its next jobs
	SightingLimited SightingKind = "limited" // a concurrency limit was reached: it was queued again
	SightingWaited  SightingKind = "waited"  // "waited for an executor": it waited longer than usual
)

// Sighting is one such log line. Spans are exported when they end, so a log line is the only sign of a job in flight,
// and the only one that tells for when a job was scheduled. Unknown values are zero.
type Sighting struct {
	Kind SightingKind
	Time time.Time // of the log record

	JobID        string        // the job; pushed: the flow-like job that pushed
	Children     []string      // pushed: the jobs that were pushed
	ScheduledFor time.Time     // fetched: the earliest time at which it could have been pulled
	Wait         time.Duration // waited: how long

	// Tags of the log record, as far as it carries them.
	ParentJob, RootJob, Step, ScriptPath, Workspace, Worker, Language, Tag, JobKind string
}
