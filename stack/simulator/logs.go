package simulator

import (
	"fmt"
	"strings"
	"time"

	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	logsv1 "go.opentelemetry.io/proto/otlp/logs/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
)

// Targets of log records: modules of Windmill's source, and the target of what jobs print. The bridge from Rust's
// tracing to OpenTelemetry exports a target as the instrumentation scope.
const (
	targetWorker = "windmill_worker::worker"
	targetFlow   = "windmill_worker::worker_flow"
	targetJobLog = "windmill:job_log"
)

// Log is a log record as a worker exports it.
type Log struct {
	Host    string
	Service string // service.name
	Target  string // the instrumentation scope
	*logsv1.LogRecord
}

// Time is when the record was made.
func (l Log) Time() time.Time { return time.Unix(0, int64(l.TimeUnixNano)).UTC() }

// Attribute is the value of a string attribute, empty when the record does not have it.
func (l Log) Attribute(key string) string { return attribute(l.LogRecord.Attributes, key) }

type severity struct {
	number logsv1.SeverityNumber
	text   string
}

var (
	severityInfo  = severity{logsv1.SeverityNumber_SEVERITY_NUMBER_INFO, "INFO"}
	severityWarn  = severity{logsv1.SeverityNumber_SEVERITY_NUMBER_WARN, "WARN"}
	severityError = severity{logsv1.SeverityNumber_SEVERITY_NUMBER_ERROR, "ERROR"}
)

func (s *Simulator) log(w *worker, target string, at time.Time, level severity, body string, a attributes) *logsv1.LogRecord {
	record := &logsv1.LogRecord{
		TimeUnixNano: uint64(at.UnixNano()), ObservedTimeUnixNano: uint64(at.UnixNano()),
		SeverityNumber: level.number, SeverityText: level.text,
		Body:       &commonv1.AnyValue{Value: &commonv1.AnyValue_StringValue{StringValue: body}},
		Attributes: a,
	}
	if !s.options.NoLogs {
		s.out.Logs = append(s.out.Logs, Log{Host: w.host, Service: s.service(), Target: target, LogRecord: record})
	}
	return record
}

// inSpan gives the record the context of the span that encloses it.
func (s *Simulator) inSpan(record *logsv1.LogRecord, trace TraceID, span SpanID) {
	if s.options.Version.NoLogTrace {
		return
	}
	record.TraceId, record.SpanId, record.Flags = trace[:], span[:], 1
}

// logFetched is what a worker logs when it has pulled a job, before the job's context and span exist.
func (s *Simulator) logFetched(j *job, w *worker) {
	root := j.rootID()
	a := attributes{}
	a.add("workspace_id", j.run.flow.Workspace)
	a.add("job_id", j.id.String())
	a.add("root_id", root)
	s.log(w, targetWorker, s.clock.now, severityInfo, fmt.Sprintf("fetched job %s (root job: %s, scheduled for: %s)",
		j.id, root, rustTime(j.scheduled)), a)
}

// rootID is the id of the innermost root as log lines have it.
func (j *job) rootID() string {
	if j.root == nil {
		return "none"
	}
	return j.root.id.String()
}

// rustTime writes a time as Rust's chrono does: no fraction, or one of three or six digits (the database has no more).
func rustTime(t time.Time) string {
	t = t.Truncate(time.Microsecond)
	switch {
	case t.Nanosecond() == 0:
		return t.Format("2006-01-02 15:04:05 UTC")
	case t.Nanosecond()%1_000_000 == 0:
		return t.Format("2006-01-02 15:04:05.000 UTC")
	}
	return t.Format("2006-01-02 15:04:05.000000 UTC")
}

// longWait is the time in the queue above which a worker complains.
const longWait = time.Second

// logWaited is what a worker logs in the job's context when the job has waited for long.
func (s *Simulator) logWaited(j *job, w *worker) {
	wait := s.clock.now.Sub(j.scheduled)
	if wait < longWait || j.pulls > 1 {
		return
	}
	trace, _ := j.jobTrace()
	body := fmt.Sprintf("job %s waited for an executor for a significant amount of time. Recording value wait_time=%dms", j.id, wait.Milliseconds())
	s.inSpan(s.log(w, targetWorker, s.clock.now, severityWarn, body, j.jobAttributes(w, true)), trace, j.now.span)
}

// planOutput spreads the lines that a script prints over its execution.
func (s *Simulator) planOutput(j *job, duration time.Duration) {
	lines := j.script.Output
	for i, line := range lines {
		at := j.now.begin.Add(duration * time.Duration(i+1) / time.Duration(len(lines)+1))
		s.clock.at(at, func() {
			if j.working {
				s.logOutput(j, severityInfo, line)
			}
		})
	}
}

func (s *Simulator) logOutput(j *job, level severity, line string) {
	trace, _ := j.jobTrace()
	s.inSpan(s.log(j.now.worker, targetJobLog, s.clock.now, level, line, j.jobAttributes(j.now.worker, true)), trace, j.now.span)
}

// logFailure is what a failed script leaves in the logs: what it printed last, and the worker's own line.
func (s *Simulator) logFailure(j *job, fail *Fail) {
	s.logOutput(j, severityError, fail.Name+": "+fail.Message)
	if fail.ByResult {
		return // the script itself succeeded
	}
	trace, _ := j.jobTrace()
	a := attributes(j.jobAttributes(j.now.worker, true))
	if j.parent != nil {
		a.add("parent_flow", j.parent.id.String())
	}
	a.add("subflow", "false")
	record := s.log(j.now.worker, targetWorker, s.clock.now, severityError,
		fmt.Sprintf("error handling job: %s: %s", fail.Name, fail.Message), a)
	s.inSpan(record, trace, j.now.span)
}

// logDisapproved is logged when nobody granted an approval.
func (s *Simulator) logDisapproved(f *job, w *worker) {
	trace, _ := f.jobTrace()
	a := attributes(f.jobAttributes(w, true))
	a.add("id", f.id.String())
	a.add("subflow", map[bool]string{true: "true", false: "false"}[f.parent != nil])
	s.inSpan(s.log(w, targetFlow, s.clock.now, severityError, "flow was disapproved or its approval timed out", a), trace, f.now.span)
}

// logPushed says which jobs a transition pushed: a line for each flow that pushed some. Within a span such a line is an
// event of the span too, as tracing-opentelemetry makes it.
func (s *Simulator) logPushed(t *transition, context *job, w *worker, span *Span) {
	for begin := 0; begin < len(t.pushed); {
		pusher, ids := t.pushed[begin].parent, []string{}
		for ; begin < len(t.pushed) && t.pushed[begin].parent == pusher; begin++ {
			ids = append(ids, t.pushed[begin].id.String())
		}
		fields := attributes{}
		fields.add("id", pusher.id.String())
		fields.add("root_id", pusher.rootID())
		body := "all next flow jobs pushed: [" + strings.Join(ids, ", ") + "]"
		at := t.at
		record := s.log(w, targetFlow, at, severityInfo, body, append(attributes(context.jobAttributes(w, true)), fields...))
		s.inSpan(record, TraceID(span.TraceId), SpanID(span.SpanId))
		fields.add("level", "INFO")
		fields.add("target", targetFlow)
		span.Events = append(span.Events, &tracev1.Span_Event{
			TimeUnixNano: uint64(at.UnixNano()), Name: body, Attributes: fields,
		})
	}
}
