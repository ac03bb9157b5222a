package plugin

import (
	"context"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// slowestFor is for how many of the rows the slowest run is looked for: those that took most time.
const slowestFor = 25

// stepStats gives the statistics of steps over the window, with the flow and the slowest run of each from traces.
func (d *Datasource) stepStats(ctx context.Context, r request) (data.Frames, error) {
	if d.metrics == nil {
		return nil, needs("step statistics", "Prometheus")
	}
	n := newNotes()
	choice, err := d.chooseSteps(ctx, r, n)
	if err != nil {
		return nil, err
	}
	res, err := d.metrics.StepStats(ctx, spanmetrics.StatsRequest{Filter: choice.filter, Start: r.within.From, End: r.within.To})
	if err != nil {
		return nil, err
	}
	n.fromMetrics(res.Notices, res.Queries)
	n.info.Custom["baselineSource"], n.info.Custom["baselineHistogram"] = string(res.Source), string(res.Histogram)
	stats := make([]flowstep.Stats, 0, len(res.Rows))
	flows := flowstep.FlowsOf{}
	sizes := map[string]float64{}
	for _, row := range res.Rows {
		s := statsOf(row, res.Shape)
		if !choice.keep(s.Key) {
			continue
		}
		stats = append(stats, s)
		if list := choice.flowOf(s.Key)[s.Key]; len(list) > 0 {
			flows[s.Key] = list
		}
		if s.SizeBytes != nil {
			sizes[s.Key.StepPath+" "+s.Key.Step] = *s.SizeBytes
		}
	}
	rows := flowstep.StepStats(stats, flows, nil)
	if choice.traced {
		d.addSlowest(ctx, r, n, rows)
	}
	if len(sizes) > 0 {
		n.info.Custom["spanBytesPerCall"] = sizes
	}
	if len(rows) == 0 && res.Source != spanmetrics.SourceNone {
		n.infof("No step ran in the time range that matches the filters.")
	}
	return data.Frames{frame.StepStats(rows, n.info, d.links(r.within))}, nil
}

func statsOf(r spanmetrics.StepStats, shape spanmetrics.Shape) flowstep.Stats {
	return flowstep.Stats{
		Key: flowstep.Key(r.Key), Calls: r.Calls, Rate: r.Rate, Errors: r.Errors, ErrorRatio: r.ErrorRatio, P50: r.P50, P90: r.P90,
		P95: r.P95, P99: r.P99, Mean: r.Mean, Total: r.Total, PreviousP95: r.PreviousP95, SizeBytes: r.SizeBytes, Series: shape.SeriesOf(r.Key),
	}
}

// addSlowest fills in the run of the slowest execution for the rows that took most time. Executions from 0.7 of the p99
// on are looked at: quantiles come from buckets, so the slowest execution may be well below the p99 they give.
func (d *Datasource) addSlowest(ctx context.Context, r request, n *notes, rows []flowstep.StatsRow) {
	var steps []runs.SlowThreshold
	for _, row := range rows {
		if row.P99 != nil && len(steps) < slowestFor {
			from := time.Duration(*row.P99 * 0.7 * float64(time.Second)).Truncate(time.Microsecond)
			steps = append(steps, runs.SlowThreshold{Key: row.Key, From: from})
		}
	}
	slowest, queries, err := d.reader.SlowestRuns(ctx, steps, r.within)
	n.info.Queries = append(n.info.Queries, queries...)
	if err != nil {
		n.warnf("The slowest runs are unknown: %v", err)
	}
	for i := range rows {
		if run := slowest[rows[i].Key]; run != "" {
			rows[i].SlowestRun = &run
		}
	}
}
