package frame

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/histogram"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// frameTypeHeatmapCells is the type that Grafana's heatmap panel takes as it is: a row is a cell.
const frameTypeHeatmapCells data.FrameType = "heatmap-cells"

// heatmapPanel is the id of Grafana's own heatmap.
const heatmapPanel = "heatmap"

// Heatmap counts executions by time and duration.
type Heatmap struct {
	Key      flowstep.Key // the step, if it is one
	Flow     *string
	Matchers string // of the step's series in Prometheus; empty: there are none
	Interval time.Duration
	Columns  []HeatmapColumn // by time
}

// HeatmapColumn is one interval.
type HeatmapColumn struct {
	End     time.Time
	Buckets histogram.Histogram
}

// StepHeatmap makes the frame step-heatmap: a row for each cell in which something ran. The axis is logarithmic, so
// that the buckets at its ends are drawn as high as their neighbours, which a notice says when there are such
// executions.
func StepHeatmap(h Heatmap, info Info, l Links) *data.Frame {
	drawn := ""
	var ends []time.Time
	var lower, upper, counts []float64
	for _, c := range h.Columns {
		for _, b := range c.Buckets {
			if b.Count <= 0 {
				continue
			}
			if math.IsInf(b.Upper, 1) {
				drawn = fmt.Sprintf("Executions that took more than %g s are in the last bucket, which has no end and is "+
					"drawn up to %g s.", b.Lower, 2*b.Lower)
				b.Upper = 2 * b.Lower
			}
			if b.Lower <= 0 {
				b.Lower = b.Upper / 2
			}
			ends, lower, upper, counts = append(ends, c.End), append(lower, b.Lower), append(upper, b.Upper), append(counts, b.Count)
		}
	}
	x := data.NewField("xMax", nil, ends)
	x.Config = &data.FieldConfig{Interval: float64(h.Interval.Milliseconds())}
	y := data.NewField("yMin", nil, lower)
	y.Config = &data.FieldConfig{Unit: "s", Custom: map[string]any{"scaleDistribution": map[string]any{"type": "log", "log": 2}}}
	top := data.NewField("yMax", nil, upper)
	top.Config = &data.FieldConfig{Unit: "s"}
	count := data.NewField("count", stepLabels(h.Key, h.Flow), counts)
	count.Config = &data.FieldConfig{Unit: "short", Description: "Executions that ended in the interval, as Prometheus estimates them."}
	links(l.ofSeries(series{h.Key, h.Flow, h.Matchers, query.MeasureLatency, 0.95}, info)...)(count.Config)
	if drawn != "" {
		info.Notices = append(slices.Clone(info.Notices), data.Notice{Severity: data.NoticeSeverityInfo, Text: drawn})
	}
	f := data.NewFrame("step-heatmap", x, y, top, count)
	f.Meta = meta("step-heatmap", info)
	f.Meta.Type = frameTypeHeatmapCells
	f.Meta.PreferredVisualizationPluginID = heatmapPanel
	return f
}
