package plugin

import (
	"context"
	"fmt"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/tempo"
)

// standIn says what figures and baselines come from where there are no span metrics of Windmill.
type standIn struct {
	works bool // TraceQL metrics
	text  string
}

// standInSince is short: any Tempo allows it.
const standInSince = 15 * time.Minute

// checkStandIn tries TraceQL metrics.
func checkStandIn(ctx context.Context, t *tempo.Client, now time.Time) standIn {
	if t == nil {
		return standIn{text: "There are no baselines and no statistics without span metrics, or Tempo, whose TraceQL metrics stand in."}
	}
	_, err := t.QueryRange(ctx, tempo.MetricsRequest{Query: anyWindmillSpan + " | count_over_time()", Start: now.Add(-standInSince), End: now, Step: time.Minute})
	if err != nil {
		return standIn{text: fmt.Sprintf("There are no baselines and no statistics: TraceQL metrics of Tempo would stand in for span metrics, but: %v", err)}
	}
	return standIn{works: true, text: "Baselines and statistics come from TraceQL metrics of Tempo: their buckets are a factor of two wide, and Tempo limits their range (3 hours unless configured otherwise)."}
}
