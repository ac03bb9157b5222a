package frame

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// look is how a measure appears in a graph: the name of its field, unit and what it is.
type look struct{ field, unit, about string }

// looks are the measures of the time series.
var looks = map[query.Measure]look{
	query.MeasureLatency: {"latency", "s", "Execution time."},
	query.MeasureErrors:  {"errors", "percentunit", "Failed executions per execution."},
	query.MeasureRate:    {"rate", "ops", "Executions per second."},
	query.MeasureQueue:   {"queue", "s", "From the push of a job to its first pull by a worker, of a sample of the executions."},
	query.MeasureSize:    {"size", "bytes", "Size of a span in Tempo."},
	query.MeasureSeconds: {"seconds", "short", "Seconds spent in the step per second: how many of it run at a time, on average."},
	query.MeasureShare:   {"share", "percentunit", "Share of the time spent in all steps shown."},
}

// StepLatency makes the frames step-latency: time series in the form that dashboards and alert rules take
// (timeseries-multi), one frame for each series. Without series it is one frame without fields, which says the same.
func StepLatency(list []flowstep.Series, m query.Measure, info Info, l Links) data.Frames {
	// A step that runs every few minutes has a value in few intervals: without a line between them a graph shows dots.
	return stepSeries("step-latency", m, list, info, l, map[string]any{"spanNulls": true})
}

// StepContribution makes the frames step-contribution: time series like those of step-latency, which a graph stacks.
func StepContribution(list []flowstep.Series, m query.Measure, info Info, l Links) data.Frames {
	return stepSeries("step-contribution", m, list, info, l, map[string]any{
		"stacking": map[string]any{"mode": "normal", "group": "A"}, "fillOpacity": 60, "lineWidth": 1,
	})
}

// stepSeries makes a frame for each series. draw is how a graph draws it.
func stepSeries(name string, m query.Measure, list []flowstep.Series, info Info, l Links, draw map[string]any) data.Frames {
	look := looks[m]
	frames := make(data.Frames, 0, len(list))
	for _, s := range list {
		times, values := make([]time.Time, len(s.Points)), make([]*float64, len(s.Points))
		for i, p := range s.Points {
			times[i], values[i] = p.Time, p.Value
		}
		v := data.NewField(look.field, seriesLabels(s), values)
		v.Config = &data.FieldConfig{Unit: look.unit, DisplayNameFromDS: seriesName(s), Description: look.about, Custom: maps.Clone(draw)}
		links(l.ofSeries(series{s.Key, s.Flow, s.Matchers, m, s.Quantile}, info)...)(v.Config)
		frames = append(frames, data.NewFrame(name, data.NewField("time", nil, times), v))
	}
	return typed(frames, name, data.FrameTypeTimeSeriesMulti, info)
}

// typed gives frames of one answer their type. Notices and statistics are said once.
func typed(frames data.Frames, name string, kind data.FrameType, info Info) data.Frames {
	if len(frames) == 0 {
		frames = append(frames, data.NewFrame(name))
	}
	for i, f := range frames {
		if i == 0 {
			f.Meta = meta(name, info)
		} else {
			f.Meta = meta(name, Info{Queries: info.Queries, Custom: info.Custom})
		}
		f.Meta.Type, f.Meta.TypeVersion = kind, data.FrameTypeVersion{0, 1}
		f.Meta.PreferredVisualization = data.VisTypeGraph
	}
	return frames
}

func seriesLabels(s flowstep.Series) data.Labels {
	labels := stepLabels(s.Key, s.Flow)
	if s.Quantile > 0 {
		labels["quantile"] = strconv.FormatFloat(s.Quantile, 'g', -1, 64)
	}
	return labels
}

// stepLabels name a step, as far as it is known.
func stepLabels(k flowstep.Key, flow *string) data.Labels {
	labels := data.Labels{}
	for name, value := range map[string]string{"workspace": k.Workspace, "step": k.Step, "script_path": k.StepPath} {
		if value != "" {
			labels[name] = value
		}
	}
	if flow != nil {
		labels["flow"] = *flow
	}
	return labels
}

// seriesName is what a legend shows: the step and, of a quantile, which one.
func seriesName(s flowstep.Series) string {
	name := stepName(s.Key, s.Flow)
	if s.Quantile > 0 {
		name = strings.TrimSpace(name + " p" + strconv.FormatFloat(s.Quantile*100, 'g', 6, 64))
	}
	return name
}

// stepName is the flow if it is known, else the path, and the step.
func stepName(k flowstep.Key, flow *string) string {
	path := k.StepPath
	if flow != nil {
		path = *flow
	}
	return strings.TrimSpace(path + " " + k.Step)
}
