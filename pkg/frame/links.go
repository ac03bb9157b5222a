package frame

import (
	"net/url"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// Links carry Grafana's variables: ${__value.raw} is the cell's value, ${__data.fields["x"]} another field of its row.

func (l Links) run() data.DataLink {
	if l.SelfUID == "" {
		return data.DataLink{}
	}
	return data.DataLink{Title: "Steps of this run", Internal: &data.InternalDataLink{
		DatasourceUID: l.SelfUID,
		Query: map[string]any{
			"refId": "A", "queryType": "flow-steps", "runId": "${__value.raw}",
			"datasource": map[string]string{"type": l.SelfType, "uid": l.SelfUID},
		},
	}}
}

func (l Links) trace() data.DataLink {
	if l.TempoUID == "" {
		return data.DataLink{}
	}
	var focus data.ExplorePanelsState = map[string]any{
		"trace": map[string]string{"spanId": `${__data.fields["span_id"]}`},
	}
	return data.DataLink{Title: "Trace in Tempo", Internal: &data.InternalDataLink{
		DatasourceUID:      l.TempoUID,
		Query:              map[string]any{"refId": "A", "queryType": "traceql", "query": `${__data.fields["trace_id"]}`},
		ExplorePanelsState: &focus,
	}}
}

func (l Links) logs() data.DataLink {
	if l.LokiUID == "" {
		return data.DataLink{}
	}
	selector := l.StreamSelector
	if selector == "" {
		selector = `{service_name=~".+"}`
	}
	return data.DataLink{Title: "Logs of this job", Internal: &data.InternalDataLink{
		DatasourceUID: l.LokiUID,
		Query: map[string]any{
			"refId": "A", "queryType": "range", "expr": selector + ` | job_id="${__value.raw}"`,
		},
	}}
}

// stepLogs leads to the log lines of the row's job in this data source. The row must have the fields run_id and job_id.
func (l Links) stepLogs() data.DataLink {
	if l.SelfUID == "" || !l.HasLogs {
		return data.DataLink{}
	}
	return data.DataLink{Title: "Log lines of this job", Internal: &data.InternalDataLink{
		DatasourceUID: l.SelfUID,
		Query: map[string]any{
			"refId": "A", "queryType": "step-logs", "runId": fieldVariable("run_id"),
			"filters":    map[string]any{"jobId": []string{fieldVariable("job_id")}},
			"datasource": map[string]string{"type": l.SelfType, "uid": l.SelfUID},
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
