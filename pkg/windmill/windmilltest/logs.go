package windmilltest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Log is a log record as Windmill's workers make it.
type Log struct {
	Time            time.Time
	Level           string // of Rust's tracing: INFO, WARN, ERROR
	Body            string
	Tags            map[string]string
	TraceID, SpanID string // empty in older versions
}

// LogsOf makes the log records of spans: for each `job` span that a worker pulled it, what its script printed, and its
// error.
func LogsOf(spans []windmill.Span) []Log {
	var out []Log
	for _, s := range spans {
		if s.Name != "job" && !strings.HasPrefix(s.Name, "job ") || s.Success != "" {
			continue
		}
		out = append(out, FetchedLog(s))
		if s.Language == "" {
			continue
		}
		out = append(out, contextLog(s, s.Duration/2, "INFO", fmt.Sprintf("step %q works", s.Step)))
		if s.Failed {
			out = append(out, contextLog(s, s.Duration, "ERROR", "error handling job: "+s.StatusMessage))
		}
	}
	return out
}

// FetchedLog is the record of a worker that pulled a job. It comes before the job's context exists.
func FetchedLog(s windmill.Span) Log {
	root := s.RootJob
	if root == "" {
		root = "none"
	}
	due, ok := windmill.IDTime(s.JobID)
	if !ok {
		due = s.Start
	}
	return Log{
		Time: s.Start, Level: "INFO", Tags: map[string]string{"workspace_id": s.Workspace, "job_id": s.JobID, "root_id": root},
		Body: fmt.Sprintf("fetched job %s (root job: %s, scheduled for: %s)", s.JobID, root, due.UTC().Format("2006-01-02 15:04:05.000000 UTC")),
	}
}

// PushedLog is the record of a flow-like job that pushed others, made while span was at work.
func PushedLog(pusher, span windmill.Span, children ...string) Log {
	l := contextLog(span, span.Duration, "INFO", "all next flow jobs pushed: ["+strings.Join(children, ", ")+"]")
	l.Tags["id"], l.Tags["root_id"] = pusher.JobID, pusher.JobID
	if pusher.RootJob != "" {
		l.Tags["root_id"] = pusher.RootJob
	}
	return l
}

// CompletedLog is the record of a job's end, which took so long from its first pull. It carries no context of a job.
func (j *Job) CompletedLog(at, took time.Duration, success bool) Log {
	root := ""
	if j.Root != nil {
		root = j.Root.ID
	}
	end := j.b.Base.Add(at)
	due, ok := windmill.IDTime(j.ID)
	if !ok {
		due = end.Add(-took)
	}
	return Log{
		Time: end, Level: "INFO", Body: fmt.Sprintf("%s%s (success: %t)", windmill.SaysCompleted, j.ID, success),
		Tags: map[string]string{
			"job_id": j.ID, "root_job": strconv.Quote(root), "path": j.Path, "success": strconv.FormatBool(success),
			"started_at": strconv.Quote(end.Add(-took).UTC().Format(time.RFC3339Nano)), "duration": strconv.FormatInt(took.Milliseconds(), 10),
			"scheduled_for": due.UTC().Format(time.RFC3339Nano), "created_by": strconv.Quote(j.createdBy()), "email": `"alice@example.com"`,
			"workspace_id": strconv.Quote(j.b.Workspace), "is_flow_step": strconv.FormatBool(j.Step != ""),
		},
	}
}

func contextLog(s windmill.Span, after time.Duration, level, body string) Log {
	l := Log{Time: s.Start.Add(after), Level: level, Body: body, Tags: map[string]string{}, TraceID: s.TraceID, SpanID: s.SpanID}
	for _, a := range attributes(s, false) {
		l.Tags[a.Key] = a.Value["stringValue"]
	}
	return l
}

// OTLPLogs writes log records as the body of an OTLP/HTTP request in JSON (POST /v1/logs).
func OTLPLogs(logs []Log) ([]byte, error) {
	records := make([]map[string]any, 0, len(logs))
	for _, l := range logs {
		var tags []attribute
		for key, value := range l.Tags {
			tags = append(tags, attribute{key, map[string]string{"stringValue": value}})
		}
		records = append(records, map[string]any{
			"timeUnixNano": strconv.FormatInt(l.Time.UnixNano(), 10), "severityText": l.Level,
			"body": map[string]string{"stringValue": l.Body}, "attributes": tags, "traceId": l.TraceID, "spanId": l.SpanID,
		})
	}
	return json.Marshal(map[string]any{"resourceLogs": []any{map[string]any{
		"resource":  map[string]any{"attributes": []attribute{{"service.name", map[string]string{"stringValue": "windmill-worker"}}}},
		"scopeLogs": []any{map[string]any{"logRecords": records}},
	}}})
}

// StdoutLogs writes log records as the body of a request to Loki (POST /loki/api/v1/push), as a shipper sends the
// stdout of a worker with JSON_FMT=true: lines of JSON, the job's tags in the span around the event.
func StdoutLogs(logs []Log) ([]byte, error) {
	var values [][]string
	for _, l := range logs {
		event := map[string]any{"timestamp": l.Time.UTC().Format(time.RFC3339Nano), "level": l.Level, "message": l.Body, "target": "windmill_worker::worker"}
		span := map[string]string{"name": "job"}
		for key, value := range l.Tags {
			if l.SpanID == "" || key == "id" || key == "root_id" { // fields of the event itself
				event[key] = value
			} else {
				span[key] = value
			}
		}
		if l.SpanID != "" {
			event["span"] = span
		}
		line, err := json.Marshal(event)
		if err != nil {
			return nil, err
		}
		values = append(values, []string{strconv.FormatInt(l.Time.UnixNano(), 10), string(line)})
	}
	return json.Marshal(map[string]any{"streams": []any{map[string]any{
		"stream": map[string]string{"app": "windmill", "container": "worker"}, "values": values,
	}}})
}
