// Package loki reads the log lines of Windmill's jobs from Grafana Loki, in whichever of two forms they came: as OTLP
// records, with Windmill's tags as structured metadata, or as lines of JSON that were collected from stdout.
package loki

import "time"

// Filter chooses log lines. Each list is "one of these values", empty lists choose nothing out, and all that is given
// must hold. Values are taken as they are: they are quoted here.
type Filter struct {
	// Family are jobs whose lines are wanted together with the lines of the jobs that name one of them as root or parent.
	Family []string

	Jobs, RootJobs, ParentJobs []string
	Workspaces, Steps          []string
	ScriptPaths                []string
	Flows                      []string // script_path is the flow's or one below it
	Workers, Tags, Languages   []string
	Search                     string   // text that the line must contain, in this very case
	Messages                   []string // the line must contain one of these texts
	Tagged                     bool     // the line must say which step or script its job is
	Untagged                   bool     // the line may carry no tag of a job: only its text counts
	Compared                   []Comparison
}

// Comparison is a regular expression that must match the whole value of a tag, or must not.
type Comparison struct {
	Tags    []string // names of the tag: the one that a line has counts
	Pattern string
	Not     bool
}

// Request asks for log lines.
type Request struct {
	Filter
	Start, End time.Time // Start is included, End is not
	Limit      int       // most lines; at least 1
	Forward    bool      // the oldest lines; else the newest
}

// Line is one log line.
type Line struct {
	Time   time.Time // under which Loki keeps it
	Body   string    // the message
	Level  string    // one of Grafana's: critical, error, warning, info, debug, trace; empty: not said
	Labels map[string]string
}

// Tag is one of Windmill's tags, such as "job_id"; empty when the line does not carry it.
func (l Line) Tag(name string) string { return l.Labels[name] }

// Result is what was found.
type Result struct {
	Lines   []Line // by time, in the order asked for
	More    bool   // the limit was reached: there are more lines
	Queries []string
	Notices []Notice
	Stats   Stats
}

// Notice is something that users should know about an answer.
type Notice struct {
	Warning bool // something may be missing; else it is only good to know
	Text    string
}

// Stats is what an answer took, as Loki tells it.
type Stats struct {
	Bytes int64         // processed
	Lines int64         // processed
	Time  time.Duration // of all requests together
}

// Add adds the cost of another answer.
func (s *Stats) Add(o Stats) {
	s.Bytes += o.Bytes
	s.Lines += o.Lines
	s.Time += o.Time
}
