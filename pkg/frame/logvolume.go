package frame

import (
	"maps"
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// LogVolume makes the frames of step-logs with volume: a time series of the number of lines for each level, which
// Explore stacks above the lines. counts has a count for each time; the level "" is not known.
func LogVolume(times []time.Time, counts map[string][]float64, info Info) data.Frames {
	frames := make(data.Frames, 0, len(counts))
	for _, level := range slices.Sorted(maps.Keys(counts)) {
		labels := data.Labels{}
		if level != "" {
			labels["level"] = level
		}
		f := data.NewFrame("log-volume", data.NewField("time", nil, times), data.NewField("lines", labels, counts[level]))
		f.Meta = meta("log-volume", info)
		f.Meta.Type, f.Meta.TypeVersion = data.FrameTypeTimeSeriesMulti, data.FrameTypeVersion{0, 1}
		frames = append(frames, f)
		info = Info{Custom: info.Custom} // notices and queries are said once
	}
	if len(frames) == 0 {
		f := data.NewFrame("log-volume")
		f.Meta = meta("log-volume", info)
		frames = append(frames, f)
	}
	return frames
}
