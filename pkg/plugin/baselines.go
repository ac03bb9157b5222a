package plugin

import (
	"context"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
)

// baselines finds what steps usually take, from where the query wants it. When nothing can tell, there are none, and
// that is said.
func (d *Datasource) baselines(ctx context.Context, n *notes, wanted query.Source, keys []flowstep.Key, window time.Duration, at time.Time) flowstep.Baselines {
	if window == 0 {
		window = d.settings.BaselineWindow
	}
	n.info.Custom["baselineSource"] = string(spanmetrics.SourceNone)
	n.info.Custom["baselineWindow"] = window.String()
	if d.metrics == nil {
		n.warnf("Prometheus is not configured: without its span metrics, baselines come from TraceQL metrics, if Tempo has any. Give its URL in the data source's settings.")
	}
	if len(keys) == 0 {
		return nil
	}
	asked := make([]spanmetrics.Key, 0, len(keys))
	for _, k := range keys {
		asked = append(asked, spanmetrics.Key(k))
	}
	from := source{wanted: wanted, start: at.Add(-window), end: at, keys: true}
	res, err := fromFigures(ctx, d, n, from, func(f figures) (spanmetrics.Baselines, bool, error) {
		res, err := f.Baselines(ctx, spanmetrics.BaselineRequest{Keys: asked, Window: window, At: at})
		return res, len(res.ByKey) > 0, err
	})
	if err != nil {
		n.warnf("There are no baselines: %v", err)
		return nil
	}
	n.fromFigures(res.Source, res.Histogram, res.Notices, res.Queries)
	found := make(flowstep.Baselines, len(res.ByKey))
	for k, b := range res.ByKey {
		found[flowstep.Key(k)] = flowstep.Baseline{P50: b.P50, P95: b.P95, Count: b.Count, Resolution: res.Resolution, Series: res.Shape.SeriesOf(k)}
	}
	return found
}
