package bench

import (
	"context"
	"errors"
	"strings"
)

// panel is one query as a provisioned dashboard asks it.
type panel struct {
	query
	aggregate bool // figures of steps, with no run read whole
}

func (p panel) kind() string {
	kind, _ := p.query["queryType"].(string)
	return kind
}

// figure names a figure of the panel's query type.
func (p panel) figure(what string) string { return strings.ReplaceAll(p.kind(), "-", "_") + "_" + what }

// panels are those of a dashboard, of the flow of the many runs and of one of them, as the provisioned ones ask: a
// panel for each query type but step-logs, which logsPanel is for.
func panels(runID string) []panel {
	flow := func(kind string, more query) query {
		q := query{"queryType": kind, "filters": map[string]any{"workspace": []string{"many"}, "flow": []string{"f/crm/sync"}}}
		for k, v := range more {
			q[k] = v
		}
		return q
	}
	run := func(kind string) query { return query{"queryType": kind, "runId": runID} }
	return []panel{
		{flow("step-latency", query{"quantiles": []float64{0.5, 0.95}}), true},
		{flow("step-contribution", nil), true},
		{flow("step-regressions", nil), true},
		{flow("step-heatmap", nil), true},
		{flow("step-stats", nil), true},
		{flow("run-grid", query{"measure": "ratio", "limit": 20}), false},
		{flow("step-map", query{"limit": 20}), false},
		{flow("flow-runs", query{"limit": 100}), false},
		{flow("deployments", query{"limit": 100}), false},
		{run("flow-steps"), false},
		{run("run-compare"), false},
		{run("run-trace"), false},
	}
}

// logsPanel asks for the log lines of a run. It alone needs Loki.
func logsPanel(runID string) panel {
	return panel{query{"queryType": "step-logs", "runId": runID, "limit": 500, "direction": "forward"}, false}
}

// newestRun is the id of the newest of the many runs.
func (b *bench) newestRun(ctx context.Context) (id string, err error) {
	err = b.steady(ctx, "looking for a run", func() error {
		frames, err := b.plugin.ask(ctx, b.direct, b.manyFrom, b.manyTo, query{
			"queryType": "flow-runs", "limit": 1, "filters": map[string]any{"workspace": []string{"many"}, "outcome": []string{"ok"}},
		})
		if err != nil {
			return err
		}
		field, _ := frames["A"].FieldByName("run_id")
		if field == nil || field.Len() == 0 {
			return errors.New("none of the runs that were sent is found by Tempo")
		}
		id, _ = field.At(0).(string)
		return nil
	})
	return id, err
}
