// Package query is the query model: JSON in, defaults, validation, and one sentence per mistake.
//
// What the filters do depends on the query type:
//   - flow-runs: a run matches when any of its jobs matches all of workspace, step, scriptPath, worker, tag, language,
//     jobId, rootJob and parentJob together; flow, outcome and minDuration are asked of the run itself.
//   - flow-steps without a run id: the latest finished run that matches in that sense, shown whole.
//   - flow-steps with a run id: the run is given, so that step, scriptPath, worker, tag, language, outcome,
//     minDuration, jobId and parentJob narrow the rows. The jobs above a row that stays, stay too, so that its place
//     can be seen.
//   - step-stats, step-latency, step-contribution, step-heatmap and step-regressions: workspace, flow, step,
//     scriptPath, tag and language choose the steps; span metrics know nothing of workers, outcomes and ids, and
//     that is said in a notice.
package query

import (
	"slices"
	"time"
)

// Type is what a query asks for.
type Type string

// The query types.
const (
	FlowRuns         Type = "flow-runs"
	FlowSteps        Type = "flow-steps"
	StepStats        Type = "step-stats"
	StepLatency      Type = "step-latency"
	StepContribution Type = "step-contribution"
	StepHeatmap      Type = "step-heatmap"
	StepRegressions  Type = "step-regressions"
	RunGrid          Type = "run-grid"
	RunCompare       Type = "run-compare"
	StepMap          Type = "step-map"
	RunTrace         Type = "run-trace"
	StepLogs         Type = "step-logs"
	Deployments      Type = "deployments"
)

// Types lists every query type, in the order in which they are offered.
func Types() []Type {
	return []Type{
		FlowRuns, FlowSteps, StepStats, StepLatency, StepContribution, StepHeatmap, StepRegressions,
		RunGrid, RunCompare, StepMap, RunTrace, StepLogs, Deployments,
	}
}

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

	CompareRunID string      // run-compare: the second run; empty: the baseline
	Measure      Measure     // which figure, for the types that have several; empty: the type's first
	CompareWith  CompareWith // what a window is compared with; empty: the window before
	Threshold    float64     // step-regressions, step-stats: change of the p95 that counts, 0.5 is +50 %; 0: the rule's default
	MinCalls     int         // step-regressions, step-stats: calls in both windows below which nothing is said; 0: the rule's default
	Source       Source      // where figures come from; empty: chosen
	Search       string      // step-logs: text that a line must contain
	Direction    Direction   // step-logs: which lines come first; empty: the newest
	Follow       bool        // flow-steps, step-logs: go on while the run does
	Volume       bool        // step-logs: how many lines there are, in place of the lines
}

// Measure is a figure of a step or a run.
type Measure string

// The measures. Which of them a query type has is checked by Parse.
const (
	MeasureLatency  Measure = "latency"
	MeasureErrors   Measure = "errors" // share of the calls that failed
	MeasureRate     Measure = "rate"   // calls per second
	MeasureQueue    Measure = "queue"  // time until a worker pulled the job
	MeasureSize     Measure = "size"   // bytes of a span
	MeasureSeconds  Measure = "seconds"
	MeasureShare    Measure = "share"
	MeasureDuration Measure = "duration"
	MeasureOutcome  Measure = "outcome"
	MeasureRatio    Measure = "ratio" // duration divided by the baseline's p50

	// Of a step that has become slower, for an alert rule.
	MeasureChange      Measure = "change" // of the p95
	MeasureP95         Measure = "p95"
	MeasurePreviousP95 Measure = "previous_p95"
	MeasureImpact      Measure = "impact" // seconds: what the p95 grew by, times the calls
)

// Measures lists the measures of a query type, its default first; none: it has no choice.
func Measures(t Type) []Measure {
	switch t {
	case StepLatency:
		return []Measure{MeasureLatency, MeasureErrors, MeasureRate, MeasureQueue, MeasureSize}
	case StepContribution:
		return []Measure{MeasureSeconds, MeasureShare}
	case StepRegressions:
		return []Measure{MeasureChange, MeasureP95, MeasurePreviousP95, MeasureImpact}
	case RunGrid:
		return []Measure{MeasureDuration, MeasureOutcome, MeasureRatio}
	}
	return nil
}

// CompareWith is a window to compare with.
type CompareWith string

// The windows to compare with: the one of the same length just before, or the same hours of an earlier day.
const (
	ComparePrevious CompareWith = "previous"
	CompareDay      CompareWith = "day"
	CompareWeek     CompareWith = "week"
)

// Source is where figures of steps come from.
type Source string

// The sources. Auto takes span metrics when they carry Windmill's tags, else TraceQL metrics.
const (
	SourceAuto           Source = "auto"
	SourceSpanMetrics    Source = "span-metrics"
	SourceTraceQLMetrics Source = "traceql-metrics"
)

// Direction is the order of log lines.
type Direction string

// The directions.
const (
	Backward Direction = "backward" // the newest lines first
	Forward  Direction = "forward"
)

// Filters narrow a query. Each list has values of which one must match; an empty one matches all. Conditions have the
// other operators, and all of them must hold.
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

	// TriggerKind, Trigger and CreatedBy are who or what started a run. Every job of it carries them.
	TriggerKind, Trigger, CreatedBy []string

	Conditions []Condition
	Nothing    string // the filter that no job can meet, such as two that contradict each other; empty: none
}

// OfJobs says whether a filter asks something of single jobs, and not of the run as a whole.
func (f Filters) OfJobs() bool {
	for _, l := range [][]string{f.Step, f.ScriptPath, f.Worker, f.Tag, f.Language, f.JobID, f.RootJob, f.ParentJob,
		f.TriggerKind, f.Trigger, f.CreatedBy} {
		if len(l) > 0 {
			return true
		}
	}
	return f.Compares("step", "scriptPath", "worker", "tag", "language", "jobId", "rootJob", "parentJob") ||
		slices.ContainsFunc(f.Conditions, func(c Condition) bool { return c.OfStarter() && !c.Negative() })
}

// Error is a mistake in a query: one sentence that says what is wrong and what to do.
type Error struct{ Message string }

func (e *Error) Error() string { return e.Message }
