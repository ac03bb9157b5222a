package spanmetrics

import (
	"slices"
	"time"
)

// What was executed in a window is what a counter is at its end less what it was at its beginning, both at the last
// sample before. So each execution is in exactly one of windows that follow each other, however far apart the
// samples are, and numbers stay whole. PromQL's increase and rate look at the samples inside of a window alone and
// extrapolate to its edges: that is right over many samples, but over a few it counts twice, or loses what a series
// begins with.

// How a metric is counted in a window: a PromQL function, or exactly.
const (
	increase = "increase"
	rate     = "rate"
	exactly  = "exactly"
)

// longestPart is the longest window that is counted at once. Tempo forgets a series after 15 idle minutes and begins it
// again from zero with the next execution, so a longer window may hold several such lives of a series.
const longestPart = 15 * time.Minute

// zeroed are the metrics whose series Tempo begins with a sample of zero, at the end of the minute before the first
// one. Those of sums and native histograms begin with what is counted already.
var zeroed = []string{metricCalls, metricSize, metricCount, metricBucket}

// counted is how much a metric has grown in the window before each moment. Of a metric that does not begin with zero, a
// counter beside it, with the same labels, tells whether it began in the window; without one ("") only growth is seen.
func counted(metric, beside string, matchers []string, window time.Duration) string {
	x := selector(metric, matchers)
	switch {
	case slices.Contains(zeroed, metric):
		return x + " - " + atStart(x, window)
	case beside == "":
		return grown(metric, x, window)
	}
	return x + " and " + atStart(selector(beside, matchers), window) + " == 0 or " + grown(metric, x, window)
}

// atStart is what a counter was at the beginning of the window:
//   - the last sample before it, or 0 if a smaller one comes in the window, because then the counter began again;
//   - where there is none before it, the smallest in the window: the zero of a new series. If it is more, samples are
//     missing (Prometheus was down, or is new), and what was counted until then is not of this window.
func atStart(counter string, window time.Duration) string {
	before, smallest := before(counter, window), "min_over_time("+counter+"["+promDuration(window)+"])"
	return "(" + before + " * (" + before + " <= bool " + smallest + ") or " + smallest + ")"
}

// grown is how much a series has grown that did not begin in the window. There is no smallest one of native
// histograms, but their count shows that one has begun again.
func grown(metric, x string, window time.Duration) string {
	if metric != metricLatency {
		return x + " - " + atStart(x, window)
	}
	before := before(x, window)
	return "(" + x + " - " + before + " and histogram_count(" + x + ") >= histogram_count(" + before + "))"
}

// countedOf is counted of a number that a function reads from native histograms: cheaper than their difference, and
// Prometheus 2.42 does not know that.
func countedOf(function, beside string, matchers []string, window time.Duration) string {
	x := selector(metricLatency, matchers)
	now := function + "(" + x + ")"
	grown := now + " - " + function + "(" + before(x, window) + ") >= 0"
	if beside == "" {
		return grown
	}
	return now + " and " + atStart(selector(beside, matchers), window) + " == 0 or " + grown
}

func before(x string, window time.Duration) string { return x + " offset " + promDuration(window) }

// beside is a counter of the same executions with the same labels as sums and native histograms; "" if there is none.
func (s Shape) beside() string {
	for _, m := range []string{metricCount, metricCalls} {
		if slices.Contains(s.Series, m) {
			return m
		}
	}
	return ""
}

// parts divides a window into equal parts that are not longer than longestPart.
func parts(window time.Duration) (part time.Duration) {
	n := (window + longestPart - 1) / longestPart
	return window / max(n, 1)
}

// addUp is the sum of an expression over the parts of the window. The parts end at multiples of their length, see
// align.
func addUp(expr string, window time.Duration) string {
	part := parts(window)
	if part == window {
		return expr
	}
	// Prometheus before 3.0 takes the beginning of a range in, too.
	return "sum_over_time((" + expr + ")[" + promDuration(window-time.Millisecond) + ":" + promDuration(part) + "])"
}

// align puts the first of the windows where its parts end: they are those of Prometheus' subqueries, which do not
// depend on the time that is asked for.
func align(start time.Time, window time.Duration) time.Time {
	part := parts(window)
	if part == window {
		return start
	}
	return time.UnixMilli(start.UnixMilli() / part.Milliseconds() * part.Milliseconds()).UTC()
}
