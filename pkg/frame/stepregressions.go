package frame

import (
	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

const regressions = "step-regressions"

// regressionValue is one number about a step that has become slower.
type regressionValue struct {
	measure              query.Measure
	display, unit, about string
	get                  func(*flowstep.StatsRow) *float64
}

// regressionValues are the numbers, in the order of their fields.
func regressionValues() []regressionValue {
	type R = flowstep.StatsRow
	return []regressionValue{
		{query.MeasureChange, "Change", "percentunit", "Of the p95 against the window to compare with.", func(r *R) *float64 { return r.Change }},
		{query.MeasureP95, "p95", "s", "Now.", func(r *R) *float64 { return r.P95 }},
		{query.MeasurePreviousP95, "Previous p95", "s", "In the window to compare with.", func(r *R) *float64 { return r.PreviousP95 }},
		{query.MeasureImpact, "Impact", "s", "What the p95 grew by, times the calls.", func(r *R) *float64 { return r.Impact }},
	}
}

// StepRegressions makes the frame step-regressions: a row for each step that has become slower, in the form of numbers
// with labels (numeric-long), which is a table to people.
func StepRegressions(rows []flowstep.StatsRow, info Info, l Links) *data.Frame {
	type R = flowstep.StatsRow
	fields := []*data.Field{
		column(rows, "flow", "Flow", "Path of the flow, where it is known.",
			func(r *R) *string { return r.Flow }, width(165), links(l.ofFlow()...)),
		column(rows, "step", "Step", "Id of the flow's module.",
			func(r *R) *string { return r.Step }, width(95), links(l.ofStep("workspace")...)),
	}
	for _, v := range regressionValues() {
		more := []option{unit(v.unit), width(85)}
		if v.measure == query.MeasureP95 {
			more = append(more, links(l.series(info)))
		}
		fields = append(fields, column(rows, string(v.measure), v.display, v.about, v.get, more...))
	}
	fields = append(fields,
		column(rows, "script_path", "Script", "Path of the script, without iterations and branches.",
			func(r *R) *string { return r.ScriptPath }),
		column(rows, "workspace", "Workspace", "", func(r *R) *string { return r.Workspace }),
		column(rows, "series", "Series", "Matchers of its series in Prometheus.",
			func(r *R) *string { return known(r.Series) }, hidden()),
	)
	f := without(table(regressions, info, fields...))
	f.Meta.Type, f.Meta.TypeVersion = data.FrameTypeNumericLong, data.FrameTypeVersion{0, 1}
	return f
}

// StepRegressionNumbers makes the frames step-regressions for an alert rule: one number for each step that has become
// slower (numeric-multi), because a rule cannot tell several numbers with the same labels apart. No step: one frame
// without fields.
func StepRegressionNumbers(rows []flowstep.StatsRow, m query.Measure, info Info) data.Frames {
	var frames data.Frames
	for _, v := range regressionValues() {
		if v.measure != m {
			continue
		}
		for i := range rows {
			field := data.NewField(string(m), stepLabels(rows[i].Key, rows[i].Flow), []*float64{v.get(&rows[i])})
			field.Config = &data.FieldConfig{Unit: v.unit, DisplayNameFromDS: stepName(rows[i].Key, rows[i].Flow), Description: v.about}
			frames = append(frames, data.NewFrame(regressions, field))
		}
	}
	return typed(frames, regressions, data.FrameTypeNumericMulti, info)
}
