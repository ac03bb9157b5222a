package frame

import (
	"net/url"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// Links carry Grafana's variables: ${__value.raw} is the cell's value, ${__data.fields["x"]} another field of its row.

// self leads to a query of this data source.
func (l Links) self(title, queryType string, options map[string]any) data.DataLink {
	if l.SelfUID == "" {
		return data.DataLink{}
	}
	query := map[string]any{
		"refId": "A", "queryType": queryType, "datasource": map[string]string{"type": l.SelfType, "uid": l.SelfUID},
	}
	for k, v := range options {
		query[k] = v
	}
	return data.DataLink{Title: title, Internal: &data.InternalDataLink{DatasourceUID: l.SelfUID, Query: query}}
}

// thisRun is the option that names the run in the cell.
func thisRun() map[string]any { return map[string]any{"runId": "${__value.raw}"} }

func (l Links) run() data.DataLink { return l.self("Steps of this run", "flow-steps", thisRun()) }

func (l Links) runTrace() data.DataLink {
	return l.self("Trace of this run, put together", "run-trace", thisRun())
}

func (l Links) compare() data.DataLink {
	return l.self("This run against its baseline", "run-compare", thisRun())
}

func (l Links) runLogs() data.DataLink {
	return l.self("Logs of this run", "step-logs", thisRun())
}

// ofRun are the links of a cell that holds a run's id: to this data source and to its page in Windmill.
func (l Links) ofRun(workspace string) []data.DataLink {
	return []data.DataLink{l.run(), l.runTrace(), l.compare(), l.runLogs(), l.windmill(workspace)}
}

// trace leads to the trace of the row in Tempo, with its span focused.
func (l Links) trace() data.DataLink { return l.traceIn("trace_id", "span_id") }

// traceIn takes the ids of trace and span from those fields of the row.
func (l Links) traceIn(traceField, spanField string) data.DataLink {
	if l.TempoUID == "" {
		return data.DataLink{}
	}
	var focus data.ExplorePanelsState = map[string]any{
		"trace": map[string]string{"spanId": fieldVariable(spanField)},
	}
	return data.DataLink{Title: "Trace in Tempo", Internal: &data.InternalDataLink{
		DatasourceUID:      l.TempoUID,
		Query:              map[string]any{"refId": "A", "queryType": "traceql", "query": fieldVariable(traceField)},
		ExplorePanelsState: &focus,
	}}
}

func (l Links) logs() data.DataLink {
	if l.LokiUID == "" {
		return data.DataLink{}
	}
	return data.DataLink{Title: "Logs of this job", Internal: &data.InternalDataLink{
		DatasourceUID: l.LokiUID,
		Query: map[string]any{
			"refId": "A", "queryType": "range", "expr": `{service_name=~".+"} | job_id="${__value.raw}"`,
		},
	}}
}

func (l Links) windmill(workspace string) data.DataLink {
	if l.WindmillURL == "" {
		return data.DataLink{}
	}
	u := l.WindmillURL + "/run/${__value.raw}"
	if workspace != "" {
		u += "?workspace=" + workspace
	}
	return data.DataLink{Title: "Job in Windmill", URL: u, TargetBlank: true}
}

// prometheus leads to a query in the user's Prometheus.
func (l Links) prometheus(title, expr string) data.DataLink {
	if l.PrometheusUID == "" || expr == "" {
		return data.DataLink{}
	}
	return data.DataLink{Title: title, Internal: &data.InternalDataLink{
		DatasourceUID: l.PrometheusUID,
		Query:         map[string]any{"refId": "A", "expr": expr, "range": true},
	}}
}

// fieldVariable is another field of the row, as it stands.
func fieldVariable(name string) string { return `${__data.fields["` + name + `"]}` }

func escaped(s string) string { return url.QueryEscape(s) }
