package simulator

import (
	"slices"
	"time"
)

// Run is the truth of a run that ended: what a reader of its telemetry should find. Times are those of the spans to the
// nanosecond, but for Created, which job ids carry in milliseconds. What does not exist is null.
type Run struct {
	RunID      string    `json:"run_id"`
	Workspace  string    `json:"workspace"`
	Flow       string    `json:"flow"`
	Trigger    *string   `json:"trigger"` // trigger_kind
	Created    time.Time `json:"created"`
	Start      time.Time `json:"start"`
	End        time.Time `json:"end"`
	DurationNS int64     `json:"duration_ns"`
	Outcome    string    `json:"outcome"`
	FailedStep *string   `json:"failed_step"`
	// FullJob says whether Windmill emits a full_job span for the run: not for scripts, nor after a refused approval.
	FullJob bool  `json:"full_job"`
	Jobs    []Job `json:"jobs"` // in the order of creation, the run itself first
	// Handlers are the jobs that Windmill started because the run, or a parallel iteration of it, was over, with those
	// below them. They are none of its jobs.
	Handlers []Job `json:"handlers"`
}

// Job is the truth of one job. A container (flow, sub-flow, iteration, branch) lasts from its first `job` span to the
// latest end of anything below it, transitions included; the run itself as long as its full_job, if there is one.
type Job struct {
	JobID        string    `json:"job_id"`
	ParentJob    *string   `json:"parent_job"`
	RootJob      *string   `json:"root_job"`
	TraceID      string    `json:"trace_id"`
	SpanID       string    `json:"span_id"` // of the full_job span, or of the first `job` span
	Step         *string   `json:"step"`
	ScriptPath   *string   `json:"script_path"`
	JobKind      string    `json:"job_kind"`
	Kind         string    `json:"kind"`
	Language     *string   `json:"language"`
	Worker       string    `json:"worker"` // of the first pull
	Pulls        int       `json:"pulls"`  // how many `job` spans there are of it
	Tag          string    `json:"tag"`
	Iteration    *int      `json:"iteration"`
	Attempt      *int      `json:"attempt"`
	Created      time.Time `json:"created"` // as the id says, by the clock of the worker that pushed it
	Pushed       time.Time `json:"-"`       // the same by a clock that is right
	Start        time.Time `json:"start"`
	End          time.Time `json:"end"`
	DurationNS   int64     `json:"duration_ns"`
	TransitionNS *int64    `json:"transition_ns"`
	// WaitNS is the time from creation to start; after an approval, from the end of the step that asked for it. It is
	// null for a run that a schedule pushed ahead of its time.
	WaitNS   *int64  `json:"wait_ns"`
	WaitKind *string `json:"wait_kind"`
	Outcome  string  `json:"outcome"`
	Handled  bool    `json:"handled"` // it failed, and its failure module ran well
	// SetupNS and WorkNS are how long processes prepared and ran its script; null where no process is seen.
	SetupNS *int64 `json:"setup_ns"`
	WorkNS  *int64 `json:"work_ns"`
	// ScheduledFor is when it was to run at the earliest.
	ScheduledFor time.Time `json:"scheduled_for"`
	CreatedBy    string    `json:"created_by"`
	Error        *string   `json:"error"`
}

// truth sums the run up. Every job of it has ended.
func (r *run) truth() Run {
	// What was canceled before a worker had it is in no span.
	r.jobs = slices.DeleteFunc(r.jobs, func(j *job) bool { return j.started.IsZero() })
	if r.lastAttempt() != r.jobs[0] {
		r.jobs[0].attempt = 1
	}
	ends := r.ends()
	jobs, handlers := make([]Job, 0, len(r.jobs)), []Job{}
	for _, j := range r.jobs {
		if j.handling() {
			handlers = append(handlers, j.truth(ends[j]))
			continue
		}
		jobs = append(jobs, j.truth(ends[j]))
	}
	top := jobs[0]
	out := Run{
		RunID: top.JobID, Workspace: r.flow.Workspace, Flow: r.flow.Path, Trigger: text(r.flow.Trigger.Kind),
		Created: top.Created, Start: top.Start, End: top.End, DurationNS: top.DurationNS,
		Outcome: top.Outcome, FullJob: r.fullJob != nil, Jobs: jobs, Handlers: handlers,
	}
	if last := r.lastAttempt(); last != r.jobs[0] {
		out.End, out.Outcome = ends[last], last.outcome
		out.DurationNS = int64(out.End.Sub(out.Start))
	}
	if cause := r.jobs[0].cause; cause != nil {
		out.FailedStep = text(cause.step)
	}
	return out
}

// lastAttempt is the last job of a standalone script that was tried again; else the run itself.
func (r *run) lastAttempt() *job {
	for _, j := range slices.Backward(r.jobs) {
		if j.isScriptAttempt() {
			return j
		}
	}
	return r.jobs[0]
}

// handling says whether the job is a handler or below one.
func (j *job) handling() bool {
	return j.role == roleHandler || j.parent != nil && j.parent.handling()
}

// ends finds the latest end of each job and everything below it.
func (r *run) ends() map[*job]time.Time {
	ends := make(map[*job]time.Time, len(r.jobs))
	for i := len(r.jobs) - 1; i >= 0; i-- { // children are created after their parents
		j := r.jobs[i]
		own := j.ended
		if j.isFlow() && ends[j].After(own) {
			own = ends[j]
		}
		ends[j] = own
		if j.parent == nil || j.apart() {
			continue
		}
		if j.transitionEnd.After(own) {
			own = j.transitionEnd
		}
		if own.After(ends[j.parent]) {
			ends[j.parent] = own
		}
	}
	return ends
}

func (j *job) truth(end time.Time) Job {
	trace, _ := j.jobTrace()
	if j.pulls == 0 {
		trace = j.innermost().id.TraceID() // of its postprocessing
	}
	span := j.spanID
	if full := j.run.fullJob; full != nil && j.parent == nil {
		trace, span, end = TraceID(full.TraceId), SpanID(full.SpanId), full.End()
	}
	out := Job{
		JobID: j.id.String(), TraceID: trace.String(), SpanID: span.String(),
		Step: text(j.step), ScriptPath: text(j.scriptPath), JobKind: j.kind, Kind: j.role, Language: text(j.language),
		Worker: j.worker.name, Pulls: j.pulls, Tag: j.tag, Iteration: j.iteration,
		Created: j.created, Pushed: j.created.Add(-j.clockOff), Start: j.started, End: end, DurationNS: int64(end.Sub(j.started)),
		Outcome: j.outcome, Handled: j.handled, Error: text(j.err), ScheduledFor: j.scheduled,
		CreatedBy: orElse(j.createdBy, j.run.flow.CreatedBy),
	}
	if j.parent != nil {
		out.ParentJob = text(j.parent.id.String())
	}
	if j.attempt > 0 {
		out.Attempt = &j.attempt
	}
	if j.root != nil {
		out.RootJob = text(j.root.id.String())
	}
	out.TransitionNS = nanoseconds(j.transition)
	out.SetupNS, out.WorkNS = nanoseconds(j.setup), nanoseconds(j.work)
	out.WaitNS, out.WaitKind = j.wait()
	return out
}

func (j *job) wait() (*int64, *string) {
	if j.parent == nil && j.run.flow.Trigger.Kind == triggerSchedule {
		return nil, nil
	}
	since := j.created.Add(-j.clockOff)
	if j.approval != nil {
		since = j.approval.transitionEnd
	}
	wait := int64(j.started.Sub(since))
	return &wait, &j.waitKind
}

func nanoseconds(d *time.Duration) *int64 {
	if d == nil {
		return nil
	}
	n := int64(*d)
	return &n
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
