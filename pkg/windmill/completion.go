package windmill

import (
	"strconv"
	"strings"
	"time"
)

// Completion is what Windmill logs when it stores the result of a job, whatever the job is: the best source of how a
// flow ended. Unknown values are zero.
type Completion struct {
	JobID        string
	Time         time.Time // of the record
	Success      bool
	StartedAt    time.Time
	Duration     time.Duration // in milliseconds
	ScheduledFor time.Time
}

// SaysCompleted begins the text of such a record.
const SaysCompleted = "inserted completed job: "

// CompletionOf reads a record from its text and its fields. Most of them are written in the spelling of Rust's
// Debug. The email that a record carries is not read. ok is false for any other record.
func CompletionOf(at time.Time, body string, field func(name string) string) (c Completion, ok bool) {
	rest, ok := strings.CutPrefix(body, SaysCompleted)
	if !ok {
		return c, false
	}
	id, rest, _ := strings.Cut(rest, " ")
	success := unquoted(field("success"))
	if success == "" {
		success = strings.TrimSuffix(strings.TrimPrefix(rest, "(success: "), ")")
	}
	if id == "" || (success != "true" && success != "false") {
		return c, false
	}
	c = Completion{JobID: id, Time: at, Success: success == "true"}
	c.StartedAt, c.ScheduledFor = debugTime(field("started_at")), debugTime(field("scheduled_for"))
	if ms, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimPrefix(unquoted(field("duration")), "Some("), ")"), 10, 64); err == nil && ms > 0 {
		c.Duration = time.Duration(ms) * time.Millisecond
	}
	return c, true
}

// unquoted is a value without the quotes of Rust's Debug.
func unquoted(s string) string {
	if u, err := strconv.Unquote(s); err == nil {
		return u
	}
	return s
}

// debugTime reads a time as Rust's chrono writes it. Zero: there is none.
func debugTime(s string) time.Time {
	s = strings.TrimSuffix(strings.TrimPrefix(unquoted(s), "Some("), ")")
	t, err := time.Parse(time.RFC3339Nano, unquoted(s))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// addCompletions gives each job its record, the latest when there are several. A record alone makes no job.
func addCompletions(members []*Job, e Evidence) {
	latest := map[string]*Completion{}
	add := func(c *Completion) {
		if old := latest[c.JobID]; old == nil || c.Time.After(old.Time) {
			latest[c.JobID] = c
		}
	}
	for i := range e.Completions {
		add(&e.Completions[i])
	}
	for i := range e.Spans {
		for k := range e.Spans[i].Completed {
			add(&e.Spans[i].Completed[k])
		}
	}
	if len(latest) == 0 {
		return
	}
	for _, j := range members {
		j.completed = latest[j.ID]
		if c := j.completed; c != nil && j.ScheduledFor.IsZero() && !(j.Pulled.Add(skewTolerance).Before(c.ScheduledFor)) {
			j.ScheduledFor = c.ScheduledFor // a flow that was parked is scheduled anew
		}
	}
}

// recorded is the outcome of a container as its record has it. What spans tell beyond success and failure stays.
func (j *Job) recorded() Outcome {
	switch {
	case j.completed.Success && j.Handled:
		return OutcomeRecovered
	case j.completed.Success && j.Outcome == OutcomeSkipped:
		return OutcomeSkipped
	case j.completed.Success:
		return OutcomeOK
	case j.Outcome == OutcomeCanceled:
		return OutcomeCanceled
	}
	return OutcomeError
}
