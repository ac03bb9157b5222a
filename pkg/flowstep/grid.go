package flowstep

import (
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// GridCell is one row of run-grid: what one step of a flow did in one run, all its executions there together. nil is
// unknown; durations are seconds.
type GridCell struct {
	RunID      string
	Start      *time.Time // of the run
	Step       string     // place in the flow, without numbers of iterations and attempts: "loop/c"
	Duration   *float64   // of all executions added up
	Outcome    string     // the worst of the last attempts
	Ratio      *float64   // mean execution / p50 of the baseline
	Flow       *string
	Workspace  *string
	Executions int64 // iterations and attempts
	TraceID    *string
	SpanID     *string // of the execution that took longest
	Series     *string // matchers of the baseline's series in Prometheus
}

// severity orders outcomes, so that a cell shows the worst. It is also the number by which visualisations colour.
var severity = map[windmill.Outcome]int{
	windmill.OutcomeSkipped: 0, windmill.OutcomeOK: 1, windmill.OutcomeRecovered: 2, windmill.OutcomeRunning: 3,
	windmill.OutcomeCanceled: 4, windmill.OutcomeError: 5,
}

// Severity is the number of an outcome: 0 skipped, 1 ok, 2 recovered, 3 running, 4 canceled, 5 error.
func Severity(outcome string) float64 { return float64(severity[windmill.Outcome(outcome)]) }

// GridCells gives a row for each step of a run that the filters leave, in tree order. Only jobs that ran something
// count: the time of a loop is that of its steps.
func GridCells(run *windmill.Run, n Narrow, baselines Baselines) []GridCell {
	var order []*cell
	cells := map[string]*cell{}
	at, last := flowPlaces{}, lastAttempts(run.Jobs)
	for _, j := range run.Jobs {
		if !j.Leaf() || j.Parent == nil || !n.matches(j) {
			continue
		}
		place := at.of(j)
		c := cells[place]
		if c == nil {
			c = &cell{worst: -1}
			cells[place] = c
			order = append(order, c)
		}
		c.add(j, last[j])
	}
	rows := make([]GridCell, 0, len(order))
	for _, c := range order {
		rows = append(rows, c.row(run, at, baselines))
	}
	return rows
}

// cell adds the executions of one step up.
type cell struct {
	first, longest *windmill.Job
	total          time.Duration
	timed, count   int64
	worst          int
	outcome        windmill.Outcome
	running        bool
}

func (c *cell) add(j *windmill.Job, lastAttempt bool) {
	if c.first == nil {
		c.first, c.longest = j, j
	}
	c.count++
	if j.Duration != nil {
		c.total += *j.Duration
		c.timed++
		if c.longest.Duration == nil || *j.Duration > *c.longest.Duration {
			c.longest = j
		}
	}
	c.running = c.running || j.Outcome == windmill.OutcomeRunning
	if s := severity[j.Outcome]; lastAttempt && s > c.worst {
		c.worst, c.outcome = s, j.Outcome
	}
}

func (c *cell) row(run *windmill.Run, at flowPlaces, baselines Baselines) GridCell {
	row := GridCell{
		RunID: run.ID, Start: knownTime(run.Start), Step: at.of(c.first), Outcome: string(c.outcome),
		Flow: known(run.Root.ScriptPath), Workspace: known(run.Root.Workspace), Executions: c.count,
		TraceID: known(c.longest.TraceID), SpanID: known(c.longest.SpanID),
	}
	key, ok := KeyOf(c.first)
	b, found := baselines[key]
	if ok && found {
		row.Series = known(b.Series)
	}
	if c.timed == 0 {
		return row
	}
	row.Duration = seconds(&c.total)
	if ok && found && !c.running {
		mean := c.total / time.Duration(c.timed)
		row.Ratio, _ = compare(&mean, b)
	}
	return row
}
