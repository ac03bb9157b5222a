package simulator

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/proto"
)

// Names of the series that Tempo's span-metrics processor makes.
const (
	metricCalls   = "traces_spanmetrics_calls_total"
	metricLatency = "traces_spanmetrics_latency"
	metricSize    = "traces_spanmetrics_size_total"
)

// MetricsOptions say which span metrics are made. They must agree with Tempo's configuration for the same series.
type MetricsOptions struct {
	// Dimensions are the span attributes that become labels: metrics_generator.processor.span_metrics.dimensions.
	Dimensions []string
	// TargetInfo adds the label `job`, as Tempo does with enable_target_info.
	TargetInfo bool
	// Labels are added to every series: registry.external_labels.
	Labels map[string]string
	// Interval is how often the counters are sampled: registry.collection_interval (Tempo and 0: 15 s).
	Interval time.Duration
	// TraceIDLabel is the label of exemplars: trace_id_label_name (0: trace_id; Tempo: traceID).
	TraceIDLabel string
}

// DefaultDimensions are those of the stack's Tempo configuration.
func DefaultDimensions() []string {
	return []string{"workspace_id", "step_path", "flow_step_id", "language", "tag", "job_kind"}
}

// latencyBuckets are Tempo's default upper bounds, in seconds.
var latencyBuckets = prometheus.ExponentialBuckets(0.002, 2, 14)

// SpanMetrics counts spans as Tempo's metrics generator does (span-metrics processor, generate_native_histograms:
// both), but at the times of the spans. Two differences that rate() and increase() do not see: Tempo forgets a series
// after 15 idle minutes and starts again from zero, and empties a native histogram that grows beyond 100 buckets where
// this one makes its buckets wider.
type SpanMetrics struct {
	options MetricsOptions
	series  map[string]*metricSeries
	order   []*metricSeries // in the order of their first span
}

// metricSeries is everything counted for one set of labels.
type metricSeries struct {
	labels    []label
	calls     float64
	size      float64
	latency   prometheus.Histogram
	exemplars []bucketExemplar // by bucket, +Inf last: the newest since the last sample
}

type label struct{ name, value string }

type bucketExemplar struct {
	traceID string
	value   float64 // seconds
}

// NewSpanMetrics starts all counters at zero.
func NewSpanMetrics(o MetricsOptions) *SpanMetrics {
	if o.TraceIDLabel == "" {
		o.TraceIDLabel = "trace_id"
	}
	if o.Interval == 0 {
		o.Interval = 15 * time.Second
	}
	return &SpanMetrics{options: o, series: map[string]*metricSeries{}}
}

// Observe counts a span.
func (m *SpanMetrics) Observe(span Span) {
	labels := m.labelsOf(span)
	key := labelKey(labels)
	series := m.series[key]
	if series == nil {
		series = &metricSeries{
			labels: labels, latency: newLatency(), exemplars: make([]bucketExemplar, len(latencyBuckets)+1),
		}
		m.series[key] = series
		m.order = append(m.order, series)
	}
	seconds := 0.0
	if span.EndTimeUnixNano > span.StartTimeUnixNano {
		seconds = float64(span.EndTimeUnixNano-span.StartTimeUnixNano) / float64(time.Second)
	}
	series.calls++
	series.size += float64(proto.Size(span.Span))
	series.latency.Observe(seconds)
	series.exemplars[bucketOf(seconds)] = bucketExemplar{traceID: shortTraceID(span.TraceId), value: seconds}
}

// newLatency is a histogram with classic and native buckets. The parameters are those of Tempo's registry.
func newLatency() prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: metricLatency, Help: "Duration of spans in seconds.", Buckets: latencyBuckets,
		NativeHistogramBucketFactor:    1.1,
		NativeHistogramMaxBucketNumber: 100,
		NativeHistogramMaxExemplars:    -1,
	})
}

func (m *SpanMetrics) labelsOf(span Span) []label {
	labels := []label{
		{"service", span.Service},
		{"span_name", span.Name},
		{"span_kind", span.Kind.String()},
		{"status_code", span.Status.GetCode().String()},
	}
	for _, dimension := range m.options.Dimensions {
		// A dimension that the span does not have is an empty label, and that is none.
		if value := span.Attribute(dimension); value != "" {
			labels = append(labels, label{dimension, value})
		}
	}
	if m.options.TargetInfo {
		labels = append(labels, label{"job", span.Service})
	}
	for _, name := range slices.Sorted(maps.Keys(m.options.Labels)) {
		labels = append(labels, label{name, m.options.Labels[name]})
	}
	return labels
}

func labelKey(labels []label) string {
	var key strings.Builder
	for _, l := range labels {
		key.WriteString(l.name + "\x00" + l.value + "\x00")
	}
	return key.String()
}

// bucketOf is the index of the classic bucket of a duration, the last one for +Inf.
func bucketOf(seconds float64) int {
	for i, bound := range latencyBuckets {
		if seconds <= bound {
			return i
		}
	}
	return len(latencyBuckets)
}

// shortTraceID is a trace id as Tempo writes it into exemplars: without leading zeros.
func shortTraceID(id []byte) string {
	return strings.TrimLeft(TraceID(id).String(), "0")
}

// histogram is the state of the latency histogram.
func (s *metricSeries) histogram() (*dto.Histogram, error) {
	var metric dto.Metric
	if err := s.latency.Write(&metric); err != nil {
		return nil, err
	}
	return metric.Histogram, nil
}

// classicBuckets are the cumulative counts of the classic buckets, +Inf last.
func classicBuckets(h *dto.Histogram) []float64 {
	counts := make([]float64, 0, len(h.Bucket)+1)
	for _, bucket := range h.Bucket {
		counts = append(counts, float64(bucket.GetCumulativeCount()))
	}
	return append(counts, float64(h.GetSampleCount()))
}
