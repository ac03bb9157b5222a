package plugin

import (
	"fmt"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// tellCost writes into the frames' meta what the query took, for Grafana's inspector: for each upstream the requests,
// what was received and the time, and behind each executed query how long its answer took. What the upstreams' own
// limits left out becomes notices.
func tellCost(frames data.Frames, m *upstream.Meter) {
	var stats []data.QueryStat
	for _, u := range m.Usage() {
		stats = append(stats,
			stat("Requests to "+u.Upstream, "", float64(u.Requests)),
			stat("Received from "+u.Upstream, "decbytes", float64(u.Bytes)),
		)
		if u.Time > 0 {
			stats = append(stats, stat("Time of "+u.Upstream+", sum of all requests", "s", u.Time.Seconds()))
		}
	}
	for _, f := range frames {
		if f.Meta == nil {
			f.Meta = &data.FrameMeta{}
		}
		f.Meta.Stats = append(f.Meta.Stats, stats...)
		f.Meta.ExecutedQueryString = timed(f.Meta.ExecutedQueryString, m)
	}
	if len(frames) == 0 {
		return
	}
	for _, text := range m.Said() { // once, for all frames
		frames[0].Meta.Notices = append(frames[0].Meta.Notices, data.Notice{Severity: data.NoticeSeverityWarning, Text: text})
	}
}

func stat(name, unit string, value float64) data.QueryStat {
	return data.QueryStat{FieldConfig: data.FieldConfig{DisplayName: name, Unit: unit}, Value: value}
}

// timed adds the time to each query that stands on a line of its own.
func timed(queries string, m *upstream.Meter) string {
	lines := strings.Split(queries, "\n")
	for i, line := range lines {
		if took := m.Took(line); took > 0 {
			lines[i] = fmt.Sprintf("%s  # %s", line, took.Round(100*time.Microsecond))
		}
	}
	return strings.Join(lines, "\n")
}
