package frame

import (
	"strconv"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// outcomeColors are Grafana's names of the colors of outcomes.
var outcomeColors = map[string]string{
	"skipped": "text", "ok": "green", "recovered": "orange", "running": "blue", "canceled": "purple", "error": "red",
}

// RunGrid makes the frame run-grid: a row for each step of each run. The field value repeats the measure as a number,
// so that a panel shows another measure without a change of its own. It stays visible to panels, which timelines need.
func RunGrid(rows []flowstep.GridCell, measure query.Measure, info Info, l Links) *data.Frame {
	type R = flowstep.GridCell
	f := table("run-grid", info,
		column(rows, "run_id", "Run", "Id of the run.",
			func(r *R) string { return r.RunID }, links(l.ofRun(fieldVariable("workspace"))...), width(300)),
		column(rows, "start", "Start", "When the run started.", func(r *R) *time.Time { return r.Start }, width(165)),
		column(rows, "step", "Step", "Place in the flow, without numbers of iterations and attempts.",
			func(r *R) string { return r.Step }, width(160)),
		column(rows, "duration", "Duration", "Of all executions of the step in the run together.",
			func(r *R) *float64 { return r.Duration }, inSeconds, width(95)),
		column(rows, "outcome", "Outcome", "The worst of the step's executions; of attempts the last counts.",
			func(r *R) string { return r.Outcome }, width(95), outcomes()),
		column(rows, "ratio", "Ratio", "Mean execution divided by the baseline's p50.",
			func(r *R) *float64 { return r.Ratio }, decimals(2), links(l.series(info)), width(80)),
		column(rows, "executions", "Executions", "Iterations and attempts of the step in the run.",
			func(r *R) int64 { return r.Executions }),
		measured(rows, measure),
		column(rows, "workspace", "Workspace", "", func(r *R) *string { return r.Workspace }, hidden()),
		column(rows, "flow", "Flow", "Path of the flow.",
			func(r *R) *string { return r.Flow }, hidden(), links(l.ofFlow()...)),
		column(rows, "trace_id", "Trace", "Of the longest execution.",
			func(r *R) *string { return r.TraceID }, hidden(), links(l.trace())),
		column(rows, "span_id", "Span", "", func(r *R) *string { return r.SpanID }, hidden()),
		column(rows, "series", "Series", "Matchers of the baseline's series in Prometheus.",
			func(r *R) *string { return r.Series }, hidden()),
	)
	f.Meta.Custom.(map[string]any)["measure"] = string(measure)
	return without(f)
}

// measured is the field value: seconds, a ratio, or the number of an outcome, which is mapped to its name and color.
func measured(rows []flowstep.GridCell, measure query.Measure) *data.Field {
	type R = flowstep.GridCell
	const description = "The chosen measure as a number, for visualisations."
	switch measure {
	case query.MeasureOutcome:
		f := column(rows, "value", "Outcome", description, func(r *R) *float64 { n := flowstep.Severity(r.Outcome); return &n }, hiddenInExplore())
		names := data.ValueMapper{}
		for name, color := range outcomeColors {
			n := int(flowstep.Severity(name))
			names[strconv.Itoa(n)] = data.ValueMappingResult{Text: name, Color: color, Index: n}
		}
		f.Config.Mappings = data.ValueMappings{names}
		return f
	case query.MeasureRatio:
		return column(rows, "value", "Ratio", description, func(r *R) *float64 { return r.Ratio }, decimals(2), hiddenInExplore())
	}
	return column(rows, "value", "Duration", description, func(r *R) *float64 { return r.Duration }, inSeconds, hiddenInExplore())
}
