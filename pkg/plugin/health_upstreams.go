package plugin

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
)

// anyWindmillSpan finds the span of any job.
const anyWindmillSpan = "{ span.job_id != nil }"

// tracesSince is how far back the test looks for spans: not more than any Tempo allows.
const tracesSince = time.Hour

type tempoReport struct {
	health upstreamHealth
	advice []advice
}

type metricsReport struct {
	health  upstreamHealth
	metrics *spanMetricsHealth
	advice  []advice
}

func checkTempo(ctx context.Context, c checked, now time.Time) tempoReport {
	out := tempoReport{health: upstreamHealth{Name: "Tempo"}}
	t := c.tempo
	if t == nil {
		out.health.Message = "Tempo is not configured: there are no runs and no steps of a run without it."
		return out
	}
	out.health.Configured = true
	found, err := t.Search(ctx, tempo.SearchRequest{Query: anyWindmillSpan, Start: now.Add(-tracesSince), End: now, Limit: 1})
	if err != nil {
		out.health.Message = err.Error()
		return out
	}
	out.health.OK = true
	if version, err := t.Version(ctx); err == nil && version != "" {
		out.health.Version = &version
	}
	if found.Traces == 0 {
		out.health.Message = "Tempo works, but holds no spans of Windmill from the last hour."
		out.advice = append(out.advice, adviseWindmill())
	} else {
		out.health.Message = "Tempo works and holds spans of Windmill."
	}
	streaming, advised := checkStream(ctx, c, now)
	out.health.Message += streaming
	out.advice = append(out.advice, advised...)
	return out
}

func checkMetrics(ctx context.Context, c checked, now time.Time) metricsReport {
	out := metricsReport{health: upstreamHealth{Name: "Prometheus"}}
	m := c.metrics
	if m == nil {
		out.health.Message = "Prometheus is not configured. " + checkStandIn(ctx, c.tempo, now).text
		return out
	}
	out.health.Configured = true
	if err := m.Probe(ctx, now); err != nil {
		out.health.Message = err.Error()
		return out
	}
	if version, err := m.Version(ctx); err == nil && version != "" {
		out.health.Version = &version
	}
	shape, err := m.Shape(ctx, now)
	if err != nil {
		out.health.Message = err.Error()
		return out
	}
	cost, err := m.Cost(ctx, now)
	if err != nil {
		out.health.Message = err.Error()
		return out
	}
	sampling, err := m.Sampling(ctx, shape, now)
	if err != nil {
		out.health.Message = err.Error()
		return out
	}
	out.health.OK = true
	out.metrics = spanMetricsOf(shape, cost, sampling)
	var instead standIn
	if !shape.Windmill {
		instead = checkStandIn(ctx, c.tempo, now)
	}
	out.advice = append(adviseMetrics(shape, cost, instead), adviseSampling(sampling)...)
	out.health.Message = metricsMessage(shape, out.metrics.Missing) + samplingMessage(sampling)
	return out
}

func spanMetricsOf(shape spanmetrics.Shape, cost spanmetrics.Cost, sampling spanmetrics.Sampling) *spanMetricsHealth {
	out := &spanMetricsHealth{
		Exists:          shape.Exists,
		Windmill:        shape.Windmill,
		Series:          notNil(shape.Series),
		Tags:            notNil(shape.Tags),
		Missing:         notNil(missingTags(shape)),
		Histogram:       string(shape.Histogram),
		StepLabel:       shape.StepLabel,
		SeriesCount:     cost.Series,
		IterationSeries: cost.IterationSeries,
	}
	if measured := sampling.Measured.Seconds(); measured > 0 {
		out.Sampled = &measured
	}
	return out
}

// samplingMessage says what the windows of series and heatmaps are reckoned from.
func samplingMessage(s spanmetrics.Sampling) string {
	switch {
	case s.Set > 0:
		return fmt.Sprintf(" The scrape interval is set to %s.", seconds(s.Set))
	case s.Measured > 0:
		return fmt.Sprintf(" Their samples are %s apart.", seconds(s.Measured))
	default:
		return ""
	}
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + " s" }

func metricsMessage(shape spanmetrics.Shape, missing []string) string {
	switch {
	case !shape.Exists:
		return "Prometheus works, but holds no span metrics of the last 24 hours."
	case !shape.Windmill:
		return "Prometheus works and holds span metrics, but none of Windmill's spans of the last 24 hours."
	case len(missing) > 0:
		return fmt.Sprintf("Prometheus works; the span metrics lack %s.", list(missing))
	default:
		return "Prometheus works, and the span metrics carry Windmill's tags."
	}
}

// missingTags are the wanted dimensions that Windmill's series do not carry.
func missingTags(shape spanmetrics.Shape) []string {
	if !shape.Windmill {
		return slices.Clone(wantedTags)
	}
	var out []string
	for _, tag := range wantedTags {
		if !slices.Contains(shape.Tags, tag) {
			out = append(out, tag)
		}
	}
	return out
}

// notNil makes an empty list of none, so that it is [] in JSON.
func notNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
