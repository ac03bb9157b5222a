package frame

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// LogLine is a log line of a job. Nil is unknown.
type LogLine struct {
	Time   time.Time
	Body   string
	Level  *string // one of Grafana's log levels
	Labels map[string]string

	JobID, Workspace, Step, TraceID, SpanID *string
}

// StepLogs makes the frame step-logs: a log line a row, in Grafana's form for logs (dataplane type log-lines). search
// is the text to highlight; empty: none.
func StepLogs(lines []LogLine, info Info, l Links, search string) *data.Frame {
	type R = LogLine
	labels := data.NewField("labels", nil, labelsOf(lines))
	labels.Config = &data.FieldConfig{DisplayNameFromDS: "Labels", Description: "All that Loki knows of the line."}
	f := data.NewFrame("step-logs",
		column(lines, "timestamp", "Time", "", func(r *R) time.Time { return r.Time }),
		column(lines, "body", "Line", "", func(r *R) string { return r.Body }),
		column(lines, "severity", "Level", "", func(r *R) *string { return r.Level }),
		idColumn(lines),
		labels,
		column(lines, "job_id", "Job", "Id of the job that wrote the line.",
			func(r *R) *string { return r.JobID }, links(l.run(), l.loki("Logs of this job in Loki", `job_id="${__value.raw}"`), l.windmill("Job in Windmill", fieldVariable("workspace")))),
		column(lines, "workspace", "Workspace", "", func(r *R) *string { return r.Workspace }),
		column(lines, "step", "Step", "Id of the flow's module.", func(r *R) *string { return r.Step }),
		column(lines, "trace_id", "Trace", "", func(r *R) *string { return r.TraceID }, links(l.trace())),
		column(lines, "span_id", "Span", "", func(r *R) *string { return r.SpanID }, links(l.trace())),
	)
	f.Meta = meta("step-logs", info)
	f.Meta.Type, f.Meta.TypeVersion = data.FrameTypeLogLines, data.FrameTypeVersion{0, 0}
	f.Meta.PreferredVisualization = data.VisTypeLogs
	if search != "" {
		f.Meta.Custom.(map[string]any)["searchWords"] = []string{search} // Grafana highlights them
	}
	return f
}

func labelsOf(lines []LogLine) []json.RawMessage {
	out := make([]json.RawMessage, len(lines))
	for i, l := range lines {
		raw, err := json.Marshal(l.Labels)
		if err != nil || l.Labels == nil {
			raw = []byte("{}")
		}
		out[i] = raw
	}
	return out
}

// idColumn gives each line an id of its own that is the same at the next answer. Equal lines are numbered.
func idColumn(lines []LogLine) *data.Field {
	labels := labelsOf(lines)
	seen := map[string]int{}
	ids := make([]string, len(lines))
	for i, l := range lines {
		h := fnv.New64a()
		_, _ = h.Write(labels[i])
		_, _ = h.Write([]byte(l.Body))
		id := fmt.Sprintf("%d_%016x", l.Time.UnixNano(), h.Sum64())
		seen[id]++
		if n := seen[id]; n > 1 {
			id = fmt.Sprintf("%s_%d", id, n)
		}
		ids[i] = id
	}
	f := data.NewField("id", nil, ids)
	f.Config = &data.FieldConfig{DisplayNameFromDS: "Id"}
	return f
}
