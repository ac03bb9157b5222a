package frame

import (
	"net/url"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// Links carry Grafana's variables: ${__value.raw} is the cell's value, ${__data.fields["x"]} another field of its row.
// Ids are UUIDs and hexadecimal digits, so they need no quoting inside of the quotes that are there; what may hold any
// text, a step or a path, is quoted by the backend and comes as the field `series`.

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

// this is the option that takes the cell's value.
func this(option string) map[string]any { return map[string]any{option: "${__value.raw}"} }

// filtered is the option that filters by other values of the row.
func filtered(filters map[string]string) map[string]any {
	lists := make(map[string][]string, len(filters))
	for name, value := range filters {
		lists[name] = []string{value}
	}
	return map[string]any{"filters": lists}
}

func (l Links) run() data.DataLink { return l.self("Steps of this run", "flow-steps", this("runId")) }

// ofRun are the links of a cell that holds a run's id: to this data source, to its logs in Loki and its page in
// Windmill.
func (l Links) ofRun(workspace string) []data.DataLink {
	return []data.DataLink{
		l.run(),
		l.self("This run as one trace", "run-trace", this("runId")),
		l.self("This run against its baseline", "run-compare", this("runId")),
		l.lines("Log lines of this run", this("runId")),
		l.loki("Logs of this run in Loki", `job_id="${__value.raw}" or root_job="${__value.raw}" or parent_job="${__value.raw}"`),
		l.windmill("Run in Windmill", workspace),
	}
}

// ofJob are the links of a cell that holds a job's id.
func (l Links) ofJob(workspace string) []data.DataLink {
	return []data.DataLink{l.jobLines(), l.loki("Logs of this job in Loki", `job_id="${__value.raw}"`), l.windmill("Job in Windmill", workspace)}
}

// jobLines leads to the log lines of the job in the cell. Any job's id names its run.
func (l Links) jobLines() data.DataLink {
	return l.lines("Log lines of this job", map[string]any{
		"runId": "${__value.raw}", "filters": map[string]any{"jobId": []string{"${__value.raw}"}},
	})
}

// lines leads to log lines in this data source. There are none without Loki.
func (l Links) lines(title string, options map[string]any) data.DataLink {
	if !l.HasLogs {
		return data.DataLink{}
	}
	return l.self(title, "step-logs", options)
}

// ofFlow are the links of a cell that holds a flow's path.
func (l Links) ofFlow() []data.DataLink {
	flow := filtered(map[string]string{"flow": "${__value.raw}"})
	return []data.DataLink{
		l.self("Runs of this flow", "flow-runs", flow),
		l.self("Grid of its runs and steps", "run-grid", flow),
		l.self("Map of its steps", "step-map", flow),
		l.self("Statistics of its steps", "step-stats", flow),
	}
}

// ofStep are the links of a cell that holds a step's id, in a row with the workspace in that field; "": in none.
func (l Links) ofStep(workspaceField string) []data.DataLink {
	filters := map[string]string{"step": "${__value.raw}"}
	if workspaceField != "" {
		filters["workspace"] = fieldVariable(workspaceField)
	}
	return []data.DataLink{
		l.self("Latency of this step over time", "step-latency", filtered(filters)),
		l.self("Runs with this step", "flow-runs", filtered(filters)),
	}
}

// trace leads to the trace of the row in Tempo, with its span focused.
func (l Links) trace() data.DataLink { return l.traceIn("Trace in Tempo", "trace_id", "span_id") }

// traceIn takes the ids of trace and span from those fields of the row.
func (l Links) traceIn(title, traceField, spanField string) data.DataLink {
	if l.TempoUID == "" {
		return data.DataLink{}
	}
	var focus data.ExplorePanelsState = map[string]any{
		"trace": map[string]string{"spanId": fieldVariable(spanField)},
	}
	return data.DataLink{Title: title, Internal: &data.InternalDataLink{
		DatasourceUID:      l.TempoUID,
		Query:              map[string]any{"refId": "A", "queryType": "traceql", "query": fieldVariable(traceField)},
		ExplorePanelsState: &focus,
	}}
}

// loki leads to the log lines whose structured metadata fulfil a condition.
func (l Links) loki(title, condition string) data.DataLink {
	if l.LokiUID == "" {
		return data.DataLink{}
	}
	selector := l.StreamSelector
	if selector == "" {
		selector = `{service_name=~".+"}`
	}
	return data.DataLink{Title: title, Internal: &data.InternalDataLink{
		DatasourceUID: l.LokiUID,
		Query: map[string]any{
			"refId": "A", "queryType": "range", "expr": selector + " | " + condition,
		},
	}}
}

// windmill leads to the page of the run or job whose id is in the cell.
func (l Links) windmill(title, workspace string) data.DataLink {
	if l.WindmillURL == "" {
		return data.DataLink{}
	}
	u := l.WindmillURL + "/run/${__value.raw}"
	if workspace != "" {
		u += "?workspace=" + workspace
	}
	return data.DataLink{Title: title, URL: u, TargetBlank: true}
}

// page leads to the page in Windmill whose path is in that field of the row.
func (l Links) page(title, field string) data.DataLink {
	if l.WindmillURL == "" {
		return data.DataLink{}
	}
	return data.DataLink{Title: title, URL: l.WindmillURL + "/" + fieldVariable(field), TargetBlank: true}
}

// pages gives the paths of pages in Windmill where its address is known. A row without such a page leads to that of
// its job.
func pages[R any](l Links, page func(*windmill.Job) string, job func(*R) *windmill.Job) func(*R) *string {
	return func(r *R) *string {
		j := job(r)
		if l.WindmillURL == "" || j == nil {
			return nil
		}
		path := page(j)
		if path == "" {
			path = windmill.RunPage(j)
		}
		return known(path)
	}
}

// fieldVariable is another field of the row, as it stands.
func fieldVariable(name string) string { return `${__data.fields["` + name + `"]}` }

func escaped(s string) string { return url.QueryEscape(s) }
