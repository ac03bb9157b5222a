package frame

import (
	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// StepStats makes the frame step-stats: a row for each step over the window.
func StepStats(rows []flowstep.StatsRow, info Info, l Links) *data.Frame {
	type R = flowstep.StatsRow
	number := func(name, display, description string, get func(*R) *float64, options ...option) *data.Field {
		return column(rows, name, display, description, get, options...)
	}
	hourly := func(r *R) *float64 {
		if r.Rate == nil {
			return nil
		}
		perHour := *r.Rate * 3600
		return &perHour
	}
	return without(table("step-stats", info,
		column(rows, "flow", "Flow", "Path of the flow, where it is known.",
			func(r *R) *string { return r.Flow }, links(l.ofFlow()...), width(230)),
		column(rows, "step", "Step", "Id of the flow's module.",
			func(r *R) *string { return r.Step }, links(l.ofStep("workspace")...), width(140)),
		column(rows, "verdict", "Verdict", "slow, normal or fast against the window to compare with, by the rule of regressions; unknown with too few executions.",
			func(r *R) string { return r.Verdict }, width(90), verdicts()),
		number("p95", "p95", "", func(r *R) *float64 { return r.P95 }, inSeconds, links(l.series(info)), width(95)),
		number("change", "Change", "Of the p95 against the window to compare with.", func(r *R) *float64 { return r.Change }, inPercent, width(95)),
		number("contribution", "Contribution", "Share of the total of all rows.", func(r *R) *float64 { return r.Contribution }, inPercent, width(110)),
		number("calls", "Calls", "Executions in the window, as Prometheus estimates them.", func(r *R) *float64 { return r.Calls }, decimals(0), width(80)),
		number("rate", "Rate", "Executions an hour.", hourly, unit("suffix: /h"), decimals(1), width(110)),
		number("error_ratio", "Error ratio", "Failed executions per execution.", func(r *R) *float64 { return r.ErrorRatio }, inPercent, width(100)),
		number("errors", "Errors", "Executions that failed.", func(r *R) *float64 { return r.Errors }, decimals(0), width(80)),
		number("p50", "p50", "", func(r *R) *float64 { return r.P50 }, inSeconds, width(95)),
		number("mean", "Mean", "", func(r *R) *float64 { return r.Mean }, inSeconds, width(95)),
		number("total", "Total", "Time spent in the step during the window.", func(r *R) *float64 { return r.Total }, inSeconds, width(100)),
		number("previous_p95", "Previous p95", "p95 of the window to compare with.", func(r *R) *float64 { return r.PreviousP95 }, inSeconds, width(110)),
		column(rows, "slowest_run", "Slowest run", "Run with the slowest of the newest slow executions.",
			func(r *R) *string { return r.SlowestRun }, links(l.ofRun(fieldVariable("workspace"))...), width(300)),
		column(rows, "script_path", "Script", "Path of the script, without iterations and branches.",
			func(r *R) *string { return r.ScriptPath }, width(240)),
		column(rows, "workspace", "Workspace", "", func(r *R) *string { return r.Workspace }),
		number("impact", "Impact", "What the p95 grew by, times the calls.", func(r *R) *float64 { return r.Impact }, inSeconds),
		number("p90", "p90", "", func(r *R) *float64 { return r.P90 }, inSeconds),
		number("p99", "p99", "", func(r *R) *float64 { return r.P99 }, inSeconds),
		number("previous_calls", "Previous calls", "Executions in the window to compare with.", func(r *R) *float64 { return r.PreviousCalls }, decimals(0)),
		column(rows, "series", "Series", "Matchers of its series in Prometheus.",
			func(r *R) *string { return known(r.Series) }, hidden()),
	))
}
