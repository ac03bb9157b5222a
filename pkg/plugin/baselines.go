package plugin

import (
	"context"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
)

// baselines finds what steps usually take. Without Prometheus, or when it fails, there are none, and that is said.
func (d *Datasource) baselines(ctx context.Context, n *notes, keys []flowstep.Key, window time.Duration, at time.Time) flowstep.Baselines {
	if window == 0 {
		window = d.settings.BaselineWindow
	}
	n.info.Custom["baselineSource"] = string(spanmetrics.SourceNone)
	n.info.Custom["baselineWindow"] = window.String()
	if d.metrics == nil {
		n.warnf("Prometheus is not configured, so there are no baselines: give its URL in the data source's settings.")
		return nil
	}
	if len(keys) == 0 {
		return nil
	}
	asked := make([]spanmetrics.Key, 0, len(keys))
	for _, k := range keys {
		asked = append(asked, spanmetrics.Key(k))
	}
	res, err := d.metrics.Baselines(ctx, spanmetrics.BaselineRequest{Keys: asked, Window: window, At: at})
	if err != nil {
		n.warnf("There are no baselines: %v", err)
		return nil
	}
	n.fromMetrics(res.Notices, res.Queries)
	n.info.Custom["baselineSource"] = string(res.Source)
	n.info.Custom["baselineHistogram"] = string(res.Histogram)
	found := make(flowstep.Baselines, len(res.ByKey))
	for k, b := range res.ByKey {
		found[flowstep.Key(k)] = flowstep.Baseline{P50: b.P50, P95: b.P95, Count: b.Count, Series: res.Shape.SeriesOf(k)}
	}
	return found
}
