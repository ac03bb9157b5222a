package windmill

import "time"

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
