package frame

import (
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// StepsInfo is what comes with the steps of a run.
type StepsInfo struct {
	Info
	Workspace string
}

// FlowSteps makes the frame flow-steps: a row for each job of a run, in tree order, the run itself first.
func FlowSteps(rows []flowstep.StepRow, info StepsInfo, l Links) *data.Frame {
	type R = flowstep.StepRow
	c := &cells[R]{rows: rows}
	trace, series := links(l.trace()), links(l.series(info.Info))
	f := table("flow-steps", info.Info,
		filled(c, "path", "Path", "Place in the run: loop[3]/c is step c of iteration 3, a#2 the second attempt of a.",
			func(r *R) string { return r.Path }, width(260)),
		filled(c, "step", "Step", "Id of the flow's module.",
			func(r *R) *string { return r.Step }, links(append(l.ofStep(""), l.page("Step in Windmill's flow editor", "editor_page"))...), width(140)),
		filled(c, "outcome", "Outcome", "Derived from the steps.",
			func(r *R) string { return r.Outcome }, width(95), outcomes()),
		filled(c, "duration", "Duration", "Execution time; of flows, iterations and branches derived from their steps.",
			func(r *R) *float64 { return r.Duration }, inSeconds, width(95)),
		filled(c, "ratio", "Ratio", "Duration divided by the baseline's p50.",
			func(r *R) *float64 { return r.Ratio }, decimals(2), width(70)),
		filled(c, "verdict", "Verdict", "slow, normal or fast against the baseline; unknown below five executions.",
			func(r *R) string { return r.Verdict }, width(90), verdicts()),
		filled(c, "wait", "Wait", "How long the job could not start.",
			func(r *R) *float64 { return r.Wait }, inSeconds, width(90)),
		filled(c, "wait_kind", "Waited for", "queue, approval, retry, sleep, limit or unknown.",
			func(r *R) *string { return r.WaitKind }, width(100)),
		filled(c, "error", "Error", "", func(r *R) *string { return r.Error }, width(280)),
		filled(c, "start", "Start", "When a worker pulled the job.", func(r *R) *time.Time { return r.Start }, width(165)),
		filled(c, "contribution", "Contribution", "Share of the run's wall time; parallel work counts once.",
			func(r *R) *float64 { return r.Contribution }, inPercent),
		filled(c, "critical", "Critical", "Whether its end gated the end of the run.",
			func(r *R) *bool { return r.Critical }),
		filled(c, "baseline_p50", "Baseline p50", "What the step usually took before this run.",
			func(r *R) *float64 { return r.BaselineP50 }, inSeconds, series),
		filled(c, "baseline_p95", "Baseline p95", "What 95 % of its executions took before this run.",
			func(r *R) *float64 { return r.BaselineP95 }, inSeconds, series),
		filled(c, "script_path", "Script", "Path of the script or flow that ran.",
			func(r *R) *string { return r.ScriptPath }, links(l.page("Its runs in Windmill", "list_page"))),
		filled(c, "worker", "Worker", "Worker that pulled the job.", func(r *R) *string { return r.Worker }),
		filled(c, "iteration", "Iteration", "Number of the loop's iteration, from 0, or of the branch.",
			func(r *R) *int64 { return r.Iteration }),
		filled(c, "attempt", "Attempt", "From 1; a retry is attempt 2.", func(r *R) *int64 { return r.Attempt }),
		filled(c, "kind", "Kind", "What the job is within the run.", func(r *R) string { return r.Kind }),
		filled(c, "transition", "Transition", "Storing the result and pushing the next step.",
			func(r *R) *float64 { return r.Transition }, inSeconds),
		filled(c, "language", "Language", "", func(r *R) *string { return r.Language }),
		filled(c, "tag", "Tag", "Worker tag of the job.", func(r *R) *string { return r.Tag }),
		filled(c, "baseline_count", "Baseline count", "Executions in the baseline, as Prometheus estimates them.",
			func(r *R) *float64 { return r.BaselineCount }, decimals(0)),
		filled(c, "run_id", "Run", "Id of the run.",
			func(r *R) string { return r.RunID }, hidden(), links(l.ofRun(escaped(info.Workspace))...)),
		filled(c, "job_id", "Job", "Id of the job that ran the step.",
			func(r *R) string { return r.JobID }, hidden(), links(l.ofJob(escaped(info.Workspace))...)),
		filled(c, "parent_job", "Parent job", "Id of the job above; empty for the run.",
			func(r *R) string { return r.ParentJob }, hidden()),
		filled(c, "depth", "Depth", "How deep the job is in the run, from 0.", func(r *R) int64 { return r.Depth }, hidden()),
		filled(c, "trace_id", "Trace", "", func(r *R) *string { return r.TraceID }, hidden(), trace),
		filled(c, "span_id", "Span", "", func(r *R) *string { return r.SpanID }, hidden(), trace),
		filled(c, "series", "Series", "Matchers of the baseline's series in Prometheus.",
			func(r *R) *string { return r.Series }, hidden()),
		filled(c, "from_logs", "From logs", "Whether only log lines tell of the job, because it has no span yet.",
			func(r *R) bool { return r.FromLogs }),
		filled(c, "handled", "Handled", "It failed, and its failure module ran.", func(r *R) bool { return r.Handled }),
		filled(c, "setup", "Set-up", "Getting dependencies and building, before the script ran.",
			func(r *R) *float64 { return r.Setup }, inSeconds),
		filled(c, "work", "Work", "The process of the script itself.", func(r *R) *float64 { return r.Work }, inSeconds),
		filled(c, "editor_page", "Editor page", "The step in Windmill's flow editor.", pages(l, windmill.EditorPage,
			func(r *R) *windmill.Job { return r.Job }), hidden()),
		filled(c, "list_page", "List page", "Windmill's runs of the same script.", pages(l, windmill.ListPage,
			func(r *R) *windmill.Job { return r.Job }), hidden()),
	)
	c.fill()
	f.Meta.PreferredVisualizationPluginID = PanelID
	return f
}
