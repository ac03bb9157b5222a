package frame

import (
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// FlowRuns makes the frame flow-runs: a row for each run, newest first.
func FlowRuns(rows []flowstep.RunRow, info Info, l Links) *data.Frame {
	type R = flowstep.RunRow
	return without(table("flow-runs", info,
		column(rows, "run_id", "Run", "Id of the run.",
			func(r *R) string { return r.RunID }, links(l.ofRun(fieldVariable("workspace"))...), width(320)),
		column(rows, "start", "Start", "When a worker pulled the run.", func(r *R) *time.Time { return r.Start }, width(165)),
		column(rows, "flow", "Flow", "Path of the flow, or of a standalone script.",
			func(r *R) *string { return r.Flow }, links(append(l.ofFlow(), l.page("This version in Windmill", "version_page"), l.page("Its runs in Windmill", "list_page"))...), width(220)),
		column(rows, "outcome", "Outcome", "Derived from the steps.",
			func(r *R) string { return r.Outcome }, width(95), outcomes()),
		column(rows, "duration", "Duration", "From start to end; so far while the run is running.",
			func(r *R) *float64 { return r.Duration }, inSeconds, width(95)),
		column(rows, "ratio", "Ratio", "Duration divided by the baseline's p50.",
			func(r *R) *float64 { return r.Ratio }, decimals(2), width(70)),
		column(rows, "failed_step", "Failed step", "The step that failed the run, also when a failure module ran.",
			func(r *R) *string { return r.FailedStep }, width(150)),
		column(rows, "error", "Error", "", func(r *R) *string { return r.Error }, width(300)),
		column(rows, "slowest_step", "Slowest step", "", func(r *R) *string { return r.SlowestStep }),
		column(rows, "wait", "Wait", "Waits of the run and of the jobs on its critical path.",
			func(r *R) *float64 { return r.Wait }, inSeconds),
		column(rows, "steps", "Steps", "Jobs that ran a script, iterations and attempts counted.",
			func(r *R) *int64 { return r.Steps }),
		column(rows, "trigger", "Trigger", "What started the run; empty for the user interface.",
			func(r *R) *string { return r.Trigger }),
		column(rows, "workspace", "Workspace", "", func(r *R) *string { return r.Workspace }),
		column(rows, "baseline_p50", "Baseline p50", "What the flow usually takes.",
			func(r *R) *float64 { return r.BaselineP50 }, inSeconds, links(l.series(info))),
		column(rows, "baseline_p95", "Baseline p95", "What 95 % of its runs take.",
			func(r *R) *float64 { return r.BaselineP95 }, inSeconds, links(l.series(info))),
		column(rows, "handled", "Handled", "It failed, and its failure module ran.", func(r *R) bool { return r.Handled }),
		column(rows, "series", "Series", "Matchers of the baseline's series in Prometheus.",
			func(r *R) *string { return r.Series }, hidden()),
		column(rows, "version_page", "Version page", "The flow or script in Windmill, in the version that ran.", pages(l, windmill.VersionPage,
			func(r *R) *windmill.Job { return r.Root }), hidden()),
		column(rows, "list_page", "List page", "Windmill's runs of the same flow or script.", pages(l, windmill.ListPage,
			func(r *R) *windmill.Job { return r.Root }), hidden()),
	))
}
