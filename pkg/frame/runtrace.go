package frame

import (
	"encoding/json"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// The status codes of OpenTelemetry, as Grafana's trace view reads them.
const (
	statusUnset int64 = 0
	statusError int64 = 2
)

type keyValue struct {
	Key   string `json:"key"`
	Value any    `json:"value"`
}

// RunTrace makes the frame run-trace in the form that Grafana's trace view takes: a row for each span, times in
// milliseconds. The fields after `warnings` are for links; the trace view does not read them.
func RunTrace(rows []flowstep.TraceSpan, info Info, l Links) *data.Frame {
	type R = flowstep.TraceSpan
	text := func(name string, get func(*R) string, options ...option) *data.Field {
		return column(rows, name, "", "", get, options...)
	}
	f := data.NewFrame("run-trace",
		text("traceID", func(r *R) string { return r.TraceID }),
		text("spanID", func(r *R) string { return r.SpanID }),
		text("parentSpanID", func(r *R) string { return r.ParentID }),
		text("operationName", func(r *R) string { return r.Name }),
		text("serviceName", func(r *R) string { return r.Service }),
		text("kind", func(*R) string { return "internal" }),
		column(rows, "statusCode", "", "", func(r *R) int64 {
			if r.Failed {
				return statusError
			}
			return statusUnset
		}),
		text("statusMessage", func(r *R) string { return r.Message }),
		rawColumn(rows, "serviceTags", func(r *R) any { return []keyValue{{"service.name", r.Service}} }),
		column(rows, "startTime", "", "",
			func(r *R) float64 { return milliseconds(r.Start.UnixNano()) }, unit("dateTimeAsIso")),
		column(rows, "duration", "", "", func(r *R) float64 { return milliseconds(int64(r.Duration)) }, unit("ms")),
		rawColumn(rows, "tags", func(r *R) any { return keyValues(r.Tags) }),
		rawColumn(rows, "warnings", func(r *R) any { return append([]string{}, r.Warnings...) }),
		text("run_id", func(r *R) string { return r.RunID }, links(l.ofRun(fieldVariable("workspace"))...)),
		text("job_id", func(r *R) string { return r.JobID }, links(l.ofJob(fieldVariable("workspace"))...)),
		text("workspace", func(r *R) string { return r.Workspace }),
		text("trace_id", func(r *R) string { return r.OriginTrace }, links(l.trace())),
		text("span_id", func(r *R) string { return r.OriginSpan }),
	)
	for _, field := range f.Fields {
		field.Config.DisplayNameFromDS = "" // the trace view finds fields by their names
	}
	f.Meta = meta("run-trace", info)
	f.Meta.PreferredVisualization = data.VisTypeTrace
	return f
}

// milliseconds keeps what a float64 can: about a quarter of a microsecond for a time of today.
func milliseconds(nanoseconds int64) float64 {
	return float64(nanoseconds) / float64(time.Millisecond)
}

func keyValues(tags []flowstep.Tag) []keyValue {
	list := make([]keyValue, 0, len(tags))
	for _, t := range tags {
		list = append(list, keyValue(t))
	}
	return list
}

// rawColumn makes a field of JSON values. They are strings, numbers and lists of such, which always can be written.
func rawColumn[R any](rows []R, name string, get func(*R) any) *data.Field {
	values := make([]json.RawMessage, len(rows))
	for i := range rows {
		values[i], _ = json.Marshal(get(&rows[i]))
	}
	f := data.NewField(name, nil, values)
	f.Config = &data.FieldConfig{}
	return f
}
