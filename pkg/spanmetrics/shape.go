package spanmetrics

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
)

// The six series that Tempo's metrics generator makes of spans.
const (
	metricCalls   = "traces_spanmetrics_calls_total"
	metricLatency = "traces_spanmetrics_latency" // native histogram
	metricBucket  = "traces_spanmetrics_latency_bucket"
	metricCount   = "traces_spanmetrics_latency_count"
	metricSum     = "traces_spanmetrics_latency_sum"
	metricSize    = "traces_spanmetrics_size_total"
)

// Labels that a step is known by.
const (
	labelWorkspace  = "workspace_id"
	labelStepPath   = "step_path"
	labelScriptPath = "script_path"
	labelStep       = "flow_step_id"
	labelSpanName   = "span_name"
	labelLanguage   = "language"
	labelTag        = "tag"
	labelJobKind    = "job_kind"
)

var (
	allSeries = []string{metricCalls, metricLatency, metricBucket, metricCount, metricSum, metricSize}

	// windmillTags are the span attributes that may be dimensions, and step_path, which a collector derives.
	windmillTags = []string{labelWorkspace, labelStepPath, labelScriptPath, labelStep, labelLanguage, labelTag, labelJobKind,
		"job_id", "parent_job", "root_job", "worker", "worker_id", "script_hash", "created_by", "trigger_kind", "trigger"}
)

const (
	anySeries   = `__name__=~"traces_spanmetrics_(calls_total|latency|latency_bucket|latency_count|latency_sum|size_total)"`
	windmillJob = labelSpanName + `=~"full_job|job( .+)?"`
)

// shapeRange is how far back Shape looks for series.
const shapeRange = 24 * time.Hour

// Shape finds out which span metrics there were in the 24 hours before at, and which of Windmill's tags they carry.
func (c *Client) Shape(ctx context.Context, at time.Time) (Shape, error) {
	return c.findShape(ctx, at.Add(-shapeRange), at)
}

// shapeIn is the shape of the series in a time range, kept for a minute.
func (c *Client) shapeIn(ctx context.Context, start, end time.Time) (Shape, error) {
	if c.up.PerUser() {
		return c.findShape(ctx, start, end) // what one user may see is not for another
	}
	key := timeRange{start.Unix() / 60, end.Unix() / 60}
	c.mu.Lock()
	kept, ok := c.shapes[key]
	c.mu.Unlock()
	if ok && time.Since(kept.found) < shapeLifetime {
		return kept.shape, nil
	}
	shape, err := c.findShape(ctx, start, end)
	if err != nil {
		return Shape{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.shapes) >= 256 {
		clear(c.shapes)
	}
	c.shapes[key] = cachedShape{shape, time.Now()}
	return shape, nil
}

func (c *Client) findShape(ctx context.Context, start, end time.Time) (Shape, error) {
	var names, labels []string
	g, ctx := group.WithContext(ctx)
	g.Go(func() error {
		values, _, _, err := c.api.LabelValues(ctx, "__name__", []string{"{" + anySeries + "}"}, start, end)
		for _, v := range values {
			names = append(names, string(v))
		}
		return c.failed(err)
	})
	g.Go(func() error {
		// Other programs' spans may have other dimensions.
		found, _, _, err := c.api.LabelNames(ctx, []string{"{" + anySeries + "," + windmillJob + "}"}, start, end)
		for _, l := range found {
			labels = append(labels, string(l))
		}
		return c.failed(err)
	})
	if err := g.Wait(); err != nil {
		return Shape{}, err
	}
	return shapeOf(names, labels), nil
}

func shapeOf(names, labels []string) Shape {
	s := Shape{Windmill: len(labels) > 0}
	for _, m := range allSeries {
		if slices.Contains(names, m) {
			s.Series = append(s.Series, m)
		} else {
			s.Missing = append(s.Missing, m)
		}
	}
	s.Exists = len(s.Series) > 0
	slices.Sort(s.Series)
	slices.Sort(s.Missing)
	for _, l := range labels {
		if !strings.HasPrefix(l, "__") {
			s.Labels = append(s.Labels, l)
		}
		if slices.Contains(windmillTags, l) {
			s.Tags = append(s.Tags, l)
		}
	}
	slices.Sort(s.Labels)
	slices.Sort(s.Tags)
	s.Native = slices.Contains(names, metricLatency)
	s.Classic = slices.Contains(names, metricBucket)
	switch {
	case s.Native:
		s.Histogram = HistogramNative
	case s.Classic:
		s.Histogram = HistogramClassic
	}
	switch {
	case s.Has(labelStepPath):
		s.StepLabel = labelStepPath
	case s.Has(labelScriptPath):
		s.StepLabel = labelScriptPath
	}
	return s
}

// SourceIn says what the span metrics of a time range can tell.
func (c *Client) SourceIn(ctx context.Context, start, end time.Time) (Source, error) {
	shape, err := c.shapeIn(ctx, start, end)
	if err != nil {
		return SourceNone, err
	}
	return dims{shape}.source(), nil
}
