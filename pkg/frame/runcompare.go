package frame

import (
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// CompareInfo is what comes with a comparison.
type CompareInfo struct {
	Info
	Workspace string
	Baseline  bool // side b is the baseline: a p50, without waits and outcomes
}

// sides are the names of columns as a reader sees them, of the run and of what it is compared with.
func (i CompareInfo) sides(what string) (a, b string) {
	if i.Baseline {
		return what, "Usual " + strings.ToLower(what)
	}
	return what + " A", what + " B"
}

// comparisons are the words for how a job of two runs compares.
func comparisons() option {
	return shownAs(
		text{"slower", "slower", "orange"}, text{"faster", "faster", "blue"}, text{"same", "same", "green"},
		text{"only_a", "only in A", "purple"}, text{"only_b", "only in B", "purple"}, text{"unknown", "unknown", "text"},
	)
}

// RunCompare makes the frame run-compare: a row for each step execution of two runs, or of one and its baseline.
func RunCompare(rows []flowstep.CompareRow, info CompareInfo, l Links) *data.Frame {
	type R = flowstep.CompareRow
	job := links(l.ofJob(escaped(info.Workspace))...)
	durationA, durationB := info.sides("Duration")
	waitA, waitB := info.sides("Wait")
	outcomeA, outcomeB := info.sides("Outcome")
	empty := func(*data.FieldConfig) {}
	if info.Baseline {
		empty = hidden()
	}
	return without(table("run-compare", info.Info,
		column(rows, "path", "Path", "Place in the run: jobs of the two runs match by it.",
			func(r *R) string { return r.Path }, noValue("(the run)"), width(260)),
		column(rows, "step", "Step", "Id of the flow's module; empty for the run itself.",
			func(r *R) *string { return r.Step }, links(l.ofStep("")...), width(140)),
		column(rows, "duration_a", durationA, "Of the run.",
			func(r *R) *float64 { return r.DurationA }, inSeconds, width(110)),
		column(rows, "duration_b", durationB, "Of the run to compare with, or the baseline's p50.",
			func(r *R) *float64 { return r.DurationB }, inSeconds, links(l.series(info.Info)), width(120)),
		column(rows, "change", "Change", "How much longer: 0.5 is +50 %.",
			func(r *R) *float64 { return r.Change }, inPercent, width(95)),
		column(rows, "verdict", "Verdict", "Slower, faster, same, only_a, only_b or unknown.",
			func(r *R) string { return r.Verdict }, width(110), comparisons()),
		column(rows, "outcome_a", outcomeA, "", func(r *R) *string { return r.OutcomeA }, width(110), outcomes()),
		column(rows, "outcome_b", outcomeB, "", func(r *R) *string { return r.OutcomeB }, empty, width(110), outcomes()),
		column(rows, "wait_a", waitA, "How long the job could not start.",
			func(r *R) *float64 { return r.WaitA }, inSeconds, width(95)),
		column(rows, "wait_b", waitB, "", func(r *R) *float64 { return r.WaitB }, inSeconds, empty, width(95)),
		column(rows, "job_a", "Job A", "", func(r *R) *string { return r.JobA }, hidden(), job),
		column(rows, "job_b", "Job B", "", func(r *R) *string { return r.JobB }, hidden(), job),
		column(rows, "trace_a", "Trace A", "",
			func(r *R) *string { return r.TraceA }, hidden(), links(l.traceIn("Trace of A in Tempo", "trace_a", "span_a"))),
		column(rows, "span_a", "Span A", "", func(r *R) *string { return r.SpanA }, hidden()),
		column(rows, "trace_b", "Trace B", "",
			func(r *R) *string { return r.TraceB }, hidden(), links(l.traceIn("Trace of B in Tempo", "trace_b", "span_b"))),
		column(rows, "span_b", "Span B", "", func(r *R) *string { return r.SpanB }, hidden()),
		column(rows, "series", "Series", "Matchers of the baseline's series in Prometheus.",
			func(r *R) *string { return r.Series }, hidden()),
	))
}
