package plugin

import (
	"context"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// stepMap draws flows as graphs: the order of steps from the newest runs, their figures from span metrics.
func (d *Datasource) stepMap(ctx context.Context, r request) (data.Frames, error) {
	if d.reader == nil {
		return nil, needs("a map of steps", "Tempo")
	}
	n := newNotes()
	list, err := d.recording(n).ListWhole(ctx, r.Query, r.within, r.Limit)
	if err != nil {
		return nil, err
	}
	n.fromTempo(list.Notices, list.Queries, list.Cost)
	sample := make([]*windmill.Run, 0, len(list.Runs))
	for _, run := range list.Runs {
		sample = append(sample, run.Run)
	}
	m := flowstep.MapRuns(sample)
	d.mapStats(ctx, r, &m, n)
	n.info.Custom["sampledRuns"] = m.Runs
	switch {
	case m.Runs == 0:
		n.infof("No run of a flow was found: widen the time range or the filters.")
	default:
		n.infof("The map shows what the newest runs of the range did (%s): steps and branches that none of them took are not on it.", counted(m.Runs, "run"))
	}
	if len(m.Flows) > 1 {
		n.infof("These are runs of %d flows, each with a start and an end of its own: choose a flow to see it alone.", len(m.Flows))
	}
	sayUnfinished(n, list.Runs)
	return frame.StepMap(m, n.info, d.links(r.within)), nil
}

// mapStats puts calls, p95 and errors of the whole range on the map, where span metrics tell steps of different flows
// apart. Without them the figures are those of the sampled runs, which is said.
func (d *Datasource) mapStats(ctx context.Context, r request, m *flowstep.StepMap, n *notes) {
	const sampled = "Calls, p95 and errors are those of the sampled runs alone"
	keys := make([]spanmetrics.Key, 0, len(m.Nodes))
	for _, k := range m.Keys() {
		keys = append(keys, spanmetrics.Key(k))
	}
	n.info.Custom["baselineSource"] = string(spanmetrics.SourceNone)
	switch {
	case len(keys) == 0:
		return
	case d.metrics == nil:
		n.infof("%s: Prometheus is not configured.", sampled)
		return
	}
	res, err := d.metrics.StepStats(ctx, spanmetrics.StatsRequest{Filter: spanmetrics.Filter{Keys: keys}, Start: r.within.From, End: r.within.To})
	if err != nil {
		n.warnf("%s: %v", sampled, err)
		return
	}
	n.fromFigures(res.Source, res.Histogram, res.Notices, res.Queries)
	if res.Source != spanmetrics.SourceSpanMetrics {
		n.infof("%s: the span metrics do not tell the steps of different flows apart.", sampled)
		return
	}
	stats := make([]flowstep.Stats, 0, len(res.Rows))
	for _, row := range res.Rows {
		stats = append(stats, statsOf(row, res.Shape))
	}
	m.WithStats(stats)
}
