package simulator

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/golang/snappy"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/prompb"
)

// writeBatch is how many samples go into one request, about.
const writeBatch = 20000

// RemoteWriter writes the span metrics of past spans to Prometheus, with the times of the spans.
type RemoteWriter struct {
	poster  *poster
	metrics *SpanMetrics
	next    time.Time // of the next sample
	written map[*metricSeries]*writtenSeries
	samples int // waiting to be sent
}

// writtenSeries is what Prometheus has of one set of labels, with the samples that wait to be sent.
type writtenSeries struct {
	calls, size, count, sum, native *prompb.TimeSeries
	buckets                         []*prompb.TimeSeries // +Inf last
}

// NewRemoteWriter writes to the URL of a remote-write receiver (http://host:9090/api/v1/write), from the given time on.
// retryFor bounds the attempts for one request; 0 means 2 minutes.
func NewRemoteWriter(url string, o MetricsOptions, start time.Time, retryFor time.Duration) *RemoteWriter {
	w := &RemoteWriter{
		metrics: NewSpanMetrics(o),
		poster: newPoster("span metrics", url, retryFor, map[string]string{
			"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy",
			"X-Prometheus-Remote-Write-Version": "0.1.0",
		}),
	}
	w.written = map[*metricSeries]*writtenSeries{}
	w.next = start.Add(w.metrics.options.Interval)
	return w
}

// Spans counts spans, which must be in the order of their ends and end before the given time, and writes the samples up
// to that time.
func (w *RemoteWriter) Spans(ctx context.Context, spans []Span, until time.Time) error {
	for _, span := range spans {
		if err := w.sampleUntil(ctx, span.End()); err != nil {
			return err
		}
		w.metrics.Observe(span)
	}
	return w.sampleUntil(ctx, until)
}

// Finish writes a last sample at the given time, and everything that is left.
func (w *RemoteWriter) Finish(ctx context.Context, at time.Time) error {
	if err := w.collect(at); err != nil {
		return err
	}
	return w.flush(ctx)
}

func (w *RemoteWriter) sampleUntil(ctx context.Context, until time.Time) error {
	for ; w.next.Before(until); w.next = w.next.Add(w.metrics.options.Interval) {
		if err := w.collect(w.next); err != nil {
			return err
		}
		if w.samples >= writeBatch {
			if err := w.flush(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// collect samples every series, as Tempo does at each collection: a new counter or classic histogram first gets a zero
// at the end of the minute before, so that its first increase counts. The sum and the native histogram get none.
func (w *RemoteWriter) collect(at time.Time) error {
	ms := at.UnixMilli()
	zero := at.Truncate(time.Minute).Add(-time.Second).UnixMilli()
	for _, series := range w.metrics.order {
		h, err := series.histogram()
		if err != nil {
			return fmt.Errorf("the latency histogram cannot be read: %w", err)
		}
		written, isOld := w.written[series]
		if !isOld {
			written = newWrittenSeries(series.labels)
			w.written[series] = written
		}
		counter := func(ts *prompb.TimeSeries, value float64) {
			if !isOld {
				w.add(ts, zero, 0)
			}
			w.add(ts, ms, value)
		}
		counter(written.calls, series.calls)
		counter(written.size, series.size)
		counter(written.count, float64(h.GetSampleCount()))
		w.add(written.sum, ms, h.GetSampleSum())
		for i, count := range classicBuckets(h) {
			counter(written.buckets[i], count)
			w.addExemplar(written.buckets[i], ms, &series.exemplars[i])
		}
		written.native.Histograms = append(written.native.Histograms, prompb.FromIntHistogram(ms, nativeHistogram(h)))
		w.samples++
	}
	return nil
}

func newWrittenSeries(labels []label) *writtenSeries {
	out := &writtenSeries{
		calls: timeSeries(metricCalls, labels), size: timeSeries(metricSize, labels),
		count: timeSeries(metricLatency+"_count", labels), sum: timeSeries(metricLatency+"_sum", labels),
		native: timeSeries(metricLatency, labels),
	}
	for _, bound := range append(latencyBuckets[:len(latencyBuckets):len(latencyBuckets)], math.Inf(1)) {
		out.buckets = append(out.buckets, timeSeries(metricLatency+"_bucket", labels, label{"le", bucketBound(bound)}))
	}
	return out
}

func (s *writtenSeries) all() []*prompb.TimeSeries {
	return append([]*prompb.TimeSeries{s.calls, s.size, s.count, s.sum, s.native}, s.buckets...)
}

func timeSeries(name string, labels []label, extra ...label) *prompb.TimeSeries {
	ts := &prompb.TimeSeries{Labels: []prompb.Label{{Name: "__name__", Value: name}}}
	for _, l := range append(slices.Clone(labels), extra...) {
		ts.Labels = append(ts.Labels, prompb.Label{Name: l.name, Value: l.value})
	}
	slices.SortFunc(ts.Labels, func(a, b prompb.Label) int { return strings.Compare(a.Name, b.Name) })
	return ts
}

func (w *RemoteWriter) add(ts *prompb.TimeSeries, ms int64, value float64) {
	ts.Samples = append(ts.Samples, prompb.Sample{Timestamp: ms, Value: value})
	w.samples++
}

func (w *RemoteWriter) addExemplar(ts *prompb.TimeSeries, ms int64, e *bucketExemplar) {
	if e.traceID == "" {
		return
	}
	ts.Exemplars = append(ts.Exemplars, prompb.Exemplar{
		Labels: []prompb.Label{{Name: w.metrics.options.TraceIDLabel, Value: e.traceID}}, Value: e.value, Timestamp: ms,
	})
	*e = bucketExemplar{}
}

// bucketBound writes an upper bound as Tempo does.
func bucketBound(bound float64) string { return strconv.FormatFloat(bound, 'f', -1, 64) }

// nativeHistogram is a histogram of client_golang as one of Prometheus's.
func nativeHistogram(h *dto.Histogram) *histogram.Histogram {
	out := &histogram.Histogram{
		Schema: h.GetSchema(), Count: h.GetSampleCount(), Sum: h.GetSampleSum(),
		ZeroThreshold: h.GetZeroThreshold(), ZeroCount: h.GetZeroCount(), PositiveBuckets: h.GetPositiveDelta(),
	}
	for _, span := range h.GetPositiveSpan() {
		out.PositiveSpans = append(out.PositiveSpans, histogram.Span{Offset: span.GetOffset(), Length: span.GetLength()})
	}
	return out
}

func (w *RemoteWriter) flush(ctx context.Context) error {
	if w.samples == 0 {
		return nil
	}
	var request prompb.WriteRequest
	for _, series := range w.metrics.order {
		for _, ts := range w.written[series].all() {
			request.Timeseries = append(request.Timeseries, *ts)
		}
	}
	body, err := request.Marshal()
	if err != nil {
		return fmt.Errorf("span metrics cannot be encoded: %w", err)
	}
	if _, err := w.poster.post(ctx, snappy.Encode(nil, body)); err != nil {
		return fmt.Errorf("%w (is the remote-write receiver switched on, and is its out-of-order window longer than the history?)", err)
	}
	w.samples = 0
	for _, written := range w.written {
		for _, ts := range written.all() {
			ts.Samples, ts.Exemplars, ts.Histograms = ts.Samples[:0], ts.Exemplars[:0], ts.Histograms[:0]
		}
	}
	return nil
}
