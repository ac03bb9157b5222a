// Package query is the query model: JSON in, defaults, validation, and one sentence per mistake.
//
// What the filters do depends on the query type:
//   - flow-runs: a run matches when any of its jobs matches all of workspace, step, scriptPath, worker, tag, language,
//     jobId, rootJob and parentJob together; flow, outcome and minDuration are asked of the run itself.
//   - flow-steps without a run id: the latest finished run that matches in that sense, shown whole.
//   - flow-steps with a run id: the run is given, so that step, scriptPath, worker, tag, language, outcome, minDuration,
//     jobId and parentJob narrow the rows. The jobs above a row that stays, stay too, so that its place can be seen.
//   - step-stats and step-latency: workspace, flow, step, scriptPath, tag and language choose the steps; span metrics
//     know nothing of workers, outcomes and ids, and that is said in a notice.
package query

import "time"

// Type is what a query asks for.
type Type string

// The query types.
const (
	FlowRuns    Type = "flow-runs"
	FlowSteps   Type = "flow-steps"
	StepStats   Type = "step-stats"
	StepLatency Type = "step-latency"
)

// Types lists every query type.
func Types() []Type { return []Type{FlowRuns, FlowSteps, StepStats, StepLatency} }

const (
	// DefaultLimit and MaxLimit bound the rows of flow-runs.
	DefaultLimit = 100
	MaxLimit     = 1000
	// MaxQuantiles bounds the series of step-latency per step.
	MaxQuantiles = 10
)

// Query is a checked query with its defaults filled in.
type Query struct {
	Type           Type
	RunID          string // lower-case UUID; empty: the latest finished run that matches
	Filters        Filters
	MinDuration    time.Duration // 0: none
	Limit          int           // rows of flow-runs
	Quantiles      []float64     // between 0 and 1, ascending, without repetitions
	BaselineWindow time.Duration // 0: the data source's setting
}

// Filters narrow a query. Each is a list of values of which one must match; an empty list matches all.
type Filters struct {
	Workspace  []string
	Flow       []string // the flow's own script_path
	Step       []string // flow_step_id
	ScriptPath []string
	Worker     []string
	Tag        []string
	Language   []string
	Outcome    []string
	JobID      []string
	RootJob    []string
	ParentJob  []string
}

// OfJobs says whether a filter asks something of single jobs, and not of the run as a whole.
func (f Filters) OfJobs() bool {
	for _, l := range [][]string{f.Step, f.ScriptPath, f.Worker, f.Tag, f.Language, f.JobID, f.RootJob, f.ParentJob} {
		if len(l) > 0 {
			return true
		}
	}
	return false
}

// Error is a mistake in a query: one sentence that says what is wrong and what to do.
type Error struct{ Message string }

func (e *Error) Error() string { return e.Message }
