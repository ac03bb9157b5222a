// Package windmill rebuilds runs of Windmill flows from the telemetry that Windmill emits.
// It is pure: no I/O, nothing of Grafana, Tempo, Prometheus or Loki.
package windmill

import "time"

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
}

// End is the time at which the span ended, never before its start.
func (s Span) End() time.Time { return s.Start.Add(max(s.Duration, 0)) }
