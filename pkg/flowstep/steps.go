package flowstep

import (
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// StepRow is one row of flow-steps. nil is unknown; durations are seconds.
type StepRow struct {
	RunID, JobID, ParentJob  string
	Depth                    int64
	Path                     string
	Step, ScriptPath         *string
	Kind                     string
	Language, Worker, Tag    *string
	Iteration, Attempt       *int64
	Start                    *time.Time
	Duration, Wait           *float64
	WaitKind                 *string
	Transition               *float64
	Outcome                  string
	Error                    *string
	Contribution             *float64
	Critical                 *bool
	BaselineP50, BaselineP95 *float64
	BaselineCount            *float64
	Ratio                    *float64
	Verdict                  string
	TraceID, SpanID          *string
	Series                   *string // matchers of the baseline's series in Prometheus
	Handled                  bool    // it failed, and its failure module ran well
	FromLogs                 bool    // only log lines tell of the job: it has no span (yet)
	Setup, Work              *float64
	Job                      *windmill.Job // the row is of
}

// Steps gives a row for each of the jobs of a run (all of them, or what NarrowRun left), in their order. The rows point
// into the jobs, which must not change afterwards.
func Steps(run *windmill.Run, jobs []*windmill.Job, baselines Baselines) []StepRow {
	rows := make([]StepRow, 0, len(jobs))
	numbers := make(secondsOf, 0, 3*len(jobs))
	for _, j := range jobs {
		rows = append(rows, stepRow(run, j, baselines, &numbers))
	}
	return rows
}

// secondsOf is room for the durations of rows: a run may have ten thousand.
type secondsOf []float64

// of gives a duration in seconds. nil stays nil.
func (s *secondsOf) of(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	*s = append(*s, d.Seconds())
	return &(*s)[len(*s)-1]
}

// orNil is the value itself, nil when it is empty.
func orNil(s *string) *string {
	if *s == "" {
		return nil
	}
	return s
}

func stepRow(run *windmill.Run, j *windmill.Job, baselines Baselines, numbers *secondsOf) StepRow {
	row := StepRow{
		RunID: run.ID, JobID: j.ID, Depth: int64(j.Depth), Path: j.Path, Step: orNil(&j.Step),
		ScriptPath: orNil(&j.ScriptPath), Kind: string(j.Kind), Language: orNil(&j.Language), Worker: orNil(&j.Worker),
		Tag: orNil(&j.Tag), Iteration: j.Iteration, Attempt: j.Attempt,
		Duration: numbers.of(j.Duration), Wait: numbers.of(j.Wait), WaitKind: orNil((*string)(&j.WaitKind)),
		Transition: numbers.of(j.Transition), Outcome: string(j.Outcome), Error: orNil(&j.Error),
		Contribution: j.Contribution, Critical: j.Critical, Verdict: string(Unknown),
		TraceID: orNil(&j.TraceID), SpanID: orNil(&j.SpanID), FromLogs: j.FromLogs(), Handled: j.Handled,
		Setup: numbers.of(j.Setup), Work: numbers.of(j.Work), Job: j,
	}
	if !j.Start.IsZero() {
		row.Start = &j.Start
	}
	if j.Parent != nil {
		row.ParentJob = j.Parent.ID
	}
	if row.Iteration == nil {
		row.Iteration = j.Branch
	}
	key, ok := KeyOf(j)
	if !ok {
		return row
	}
	b, ok := baselines[key]
	if !ok {
		return row
	}
	row.BaselineP50, row.BaselineP95, row.BaselineCount, row.Series = b.P50, b.P95, &b.Count, known(b.Series)
	if j.Outcome != windmill.OutcomeRunning { // what is still running cannot be compared yet
		ratio, verdict := compare(j.Duration, b)
		row.Ratio, row.Verdict = ratio, string(verdict)
	}
	return row
}

// Narrow says which rows of a run to show. Empty lists match all.
type Narrow struct {
	Step, ScriptPath, Worker, Tag, Language, Outcome, JobID, RootJob, ParentJob []string
	MinDuration                                                                 time.Duration
	// Holds judges a value of a filter by the operators other than "one of". nil: there are none.
	Holds func(key, value string) bool
}

func (n Narrow) empty() bool {
	for _, l := range [][]string{n.Step, n.ScriptPath, n.Worker, n.Tag, n.Language, n.Outcome, n.JobID, n.RootJob, n.ParentJob} {
		if len(l) > 0 {
			return false
		}
	}
	return n.MinDuration == 0 && n.Holds == nil
}

// NarrowRun keeps the jobs that match everything asked for, and the jobs above them. The run itself always stays.
// hidden is how many jobs were left out. Handlers are shown where nothing is asked for in particular.
func NarrowRun(run *windmill.Run, n Narrow) (kept []*windmill.Job, hidden int) {
	if n.empty() {
		return slices.Concat(run.Jobs, run.Handlers), 0
	}
	keep := map[*windmill.Job]bool{run.Root: true}
	for _, j := range run.Jobs {
		if !n.matches(j) {
			continue
		}
		for up := j; up != nil && !keep[up]; up = up.Parent {
			keep[up] = true
		}
	}
	for _, j := range run.Jobs {
		if keep[j] {
			kept = append(kept, j)
		}
	}
	return kept, len(run.Jobs) - len(kept)
}

func (n Narrow) matches(j *windmill.Job) bool {
	for _, c := range []struct {
		key   string
		list  []string
		value string
	}{
		{"step", n.Step, j.Step}, {"scriptPath", n.ScriptPath, j.ScriptPath}, {"worker", n.Worker, j.Worker},
		{"tag", n.Tag, j.Tag}, {"language", n.Language, j.Language}, {"outcome", n.Outcome, outcomeFor(n.Outcome, j)},
		{"jobId", n.JobID, j.ID}, {"rootJob", n.RootJob, j.RootJob}, {"parentJob", n.ParentJob, j.ParentID},
	} {
		if len(c.list) > 0 && !slices.Contains(c.list, c.value) || n.Holds != nil && !n.Holds(c.key, c.value) {
			return false
		}
	}
	return n.MinDuration == 0 || (j.Duration != nil && *j.Duration >= n.MinDuration)
}

// outcomeFor is how a job ended in the words of a filter, which may ask for errors that were handled.
func outcomeFor(asked []string, j *windmill.Job) string {
	if j.Handled && j.Outcome == windmill.OutcomeError && slices.Contains(asked, windmill.OutcomeHandled) {
		return windmill.OutcomeHandled
	}
	return string(j.Outcome)
}
