package plugin

import (
	"context"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
)

// figures is where the figures of steps come from: span metrics in Prometheus, or TraceQL metrics of Tempo.
type figures interface {
	Baselines(context.Context, spanmetrics.BaselineRequest) (spanmetrics.Baselines, error)
	StepStats(context.Context, spanmetrics.StatsRequest) (spanmetrics.StatsResult, error)
	StepSeries(context.Context, spanmetrics.SeriesRequest) (spanmetrics.SeriesResult, error)
	Heatmap(context.Context, spanmetrics.HeatmapRequest) (spanmetrics.HeatmapResult, error)
}

// fromFigures asks where the answer is best: TraceQL metrics when the query wants them, or when it leaves the choice
// and span metrics do not tell the steps of different flows apart. When Tempo then has no answer, span metrics are
// asked after all, and why is said.
func fromFigures[R any](ctx context.Context, d *Datasource, n *notes, s source, ask func(figures) (R, bool, error)) (R, error) {
	var none R
	traces, err := d.wantsTraces(ctx, s)
	if err != nil {
		return none, err
	}
	if traces {
		answer, some, err := ask(d.traces)
		switch {
		case err == nil && some, s.wanted == query.SourceTraceQLMetrics, ctx.Err() != nil:
			return answer, err
		case err != nil && d.metrics != nil:
			n.infof("TraceQL metrics would tell the steps of different flows apart, but: %v", err)
		case d.metrics == nil:
			return answer, err
		}
	}
	if d.metrics == nil {
		return none, needs("figures of steps", "Prometheus")
	}
	answer, _, err := ask(d.metrics)
	return answer, err
}

// source says which source a query wants, over which time, and if it names keys: TraceQL metrics need some.
type source struct {
	wanted     query.Source
	start, end time.Time
	keys       bool
}

func (d *Datasource) wantsTraces(ctx context.Context, s source) (bool, error) {
	switch {
	case s.wanted == query.SourceTraceQLMetrics && d.traces == nil:
		return false, needs("TraceQL metrics", "Tempo")
	case s.wanted == query.SourceTraceQLMetrics:
		return true, nil
	case s.wanted == query.SourceSpanMetrics && d.metrics == nil:
		return false, needs("span metrics", "Prometheus")
	case s.wanted == query.SourceSpanMetrics:
		return false, nil
	case d.traces == nil || !s.keys:
		return false, nil
	case d.metrics == nil:
		return true, nil
	}
	source, err := d.metrics.SourceIn(ctx, s.start, s.end)
	return err == nil && source != spanmetrics.SourceSpanMetrics, nil
}
