package frame

import (
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// Deployments makes the frame deployments: a row for each new version of a script or flow. Its first four fields are
// those of Grafana's annotations.
func Deployments(rows []flowstep.Deployment, info Info, l Links) *data.Frame {
	type R = flowstep.Deployment
	return without(table("deployments", info,
		column(rows, "time", "Time", "When a worker pulled the first job that was seen with the version.",
			func(r *R) time.Time { return r.Time }, width(165)),
		column(rows, "title", "Title", "", func(r *R) string { return r.Title }, width(260)),
		column(rows, "text", "Text", "", func(r *R) string { return r.Text }),
		column(rows, "tags", "Tags", "", func(r *R) string { return r.Tags }),
		column(rows, "workspace", "Workspace", "", func(r *R) string { return r.Workspace }),
		column(rows, "script_path", "Script", "Path of the script or flow, without iterations and branches.",
			func(r *R) string { return r.Path }, width(240)),
		column(rows, "step", "Step", "Of a script that is written into a loop or branch of a flow.",
			func(r *R) *string { return r.Step }),
		column(rows, "script_hash", "Version", "", func(r *R) string { return r.Hash }, width(160)),
		column(rows, "previous_hash", "Version before", "The last that had been new before it.",
			func(r *R) string { return r.PreviousHash }, width(160)),
		column(rows, "job_id", "Job", "The first that was seen with the version.", func(r *R) string { return r.JobID },
			links(append(l.ofJob(fieldVariable("workspace")), l.run())...), width(300)),
		column(rows, "trace_id", "Trace", "", func(r *R) string { return r.TraceID }, hidden(), links(l.trace())),
		column(rows, "span_id", "Span", "", func(r *R) string { return r.SpanID }, hidden()),
	))
}
