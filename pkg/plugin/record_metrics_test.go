package plugin

import (
	"encoding/json"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
)

// The cases of the query types that are made of span metrics.

// slowing sends runs of a flow whose step becomes nine times slower in the course of the recording; the step beside it
// does not. In round 3 there are none, so that a window can begin there.
func (r *recorder) slowing(round int) {
	if round == 3 {
		return
	}
	took := 100 * time.Millisecond
	if round > 3 {
		took *= 9
	}
	r.random++
	b := windmilltest.New(time.Now().Add(-5*time.Second), 100+r.random)
	for i := range 4 {
		start := time.Duration(i) * 10 * time.Millisecond
		f := b.Flow("f/demo/slowing", start).Pull(start, start+5*time.Millisecond)
		at := start + 10*time.Millisecond
		f.Inline("steady", at).Run(at, at+300*time.Millisecond)
		at += 330 * time.Millisecond
		f.Inline("slower", at).Run(at, at+took)
		f.Full(start, at+took+20*time.Millisecond, false)
	}
	r.send(b.Spans)
}

// recordMetrics records these cases at once: their windows end now.
func (r *recorder) recordMetrics(stock, raw *recorder) {
	now := func() time.Time { return time.Now().Truncate(time.Second).UTC() }
	for _, c := range metricsCases(now()) {
		r.record(c)
	}
	for _, c := range stockMetricsCases(now()) {
		stock.record(c)
	}
	for _, c := range rawMetricsCases(now()) {
		raw.record(c)
	}
}

// metricsCase is a case of the last 15 minutes.
func metricsCase(now time.Time, dir, about, query string) namedCase {
	return namedCase{dir, goldenCase{About: about, Now: now, From: now.Add(-15 * time.Minute), To: now, Query: json.RawMessage(query)}}
}

func (c namedCase) with(change func(*goldenCase)) namedCase {
	change(&c.goldenCase)
	return c
}

func metricsCases(now time.Time) []namedCase {
	recent := func(dir, about, query string) namedCase { return metricsCase(now, dir, about, query) }
	tempoDown := func(c *goldenCase) { c.Tempo = "down" }
	prometheusDown := func(c *goldenCase) { c.Prometheus = "down" }
	empty := func(c *goldenCase) { c.From, c.To = now.Add(-40*time.Hour), now.Add(-39*time.Hour) }
	alert := func(c *goldenCase) { c.Headers = map[string]string{"FromAlert": "true"} }
	halves := func(c *goldenCase) { c.From = now.Add(-40 * time.Second) }
	plain := `"filters":{"flow":["f/demo/plain"]}`
	slowing := `"filters":{"flow":["f/demo/slowing"]}`
	return append(queueCases(now), []namedCase{
		recent("step-latency/errors", "The share of failed executions.", `{"queryType":"step-latency","measure":"errors","filters":{"flow":["f/ops/report"]}}`),
		recent("step-latency/rate", "Executions per second.", `{"queryType":"step-latency","measure":"rate",`+plain+`}`),
		recent("step-latency/size", "Bytes of a span.", `{"queryType":"step-latency","measure":"size",`+plain+`}`),
		recent("step-latency/errors-from-alert", "An alert rule on failures.", `{"queryType":"step-latency","measure":"errors",`+plain+`}`).with(alert),
		recent("step-latency/tempo-down", "Without Tempo the flow's scripts by path are unknown.", `{"queryType":"step-latency",`+plain+`}`).with(tempoDown),
		recent("step-latency/prometheus-down", "Without Prometheus there is nothing.", `{"queryType":"step-latency","source":"span-metrics"}`).with(prometheusDown),
		recent("step-contribution/normal", "Seconds per second of each step.", `{"queryType":"step-contribution",`+plain+`}`),
		recent("step-contribution/share", "The share of each step.", `{"queryType":"step-contribution","measure":"share","filters":{"flow":["f/etl/nightly"]}}`),
		recent("step-contribution/from-alert", "An alert rule gets the same series.", `{"queryType":"step-contribution",`+plain+`}`).with(alert),
		recent("step-contribution/empty-window", "Nothing ran.", `{"queryType":"step-contribution"}`).with(empty),
		recent("step-contribution/tempo-down", "Without Tempo the flow's scripts by path are unknown.", `{"queryType":"step-contribution",`+plain+`}`).with(tempoDown),
		recent("step-contribution/prometheus-down", "Without Prometheus there is nothing.", `{"queryType":"step-contribution"}`).with(prometheusDown),
		recent("step-contribution/bad-measure", "The measure is of another type.", `{"queryType":"step-contribution","measure":"errors"}`),
		recent("step-heatmap/normal", "One step.", `{"queryType":"step-heatmap","filters":{"flow":["f/demo/plain"],"step":["a"]}}`),
		recent("step-heatmap/several-steps", "Two steps are added up.", `{"queryType":"step-heatmap",`+plain+`}`),
		recent("step-heatmap/from-alert", "An alert rule cannot use a heatmap.", `{"queryType":"step-heatmap"}`).with(alert),
		recent("step-heatmap/empty-window", "Nothing ran.", `{"queryType":"step-heatmap"}`).with(empty),
		recent("step-heatmap/tempo-down", "Without Tempo the flow's scripts by path are unknown.", `{"queryType":"step-heatmap",`+plain+`}`).with(tempoDown),
		recent("step-heatmap/prometheus-down", "Without Prometheus there is nothing.", `{"queryType":"step-heatmap"}`).with(prometheusDown),
		recent("step-regressions/normal", "A step became slower, the one beside it did not.", `{"queryType":"step-regressions",`+slowing+`}`).with(halves),
		recent("step-regressions/from-alert", "An alert rule gets one number for each step.", `{"queryType":"step-regressions",`+slowing+`}`).with(halves).with(alert),
		recent("step-regressions/from-alert-impact", "An alert rule on the impact.", `{"queryType":"step-regressions","measure":"impact",`+slowing+`}`).with(halves).with(alert),
		recent("step-regressions/threshold", "A threshold that the change stays below.", `{"queryType":"step-regressions","threshold":20,`+slowing+`}`).with(halves),
		recent("step-regressions/too-few-calls", "More calls are asked for than there are.", `{"queryType":"step-regressions","minCalls":1000,`+slowing+`}`).with(halves),
		recent("step-regressions/nothing-from-alert", "Nothing became slower.", `{"queryType":"step-regressions","threshold":20,`+slowing+`}`).with(halves).with(alert),
		recent("step-regressions/empty-window", "Nothing ran.", `{"queryType":"step-regressions"}`).with(empty),
		recent("step-regressions/tempo-down", "Without Tempo flows of scripts by path are unknown.", `{"queryType":"step-regressions",`+slowing+`}`).with(halves).with(tempoDown),
		recent("step-regressions/prometheus-down", "Without Prometheus there is nothing.", `{"queryType":"step-regressions"}`).with(prometheusDown),
		recent("step-stats/slower", "A step became slower against the window before.", `{"queryType":"step-stats",`+slowing+`}`).with(halves),
		recent("step-stats/traceql-metrics", "From TraceQL metrics, because the query says so.", `{"queryType":"step-stats","source":"traceql-metrics",`+plain+`}`),
		recent("step-latency/traceql-metrics", "From TraceQL metrics, because the query says so.", `{"queryType":"step-latency","source":"traceql-metrics",`+plain+`}`),
		recent("step-latency/traceql-metrics-errors", "From TraceQL metrics, because the query says so.", `{"queryType":"step-latency","measure":"errors","source":"traceql-metrics","filters":{"flow":["f/ops/report"]}}`),
		recent("step-latency/traceql-metrics-size", "TraceQL metrics tell no sizes.", `{"queryType":"step-latency","measure":"size","source":"traceql-metrics",`+plain+`}`),
		recent("step-heatmap/traceql-metrics", "From TraceQL metrics, because the query says so.", `{"queryType":"step-heatmap","source":"traceql-metrics","filters":{"flow":["f/demo/plain"],"step":["a"]}}`),
		recent("step-contribution/traceql-metrics", "From TraceQL metrics, because the query says so.", `{"queryType":"step-contribution","source":"traceql-metrics",`+plain+`}`),
		recent("step-stats/traceql-metrics-without-tempo", "TraceQL metrics need Tempo.", `{"queryType":"step-stats","source":"traceql-metrics"}`).with(func(c *goldenCase) { c.Tempo = "none" }),
		recent("step-stats/prometheus-not-configured", "Without Prometheus TraceQL metrics stand in.", `{"queryType":"step-stats",`+plain+`}`).with(func(c *goldenCase) { c.Prometheus = "none" }),
		recent("step-stats/compare-with-day", "Nothing is known of the day before.", `{"queryType":"step-stats","compareWith":"day",`+plain+`}`),
	}...)
}

// queueCases are those of the measure that comes from spans.
func queueCases(now time.Time) []namedCase {
	c := func(name, about, filters string, change ...func(*goldenCase)) namedCase {
		out := metricsCase(now, "step-latency/"+name, about, `{"queryType":"step-latency","measure":"queue"`+filters+`}`)
		for _, f := range change {
			f(&out.goldenCase)
		}
		return out
	}
	const nightly = `,"filters":{"flow":["f/etl/nightly"]}`
	return []namedCase{
		c("queue", "How long the steps of a flow waited for a worker, a script by path and a loop's iterations too.", nightly),
		c("queue-by-worker", "Spans name their worker: this one pulled nothing.", `,"quantiles":[0.5],"filters":{"worker":["wk-2"],"step":["c"]}`),
		c("queue-retries", "What came after a failed one is left out.", `,"filters":{"flow":["f/ops/report"]}`),
		c("queue-from-alert", "An alert rule gets the same series.", nightly, func(c *goldenCase) { c.Headers = map[string]string{"FromAlert": "true"} }),
		c("queue-empty-window", "Nothing ran.", "", func(c *goldenCase) { c.From, c.To = now.Add(-40*time.Hour), now.Add(-39*time.Hour) }),
		c("queue-prometheus-down", "Waits need no Prometheus.", nightly, func(c *goldenCase) { c.Prometheus = "down" }),
		c("queue-tempo-down", "Without Tempo there are no waits.", nightly, func(c *goldenCase) { c.Tempo = "down" }),
		c("queue-tempo-not-configured", "Tempo has no URL.", nightly, func(c *goldenCase) { c.Tempo = "none" }),
	}
}

func rawMetricsCases(now time.Time) []namedCase {
	return []namedCase{
		metricsCase(now, "step-heatmap/raw-script-path", "Iterations are folded into their step.", `{"queryType":"step-heatmap","filters":{"flow":["f/etl/nightly"],"step":["c"]}}`),
		metricsCase(now, "step-contribution/raw-script-path", "Iterations are folded into their step.", `{"queryType":"step-contribution","filters":{"flow":["f/etl/nightly"]}}`),
	}
}

func stockMetricsCases(now time.Time) []namedCase {
	return []namedCase{
		metricsCase(now, "step-contribution/stock-span-metrics", "Span metrics know only the name of a span.", `{"queryType":"step-contribution","filters":{"flow":["f/demo/plain"],"step":["a","b"]}}`),
		metricsCase(now, "step-stats/stock-span-metrics-wanted", "Figures by name, because the query says so.", `{"queryType":"step-stats","source":"span-metrics","filters":{"flow":["f/demo/plain"],"step":["a","b"]}}`),
		metricsCase(now, "step-regressions/stock-span-metrics", "Span metrics know only the name of a span.", `{"queryType":"step-regressions","filters":{"flow":["f/demo/plain"],"step":["a","b"]}}`),
	}
}
