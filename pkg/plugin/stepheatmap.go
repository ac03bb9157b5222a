package plugin

import (
	"context"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// stepHeatmap counts the executions of a step by time and by how long they took. Several steps are added up.
func (d *Datasource) stepHeatmap(ctx context.Context, r request) (data.Frames, error) {
	if r.Filters.Compares("flow") {
		return nil, &query.Error{Message: "A heatmap adds all steps up, so its flow can be filtered by = alone: name the flow, or choose by script path."}
	}
	n := newNotes()
	choice, err := d.chooseSteps(ctx, r, n)
	if err != nil {
		return nil, err
	}
	res, err := fromFigures(ctx, d, n, choice.source(r), func(f figures) (spanmetrics.HeatmapResult, bool, error) {
		res, err := f.Heatmap(ctx, spanmetrics.HeatmapRequest{
			Filter: choice.filterFor(f), Start: r.within.From, End: r.within.To, Step: stepOf(r),
			Keep: func(k spanmetrics.Key) bool { return choice.keep(flowstep.Key(k)) },
		})
		return res, len(res.Columns) > 0, err
	})
	if err != nil {
		return nil, err
	}
	n.fromFigures(res.Source, res.Histogram, res.Notices, res.Queries)
	choice.sayTraced(n, res.Source)
	n.info.Custom["steps"] = len(res.Steps)
	h := frame.Heatmap{Interval: res.Interval}
	for _, c := range res.Columns {
		h.Columns = append(h.Columns, frame.HeatmapColumn{End: c.End, Buckets: c.Buckets})
	}
	switch len(res.Steps) {
	case 0:
		n.infof("No step ran in the time range that matches the filters.")
	case 1:
		key := flowstep.Key(res.Steps[0])
		h.Key, h.Flow, h.Matchers = key, flowstep.FlowOf(key, choice.flowOf(key)), res.Shape.SeriesOf(res.Steps[0])
	default:
		n.infof("%d steps match and are added up: choose one by its flow and step to see it alone.", len(res.Steps))
	}
	points := d.exemplars(ctx, r, n, choice)
	return append(data.Frames{frame.StepHeatmap(h, n.info, d.links(r.within))}, points...), nil
}
