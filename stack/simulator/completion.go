package simulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
)

// targetQueue is the module that stores results.
const targetQueue = "windmill_queue::jobs"

// completedMessage begins the line that is logged when the result of a job is stored, whatever the job is.
const completedMessage = "inserted completed job: "

// completion is such a record.
type completion struct {
	at     time.Time
	body   string
	fields attributes
}

// addCompleted makes the records of what a transition completed events of its span, as tracing-opentelemetry does.
func (t *transition) addCompleted(span *Span) {
	for _, c := range t.completed {
		fields := append(attributes{}, c.fields...)
		fields.add("level", "INFO")
		fields.add("target", targetQueue)
		span.Events = append(span.Events, &tracev1.Span_Event{
			TimeUnixNano: uint64(c.at.UnixNano()), Name: c.body, Attributes: fields,
		})
	}
}

// logCompleted is the record of a job that has ended. It is logged outside of any job's context, so it carries just
// its own fields, most of them in the spelling of Rust's Debug.
func (s *Simulator) logCompleted(j *job, w *worker, at time.Time, t *transition) {
	success := j.outcome != outcomeError && j.outcome != outcomeCanceled
	root := ""
	if j.root != nil {
		root = j.root.id.String()
	}
	a := attributes{}
	a.add("job_id", j.id.String())
	a.add("root_job", strconv.Quote(root))
	a.add("path", j.scriptPath)
	a.add("job_kind", debugKind(j.kind))
	a.add("started_at", strconv.Quote(j.started.UTC().Format(time.RFC3339Nano)))
	a.add("duration", strconv.FormatInt(s.took(j, at).Milliseconds(), 10))
	a.add("scheduled_for", j.scheduled.UTC().Format("2006-01-02T15:04:05.000000Z"))
	a.add("success", strconv.FormatBool(success))
	a.add("created_by", strconv.Quote(orElse(j.createdBy, j.run.flow.CreatedBy)))
	a.add("is_flow_step", strconv.FormatBool(j.step != ""))
	a.add("language", "Some("+debugKind(orElse(j.language, "none"))+")")
	a.add("workspace_id", strconv.Quote(j.run.flow.Workspace))
	a.add("permissioned_as", strconv.Quote("u/"+j.run.flow.CreatedBy))
	a.add("email", strconv.Quote(j.run.flow.CreatedBy+"@example.com"))
	body := fmt.Sprintf("%s%s (success: %t)", completedMessage, j.id, success)
	s.log(w, targetQueue, at, severityInfo, body, a)
	t.completed = append(t.completed, completion{at, body, a})
}

// took is the duration that Windmill stores: that of a script without the handling of its result.
func (s *Simulator) took(j *job, now time.Time) time.Duration {
	if !j.isFlow() {
		now = j.ended
	}
	return now.Sub(j.started)
}

// debugKind writes an enum's value as Rust's Debug does: the first letter is a capital.
func debugKind(kind string) string {
	if kind == "" {
		return ""
	}
	return strings.ToUpper(kind[:1]) + kind[1:]
}
