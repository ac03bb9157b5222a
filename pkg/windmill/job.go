package windmill

import (
	"time"
)

// Kind is what a job is within its run.
type Kind string

// The kinds of jobs.
const (
	KindFlow         Kind = "flow"         // the run itself
	KindSubflow      Kind = "subflow"      // a flow that runs as a step
	KindIteration    Kind = "iteration"    // one iteration of a loop that has steps of its own
	KindBranch       Kind = "branch"       // one branch of a branch-one or branch-all
	KindStep         Kind = "step"         // ran a script
	KindIdentity     Kind = "identity"     // passed its input on: identity, skipped or mocked
	KindAgent        Kind = "agent"        // an AI agent
	KindTool         Kind = "tool"         // a tool that an AI agent called
	KindFailure      Kind = "failure"      // the failure module
	KindPreprocessor Kind = "preprocessor" // the preprocessor
	KindHandler      Kind = "handler"      // what Windmill starts when a run is over
	KindLaunched     Kind = "launched"     // what a script started by itself, such as a task of a workflow as code
	KindUnknown      Kind = "unknown"      // a child of a flow that names no step
)

// Outcome is how a job or a run ended.
type Outcome string

// The outcomes.
const (
	OutcomeOK        Outcome = "ok"
	OutcomeError     Outcome = "error"
	OutcomeRecovered Outcome = "recovered" // a step failed, and its failure module made it a success: only a record tells
	OutcomeSkipped   Outcome = "skipped"
	OutcomeCanceled  Outcome = "canceled"
	OutcomeRunning   Outcome = "running" // no end can be seen
)

// OutcomeHandled is no outcome of its own: filters ask with it for errors whose failure module ran well.
const OutcomeHandled = "handled"

// Outcomes lists every outcome, in the order in which they are offered to users.
func Outcomes() []Outcome {
	return []Outcome{OutcomeOK, OutcomeError, OutcomeRecovered, OutcomeSkipped, OutcomeCanceled, OutcomeRunning}
}

// WaitKind is the reason for which a job could not start yet.
type WaitKind string

// The kinds of waits.
const (
	WaitQueue    WaitKind = "queue"    // pushed, but no worker had pulled it
	WaitApproval WaitKind = "approval" // the flow was parked until someone resumed it
	WaitRetry    WaitKind = "retry"    // the delay before a further attempt
	WaitSleep    WaitKind = "sleep"    // scheduled for later by the sleep of the step before
	WaitLimit    WaitKind = "limit"    // a concurrency limit, or a loop that runs only some iterations at a time
	WaitUnknown  WaitKind = "unknown"
)

// Job is one job of a run, merged from all of its spans. Zero times and nil pointers are unknown.
type Job struct {
	ID       string
	ParentID string // parent_job, as the spans tell it
	RootJob  string // root_job, the innermost root

	Workspace, Step, ScriptPath, JobKind, Language, Worker, Tag string
	CreatedBy, TriggerKind, Trigger                             string

	Kind      Kind
	Container bool // its time is derived from its descendants
	Parent    *Job // nil for the run itself
	Children  []*Job
	Depth     int
	Path      string // where it is in the run, such as "loop[3]/c" or "a#2"; empty for the run itself

	Iteration *int64 // number of the loop's iteration that this job is, from 0
	Branch    *int64 // number of the branch that this job is
	Attempt   *int64 // from 1; nil for what is no step
	Guessed   bool   // Iteration and Attempt may be wrong: spans that would tell were lost

	Created      time.Time // pushed to the queue, from the id, if that is plausible
	ScheduledFor time.Time // not to be pulled before, from log lines alone
	Pulled       time.Time // start of the first `job` span; without spans, when a log line says so
	Start        time.Time // Pulled; for a run that has ended, the start of its full_job
	End          time.Time // end of the work; containers: latest end of their descendants, transitions included
	Duration     *time.Duration
	Wait         *time.Duration
	WaitKind     WaitKind // empty when Wait is nil
	Transition   *time.Duration
	Setup, Work  *time.Duration // of the processes that prepared and ran the script; nil: none was seen

	Outcome      Outcome
	Handled      bool     // it failed, and its failure module ran well
	Error        string   // empty: none known
	Contribution *float64 // share of the run's wall time, 0 to 1
	Critical     *bool    // whether its end gated the end of the run

	TraceID, SpanID string // of its full_job or first `job` span, else of its postprocessing

	observed
	log *logged // never nil; shared by all jobs of which no log line tells
	layout
}

// observed is what the spans said, kept for deriving the rest.
type observed struct {
	spans    []*Span // of the job, by time, copies included
	full     *Span
	pulls    []interval // by start, without those that lost a race
	posts    []*Span
	failed   bool // the status of the last `job` span
	success  string
	errName  string
	errText  string
	status   string
	races    int
	resultAt time.Time // start of the last transition: when the result was there
	postsEnd time.Time
	// completed is the record of its end; nil: none was read.
	completed *Completion

	processes  []*Span
	firstSpans [3]*Span // room for what most jobs have
	firstPull  [1]interval
	firstPost  [1]*Span
}

// logged is what log lines said of a job.
type logged struct {
	fetched, refetched time.Time // pulled for the first and for the last time
	pushLogged         time.Time // of the line that says it was pushed: every job of the same push is in it
	lastPush           time.Time // of a flow: when it last pushed jobs
	waited             time.Duration
	limited            bool // queued again because a concurrency limit was reached
	lastSign           time.Time
}

// nothingLogged is what most jobs have.
var nothingLogged logged

// logging gives a job a place of its own for what log lines say.
func (j *Job) logging() *logged {
	if j.log == &nothingLogged {
		j.log = &logged{}
	}
	return j.log
}

// layout is scratch of the stages that put a run together.
type layout struct {
	workEnd    time.Time // end of the work below, transitions excluded
	left       time.Time // from when on the flow above may have gone on
	segment    Segment
	hasSegment bool
	numbered   bool // Iteration or Branch came from the script path
	superseded bool // a later attempt followed
	over       bool // has ended for sure, whatever log lines say
	inFlight   bool // at work or waiting for a worker, or something below it is, as log lines show
	aside      bool // a script launched it and did not wait for it, or it is below such a job
	unwaited   bool // nothing waits for its end, and no full_job tells of it
	refused    bool // pulled again after an approval, and pushed nothing
	membership membership
	childCount int
	cause      *Job // in whose transition it was pushed, where clocks disagree
	order      int  // see causalOrder
	groupOrder int
	groupStart time.Time // when the first job of the same step and parent is sorted
	share      float64
	own        own
}

// own holds the values behind a job's pointers, so that they need no memory of their own.
type own struct {
	duration, wait, transition time.Duration
	contribution               float64
	critical                   bool
	iteration, branch, attempt int64
}

type interval struct{ start, end time.Time }

// totalEnd is the end of everything known of a job: its work, its transition and its descendants.
func (j *Job) totalEnd() time.Time { return later(j.End, j.postsEnd) }

// FromLogs says whether only log lines tell of the job: it has no span (yet).
func (j *Job) FromLogs() bool {
	return len(j.spans) == 0 && (!j.log.lastSign.IsZero() || !j.log.pushLogged.IsZero())
}

// pushed is when a job was pushed to the queue: as its id tells it, else as near as something else does.
func (j *Job) pushed() time.Time {
	switch {
	case !j.Created.IsZero():
		return j.Created
	case !j.log.pushLogged.IsZero():
		return j.log.pushLogged
	case !j.Pulled.IsZero():
		return j.Pulled
	}
	return j.Start
}

// WorkEnd is the end of the job's work without its transition: what the next job had to wait for. Zero: unknown.
func (j *Job) WorkEnd() time.Time { return j.workEnd }

// Leaf says whether the job ran something itself.
func (j *Job) Leaf() bool { return !j.Container }

// failing says whether a job did not do what it was for.
func (j *Job) failing() bool { return j.Outcome == OutcomeError || j.Outcome == OutcomeCanceled }

// number is the iteration or the branch that a job is, else -1.
func (j *Job) number() int64 {
	switch {
	case j.Iteration != nil:
		return *j.Iteration
	case j.Branch != nil:
		return *j.Branch
	}
	return -1
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// keep stores a value and gives its address.
func keep[T any](to *T, v T) *T {
	*to = v
	return to
}

// Piece is one span of a job, for what shows the spans themselves.
type Piece struct {
	TraceID, SpanID string
	Start           time.Time
	Duration        time.Duration
}

// Transitions are the job_postprocessing spans of a job: there are several when a job was completed twice.
func (j *Job) Transitions() []Piece {
	list := make([]Piece, 0, len(j.posts))
	for _, p := range j.posts {
		list = append(list, Piece{p.TraceID, p.SpanID, p.Start, p.Duration})
	}
	return list
}

// Process is a process that a worker started for a job: one that ran its script, or prepared it.
type Process struct {
	Piece
	Name  string
	Setup bool
}

// Processes are those of a job, as they came. There are none where its trace was not read whole.
func (j *Job) Processes() []Process {
	list := make([]Process, 0, len(j.processes))
	for _, s := range j.processes {
		list = append(list, Process{Piece{s.TraceID, s.SpanID, s.Start, s.Duration}, s.Name, !isRun(s.Name)})
	}
	return list
}

// Pulls is how many times a worker pulled the job, pulls that lost a race left out when there are others.
func (j *Job) Pulls() int { return len(j.pulls) }

// Service is the service.name of the job's spans, "" when none has one.
func (j *Job) Service() string { return j.tagOf(func(s *Span) string { return s.Service }) }

// ScriptHash names the version of the script that ran, "" when no span says it.
func (j *Job) ScriptHash() string { return j.tagOf(func(s *Span) string { return s.ScriptHash }) }

func (j *Job) tagOf(tag func(*Span) string) string {
	for _, s := range j.spans {
		if v := tag(s); v != "" {
			return v
		}
	}
	return ""
}

// FirstSign is the earliest time at which the job is known to have existed: its start, else its transition, else its
// creation. Zero: nothing is known of it.
func (j *Job) FirstSign() time.Time { return j.when() }
