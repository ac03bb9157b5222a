package frame

import (
	"strconv"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// LatencySeries is one quantile of one step over time.
type LatencySeries struct {
	Key      flowstep.Key
	Flow     *string // nil: unknown
	Quantile float64 // 0..1
	Times    []time.Time
	Values   []*float64 // seconds; nil where nothing ran
}

// StepLatency makes the frames step-latency: time series in the form that dashboards and alert rules take
// (timeseries-multi), one frame for each series. Without series it is one frame without fields, which says the same.
func StepLatency(list []LatencySeries, info Info) data.Frames {
	frames := make(data.Frames, 0, len(list))
	for _, s := range list {
		labels := seriesLabels(s)
		v := data.NewField("latency", labels, s.Values)
		v.Config = &data.FieldConfig{Unit: "s", DisplayNameFromDS: seriesName(s), Description: "Execution time."}
		frames = append(frames, data.NewFrame("step-latency", data.NewField("time", nil, s.Times), v))
	}
	if len(frames) == 0 {
		frames = append(frames, data.NewFrame("step-latency"))
	}
	for i, f := range frames {
		if i == 0 {
			f.Meta = meta("step-latency", info)
		} else { // notices and statistics are said once
			f.Meta = meta("step-latency", Info{Queries: info.Queries, Custom: info.Custom})
		}
		f.Meta.Type, f.Meta.TypeVersion = data.FrameTypeTimeSeriesMulti, data.FrameTypeVersion{0, 1}
		f.Meta.PreferredVisualization = data.VisTypeGraph
	}
	return frames
}

func seriesLabels(s LatencySeries) data.Labels {
	labels := data.Labels{"quantile": strconv.FormatFloat(s.Quantile, 'g', -1, 64)}
	for name, value := range map[string]string{"workspace": s.Key.Workspace, "step": s.Key.Step, "script_path": s.Key.StepPath} {
		if value != "" {
			labels[name] = value
		}
	}
	if s.Flow != nil {
		labels["flow"] = *s.Flow
	}
	return labels
}

// seriesName is what a legend shows: the flow if it is known, the step and the quantile.
func seriesName(s LatencySeries) string {
	parts := make([]string, 0, 3)
	switch {
	case s.Flow != nil:
		parts = append(parts, *s.Flow)
	case s.Key.StepPath != "":
		parts = append(parts, s.Key.StepPath)
	}
	if s.Key.Step != "" {
		parts = append(parts, s.Key.Step)
	}
	return strings.Join(append(parts, "p"+strconv.FormatFloat(s.Quantile*100, 'g', 6, 64)), " ")
}
