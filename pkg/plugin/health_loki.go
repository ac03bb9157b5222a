package plugin

import (
	"context"
	"net/http"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/loki"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
)

// logsSince is how far back the test looks for log lines of jobs.
const logsSince = time.Hour

type logsReport struct {
	health upstreamHealth
	advice []advice
}

// checkLoki looks for the line of any job, in either form.
func checkLoki(ctx context.Context, l *loki.Client, now time.Time) logsReport {
	out := logsReport{health: upstreamHealth{Name: "Loki", Optional: true}}
	if l == nil {
		out.health.Message = "Loki is not configured: there are no log lines, and no steps at work, without it."
		return out
	}
	out.health.Configured = true
	res, err := l.Lines(ctx, loki.Request{Start: now.Add(-logsSince), End: now, Limit: 1})
	if err != nil {
		out.health.Message = err.Error()
		if e := upstream.AsError(err); ctx.Err() != nil || e != nil && e.Status == http.StatusGatewayTimeout {
			out.health.Message = "Loki did not find the line of a job in time: give a stream selector that leaves other programs' logs out."
		}
		return out
	}
	out.health.OK = true
	if version, err := l.Version(ctx); err == nil && version != "" {
		out.health.Version = &version
	}
	switch {
	case len(res.Lines) > 0:
		out.health.Message = "Loki works and holds log lines of Windmill's jobs."
	case len(res.Queries) == 0:
		out.health.Message = "Loki works, but holds no logs from the last hour."
		out.advice = append(out.advice, adviseLogs())
	default:
		out.health.Message = "Loki works, but no line of the last hour carries job_id."
		out.advice = append(out.advice, adviseLogs())
	}
	return out
}

func adviseLogs() advice {
	return advice{
		Title: "No log lines of Windmill's jobs were found in Loki in the last hour",
		Text: "If flows have run since: turn on logs beside tracing in Windmill's instance settings (OpenTelemetry) and let the collector send them to Loki, " +
			"which must keep structured metadata. Or ship the stdout of workers with JSON_FMT=true. With a stream selector in the data source's settings, see that it chooses those streams.",
		Lines: []string{
			"# collector",
			"exporters:",
			"  otlp_http/loki:",
			"    endpoint: http://loki:3100/otlp",
			"service:",
			"  pipelines:",
			"    logs: {receivers: [otlp], exporters: [otlp_http/loki]}",
		},
	}
}
