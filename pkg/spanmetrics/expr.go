package spanmetrics

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// figure builds the PromQL of one set of series, aggregated by its groups.
type figure struct {
	dims     dims
	of       subject
	matchers []string
	window   time.Duration
	only     map[Key]bool // the matchers select more: all combinations of the keys' parts. nil: no restriction
	whole    bool         // all steps are added up
}

// figuresFor are the figures of keys, steps apart from flows and scripts. Without a path there are none of those:
// full_job or job alone would mix them all.
func figuresFor(d dims, keys []Key, window time.Duration, more []string) []figure {
	var out []figure
	for _, of := range []subject{ofSteps, ofFlows, ofScripts} {
		if of != ofSteps && d.byName() {
			break
		}
		for _, part := range d.chunks(keysOf(of, keys)) {
			out = append(out, figure{d, of, slices.Concat(d.base(of), d.keyMatchers(part, of), more), window, d.reduced(part), false})
		}
	}
	return out
}

// key is the key of a series, if it is one that was asked for.
func (f figure) key(m model.Metric) (Key, bool) {
	k := f.dims.keyOf(m)
	k.Script = f.of == ofScripts
	return k, f.only == nil || f.only[k]
}

func (f figure) sum(function, metric string, more ...string) string {
	return f.sumBy(nil, function, metric, more...)
}

// sumBy groups by more labels than those of the step. The function is increase, rate or exactly.
func (f figure) sumBy(extra []string, function, metric string, more ...string) string {
	sum := f.grouped(extra, f.over(function, metric, more...))
	if function == exactly {
		return addUp(sum, f.window)
	}
	return sum
}

// grouped adds series up by the labels of the step, and by more.
func (f figure) grouped(extra []string, series string) string {
	by := extra
	if !f.whole {
		by = append(by, f.dims.groups(f.of)...)
	}
	return "sum by (" + strings.Join(by, ", ") + ") (" + series + ")"
}

func (f figure) over(function, metric string, more ...string) string {
	matchers := slices.Concat(f.matchers, more)
	if function == exactly {
		return f.dims.fold(counted(metric, f.dims.shape.beside(), matchers, parts(f.window)))
	}
	return f.dims.fold(function + "(" + selector(metric, matchers) + "[" + promDuration(f.window) + "])")
}

// failures are the executions that failed. A result that says it is a failure (wm_failure) shows only where the result
// is handled, so that span counts; where there is none that failed, the execution's own does.
func (f figure) failures(function string) string {
	own := f.sum(function, metricCalls, failedSpans)
	i := slices.Index(f.matchers, executionSpans)
	if i < 0 {
		return own // whole flows, and series that only their name tells apart
	}
	result := f
	result.matchers = slices.Clone(f.matchers)
	result.matchers[i] = resultSpans
	return result.sum(function, metricCalls, failedSpans) + " or " + own
}

// quantile is in seconds.
func (f figure) quantile(q float64, h Histogram, function string) string {
	if h == HistogramNative {
		return "histogram_quantile(" + formatFloat(q) + ", " + f.sum(function, metricLatency) + ")"
	}
	return "histogram_quantile(" + formatFloat(q) + ", " + f.sumBy([]string{labelBound}, function, metricBucket) + ")"
}

// count is the number of executions in the window.
func (f figure) count(h Histogram, function string) string {
	if h == HistogramNative {
		return f.sumOf("histogram_count", function)
	}
	return f.sum(function, metricCount)
}

// seconds is the time spent in the window.
func (f figure) seconds(h Histogram, function string) string {
	if h == HistogramNative {
		return f.sumOf("histogram_sum", function)
	}
	return f.sum(function, metricSum)
}

// sumOf is a number of native histograms.
func (f figure) sumOf(number, function string) string {
	if function != exactly {
		return number + "(" + f.sum(function, metricLatency) + ")"
	}
	series := countedOf(number, f.dims.shape.beside(), f.matchers, parts(f.window))
	return addUp(f.grouped(nil, f.dims.fold(series)), f.window)
}

// measure is the PromQL of a measure that is no quantile, of the window before each moment. missing names the metric
// without which it cannot be told.
func (f figure) measure(m Measure, h Histogram) (promql, missing string) {
	has := func(metric string) bool { return slices.Contains(f.dims.shape.Series, metric) }
	calls := f.sum(exactly, metricCalls)
	perSecond := " / " + formatFloat(f.window.Seconds())
	switch m {
	case MeasureSeconds:
		if h == HistogramNone {
			return "", metricLatency
		}
		return f.seconds(h, exactly) + perSecond, ""
	case MeasureRate:
		switch {
		case has(metricCalls):
			return calls + perSecond, ""
		case h == HistogramNone:
			return "", metricCalls
		}
		return f.count(h, exactly) + perSecond, ""
	case MeasureErrors:
		if !has(metricCalls) {
			return "", metricCalls
		}
		// Where no execution has failed yet there is no series of failures, and the share is 0. A result may be counted
		// later than its execution.
		return "clamp_max((" + f.failures(exactly) + " or 0 * " + calls + ") / " + calls + ", 1)", ""
	case MeasureSize:
		if !has(metricSize) || !has(metricCalls) {
			return "", metricSize
		}
		return f.sum(exactly, metricSize) + " / " + calls, ""
	}
	return "", string(m)
}

// finite is nil for what Prometheus does not know: NaN of an empty histogram, infinities.
func finite(v model.SampleValue) *float64 {
	f := float64(v)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return &f
}
