package plugin

import (
	"context"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// slowestFor is for how many of the rows the slowest run is looked for: those that took most time.
const slowestFor = 25

// stepStats gives the statistics of steps over the window, with the flow and the slowest run of each from traces.
func (d *Datasource) stepStats(ctx context.Context, r request) (data.Frames, error) {
	n := newNotes()
	res, err := d.statistics(ctx, r, n)
	if err != nil {
		return nil, err
	}
	if res.traced {
		d.addSlowest(ctx, r, n, res.rows)
	}
	if len(res.sizes) > 0 {
		n.info.Custom["spanBytesPerCall"] = res.sizes
	}
	if len(res.rows) == 0 && res.source != spanmetrics.SourceNone {
		n.infof("No step ran in the time range that matches the filters.")
	}
	return data.Frames{frame.StepStats(res.rows, n.info, d.links(r.within))}, nil
}

// statistics are the steps of a window, judged against the one to compare with.
type statistics struct {
	rows      []flowstep.StatsRow
	sizes     map[string]float64 // bytes of spans per call, by path and step
	traced    bool               // Tempo answers
	source    spanmetrics.Source
	histogram spanmetrics.Histogram
}

func (d *Datasource) statistics(ctx context.Context, r request, n *notes) (statistics, error) {
	choice, err := d.chooseSteps(ctx, r, n)
	if err != nil {
		return statistics{}, err
	}
	before := beforeOf(r)
	n.info.Custom["comparedWith"] = before.Add(r.within.From.Sub(r.within.To)).UTC().Format(time.RFC3339)
	res, err := fromFigures(ctx, d, n, choice.source(r), func(f figures) (spanmetrics.StatsResult, bool, error) {
		res, err := f.StepStats(ctx, spanmetrics.StatsRequest{
			Filter: choice.filterFor(f), Start: r.within.From, End: r.within.To, Before: before,
		})
		return res, len(res.Rows) > 0, err
	})
	if err != nil {
		return statistics{}, err
	}
	n.fromFigures(res.Source, res.Histogram, res.Notices, res.Queries)
	choice.sayTraced(n, res.Source)
	stats := make([]flowstep.Stats, 0, len(res.Rows))
	flows := flowstep.FlowsOf{}
	out := statistics{sizes: map[string]float64{}, traced: choice.traced, source: res.Source, histogram: res.Histogram}
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
			out.sizes[s.Key.StepPath+" "+s.Key.Step] = *s.SizeBytes
		}
	}
	out.rows = flowstep.StepStats(stats, flows, nil, flowstep.Rule{Threshold: r.Threshold, MinCalls: r.MinCalls})
	return out, nil
}

// beforeOf is the end of the window to compare with: the one just before, or the same hours a day or a week ago.
func beforeOf(r request) time.Time {
	switch r.CompareWith {
	case query.CompareDay:
		return r.within.To.AddDate(0, 0, -1)
	case query.CompareWeek:
		return r.within.To.AddDate(0, 0, -7)
	}
	return r.within.From
}

func statsOf(r spanmetrics.StepStats, shape spanmetrics.Shape) flowstep.Stats {
	return flowstep.Stats{
		Key: flowstep.Key(r.Key), Calls: r.Calls, Rate: r.Rate, Errors: r.Errors, ErrorRatio: r.ErrorRatio, P50: r.P50, P90: r.P90,
		P95: r.P95, P99: r.P99, Mean: r.Mean, Total: r.Total, SizeBytes: r.SizeBytes, Buckets: r.Buckets,
		PreviousCalls: r.PreviousCalls, PreviousP95: r.PreviousP95, PreviousMean: r.PreviousMean, PreviousBuckets: r.PreviousBuckets, Series: shape.SeriesOf(r.Key),
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
