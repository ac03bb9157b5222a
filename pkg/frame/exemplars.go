package frame

import (
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// Exemplar is one execution behind a graph of latency.
type Exemplar struct {
	Key     flowstep.Key
	Flow    *string
	Time    time.Time
	Seconds float64
	TraceID string
	JobID   *string // that the trace has its id from: a run, or a job within one; nil: unknown
}

// Exemplars makes the frame that Grafana draws as points over a graph or a heatmap.
func Exemplars(list []Exemplar, info Info, l Links) *data.Frame {
	type E = Exemplar
	f := data.NewFrame("exemplar",
		column(list, "Time", "", "", func(e *E) time.Time { return e.Time }),
		column(list, "Value", "Execution time", "", func(e *E) float64 { return e.Seconds }, inSeconds),
		column(list, "trace_id", "Trace", "", func(e *E) string { return e.TraceID }, links(l.wholeTrace())),
		column(list, "run_id", "Run", "Id of the run, or of a job within it.", func(e *E) *string { return e.JobID }, links(l.run())),
		column(list, "workspace", "Workspace", "", func(e *E) *string { return known(e.Key.Workspace) }),
		column(list, "flow", "Flow", "Path of the flow, where it is known.", func(e *E) *string { return e.Flow }),
		column(list, "step", "Step", "Id of the flow's module.", func(e *E) *string { return known(e.Key.Step) }),
	)
	f.Meta = meta("exemplar", info)
	f.Meta.DataTopic = data.DataTopicAnnotations
	return f
}

// wholeTrace opens the trace of the cell.
func (l Links) wholeTrace() data.DataLink {
	if l.TempoUID == "" {
		return data.DataLink{}
	}
	return data.DataLink{Title: "Trace in Tempo", Internal: &data.InternalDataLink{
		DatasourceUID: l.TempoUID,
		Query:         map[string]any{"refId": "A", "queryType": "traceql", "query": "${__value.raw}"},
	}}
}
