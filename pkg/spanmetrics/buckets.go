package spanmetrics

import (
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/histogram"
	"github.com/prometheus/common/model"
)

const labelBound = "le"

// buckets is the PromQL of the executions by bucket: a native histogram, or one cumulative series for each bound.
func (f figure) buckets(h Histogram, function string) string {
	if h == HistogramNative {
		return f.sum(function, metricLatency)
	}
	return f.sumBy([]string{labelBound}, function, metricBucket)
}

// bound reads the upper bound of a classic bucket.
func bound(m model.Metric) (float64, bool) {
	v, err := strconv.ParseFloat(string(m[labelBound]), 64)
	return v, err == nil
}

// nativeFactor is the width of the buckets of Tempo's native histograms (schema 3).
var nativeFactor = math.Exp2(1.0 / 8)

// resolution finds how exact the quantiles of a kind of histogram are: the bounds of classic buckets are in the
// label le.
func (c *Client) resolution(ctx context.Context, h Histogram, start, end time.Time) (histogram.Resolution, error) {
	switch h {
	case HistogramNative:
		return histogram.Resolution{Factor: nativeFactor}, nil
	case HistogramNone:
		return histogram.Resolution{}, nil
	}
	values, _, _, err := c.api.LabelValues(ctx, labelBound, []string{metricBucket + "{" + windmillJob + "}"}, start, end)
	if err != nil {
		return histogram.Resolution{}, c.failed(err)
	}
	var r histogram.Resolution
	for _, v := range values {
		if upper, ok := bound(model.Metric{labelBound: v}); ok && !math.IsInf(upper, 0) {
			r.Bounds = append(r.Bounds, upper)
		}
	}
	slices.Sort(r.Bounds)
	return r, nil
}

// native reads the buckets of a native histogram. Those below zero, which a duration cannot be, count from zero.
func native(h *model.SampleHistogram) histogram.Histogram {
	out := make(histogram.Histogram, 0, len(h.Buckets))
	for _, b := range h.Buckets {
		out = append(out, histogram.Bucket{Lower: max(float64(b.Lower), 0), Upper: float64(b.Upper), Count: float64(b.Count)})
	}
	return out
}

// bucketCollector gathers the answers to buckets by step.
type bucketCollector struct {
	native  map[Key]histogram.Histogram
	classic map[Key][]histogram.Cumulative
}

func newBucketCollector() bucketCollector {
	return bucketCollector{map[Key]histogram.Histogram{}, map[Key][]histogram.Cumulative{}}
}

func (c bucketCollector) add(k Key, s *model.Sample) {
	if s.Histogram != nil {
		c.native[k] = native(s.Histogram)
		return
	}
	if upper, ok := bound(s.Metric); ok && !math.IsNaN(float64(s.Value)) {
		c.classic[k] = append(c.classic[k], histogram.Cumulative{Upper: upper, Count: float64(s.Value)})
	}
}

func (c bucketCollector) of(k Key) histogram.Histogram {
	if h := c.native[k]; h != nil {
		return h
	}
	return histogram.FromCumulative(c.classic[k])
}
