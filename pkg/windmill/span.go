// Package windmill rebuilds runs of Windmill flows from the telemetry that Windmill emits.
// It is pure: no I/O, nothing of Grafana, Tempo, Prometheus or Loki.
package windmill

import (
	"strings"
	"time"
)

// Span is one span as far as this plugin reads it. Tags that the span does not carry are empty strings.
type Span struct {
	TraceID  string // 32 lower-case hex digits, leading zeros kept
	SpanID   string // 16 lower-case hex digits
	ParentID string // 16 lower-case hex digits, empty when unknown: Windmill's span parents say nothing of its jobs
	Service  string // resource attribute service.name
	Name     string
	Start    time.Time
	Duration time.Duration

	// Failed is the span's own status. It is not the outcome of a job: see Job.
	Failed        bool
	StatusMessage string

	JobID       string
	ParentJob   string
	RootJob     string // the innermost root, not the run's
	Step        string // flow_step_id
	ScriptPath  string
	Workspace   string // workspace_id
	Worker      string // worker, or worker_id as the documentation has it
	Language    string
	Tag         string
	JobKind     string
	ScriptHash  string
	CreatedBy   string
	TriggerKind string
	Trigger     string

	// Success is "true", "false" or empty: only job_postprocessing spans carry it.
	Success      string
	ErrorName    string
	ErrorMessage string

	// Completed are the completion records among the span's events, where an exporter keeps those.
	Completed []Completion
}

// End is the time at which the span ended, never before its start.
func (s Span) End() time.Time { return s.Start.Add(max(s.Duration, 0)) }

type spanKind int

const (
	foreignSpan spanKind = iota // not one of Windmill's spans of a job
	fullSpan                    // full_job: a top-level flow from start to end
	jobSpan                     // job: a worker pulled a job and worked on it
	postSpan                    // job_postprocessing: result stored, next step pushed
)

// kindOf sorts a span by its name. Spans without job_id are never Windmill's own spans of a job (a script's spans are
// in the trace too). "job postprocessing" is a postprocessing span without a step, unless a step has that very name.
func kindOf(s *Span) spanKind {
	if s.JobID == "" {
		return foreignSpan
	}
	switch name := s.Name; {
	case name == "full_job":
		return fullSpan
	case name == "job_postprocessing" || strings.HasPrefix(name, "job_postprocessing "):
		return postSpan
	case name == "job postprocessing":
		if s.Step == "postprocessing" {
			return jobSpan
		}
		return postSpan
	case name == "job" || strings.HasPrefix(name, "job "):
		return jobSpan
	}
	return foreignSpan
}

// IsFullJob says whether a span is the one that Windmill emits for a top-level flow that has ended.
func IsFullJob(s Span) bool { return kindOf(&s) == fullSpan }

// IsJobSpan says whether a span tells of a job at all: full_job, job or job_postprocessing with a job_id.
func IsJobSpan(s Span) bool { return kindOf(&s) != foreignSpan }

// IsFlowKind says whether a job_kind is one of a container: a flow, a loop iteration, a branch.
func IsFlowKind(jobKind string) bool {
	switch jobKind {
	case "flow", "flowpreview", "singlestepflow", "flownode":
		return true
	}
	return false
}

// IsUserKind says whether a top-level job of that kind is a run that users started, and not work of Windmill's own
// such as locking dependencies after a deployment. An absent job_kind (older versions) counts as the user's.
func IsUserKind(jobKind string) bool {
	switch jobKind {
	case "dependencies", "flowdependencies", "appdependencies", "noop", "deploymentcallback":
		return false
	}
	return !strings.HasPrefix(jobKind, "unassigned_")
}

// IsWorkersOwn says whether a tag is one of the scripts that workers run for themselves: those of their start, and
// periodic ones. They are no runs.
func IsWorkersOwn(tag string) bool { return tag == "init_script" || tag == "periodic_bash_script" }

// lostRace is the status of a pull that found its job completed elsewhere: it says nothing of the job.
const lostRace = "job already completed by another worker"

// lostARace says whether a span is such a pull.
func lostARace(s *Span) bool {
	return kindOf(s) == jobSpan && strings.HasPrefix(s.StatusMessage, lostRace)
}
