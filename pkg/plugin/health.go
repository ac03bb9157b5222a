package plugin

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/loki"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// healthTimeout is how long each upstream may take: people wait in front of Save & test.
const healthTimeout = 10 * time.Second

// healthDetails is the JSONDetails of a health check.
type healthDetails struct {
	Upstreams   []upstreamHealth   `json:"upstreams"`
	SpanMetrics *spanMetricsHealth `json:"spanMetrics"` // null: Prometheus was not asked or did not answer
	Advice      []advice           `json:"advice"`
}

type upstreamHealth struct {
	Name       string  `json:"name"`
	Configured bool    `json:"configured"`
	Optional   bool    `json:"-"` // it is fine not to configure it
	OK         bool    `json:"ok"`
	Message    string  `json:"message"`
	Version    *string `json:"version"` // null: not said
}

type spanMetricsHealth struct {
	Exists      bool     `json:"exists"`
	Windmill    bool     `json:"windmill"` // some are of Windmill's spans
	Series      []string `json:"series"`   // which of the six series exist
	Tags        []string `json:"tags"`     // Windmill's tags among the labels
	Missing     []string `json:"missing"`  // tags that the plugin wants and that are not there
	Histogram   string   `json:"histogram"`
	StepLabel   string   `json:"stepLabel"`
	SeriesCount *float64 `json:"seriesCount"` // null: unknown
	// Sampled is how far apart the samples of a counter are, in seconds, as measured; null: unknown.
	Sampled *float64 `json:"sampled"`
	// IterationSeries counts the series that carry the number of an iteration; null: unknown.
	IterationSeries *float64 `json:"iterationSeries"`
}

// advice is something to change, with the lines of configuration to do it.
type advice struct {
	Title string   `json:"title"`
	Text  string   `json:"text"`
	Lines []string `json:"lines"`
}

// checked is what a health check asks. A nil client is an upstream that is not configured.
type checked struct {
	tempo      *tempo.Client
	stream     *tempo.Stream // nil: streaming is off, or cannot be had
	unstreamed error         // why it cannot be had although it is on
	metrics    *spanmetrics.Client
	logs       *loki.Client
}

// checkHealth tests each upstream apart and at the same time.
func checkHealth(ctx context.Context, c checked, now time.Time) *backend.CheckHealthResult {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	var (
		wg         sync.WaitGroup
		traces     tempoReport
		prometheus metricsReport
		logs       logsReport
	)
	wg.Go(func() { traces = checkTempo(ctx, c, now) })
	wg.Go(func() { prometheus = checkMetrics(ctx, c, now) })
	wg.Go(func() { logs = checkLoki(ctx, c.logs, now) })
	wg.Wait()

	details := healthDetails{
		Upstreams:   []upstreamHealth{traces.health, prometheus.health, logs.health},
		SpanMetrics: prometheus.metrics,
		Advice:      slices.Concat([]advice{}, traces.advice, prometheus.advice, logs.advice),
	}
	raw, err := json.Marshal(details)
	if err != nil {
		return &backend.CheckHealthResult{Status: backend.HealthStatusError, Message: "The result of the test could not be written: " + err.Error()}
	}
	return &backend.CheckHealthResult{
		Status:      healthStatus(details.Upstreams),
		Message:     healthMessage(details),
		JSONDetails: raw,
	}
}

// healthStatus is ok if every upstream that is configured works, and there is one.
func healthStatus(upstreams []upstreamHealth) backend.HealthStatus {
	status := backend.HealthStatusError
	for _, u := range upstreams {
		if u.Configured && !u.OK {
			return backend.HealthStatusError
		}
		if u.OK {
			status = backend.HealthStatusOk
		}
	}
	return status
}

// healthMessage says first what fails, then what works, then that there is something to change. Loki is optional, so
// that it is not configured stands in the details alone.
func healthMessage(d healthDetails) string {
	var failing, working, missing []string
	for _, u := range d.Upstreams {
		switch {
		case !u.Configured && u.Optional:
		case !u.Configured:
			missing = append(missing, u.Name)
		case u.OK:
			working = append(working, u.Name)
		default:
			failing = append(failing, u.Message)
		}
	}
	if len(failing)+len(working) == 0 {
		return "Neither Tempo nor Prometheus is configured: give the URL of at least one of them."
	}
	parts := failing
	switch len(working) {
	case 0:
	case 1:
		parts = append(parts, working[0]+" works.")
	default:
		parts = append(parts, list(working)+" work.")
	}
	for _, name := range missing {
		parts = append(parts, name+" is not configured.")
	}
	if len(failing) == 0 && len(d.Advice) > 0 {
		parts = append(parts, d.Advice[0].Title+".")
	}
	return strings.Join(parts, " ")
}
