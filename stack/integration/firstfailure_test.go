//go:build integration

package integration

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
)

// TestTheFirstFailureOfAStepIsSeen asks as an alert rule does for failures that a real Tempo has just counted: the
// first one of a step that had not failed before, and the one of a step that never ran before. Each makes a new series.
func TestTheFirstFailureOfAStepIsSeen(t *testing.T) {
	// Tempo puts the zero of a new series at the end of the minute before, and its remote write leaves out what is older
	// than its start. So series that are new in the first minute after have none.
	time.Sleep(time.Until(time.Now().Truncate(time.Minute).Add(time.Minute + 2*time.Second)))
	b := windmilltest.New(time.Now().Add(-5*time.Second), 77)
	b.Workspace = "first"
	const second = time.Second
	ran := func(flow string, at time.Duration, fails bool) {
		run := b.Flow(flow, at).Pull(at, at+10*time.Millisecond)
		if step := run.Inline("a", at); fails {
			step.Fail(at, at+second, "Error", "no")
		} else {
			step.Run(at, at+second)
		}
		run.Full(at, at+second, fails)
		sendSpans(t, shared.TempoOTLP, b.Spans)
		b.Spans = nil
	}
	const (
		good   = `traces_spanmetrics_calls_total{workspace_id="first",step_path="f/first/failure/a",span_name="job a",status_code!="STATUS_CODE_ERROR"}`
		failed = `traces_spanmetrics_calls_total{workspace_id="first",span_name=~"job.* a",status_code="STATUS_CODE_ERROR"}`
	)
	for i := range 3 {
		ran("f/first/failure", time.Duration(i)*second, false)
	}
	awaitSeries(t, shared.Prometheus, good+" == 3")
	b.Base = time.Now().Add(-2 * second)
	ran("f/first/failure", 0, true)
	ran("f/first/run", 0, true)
	awaitSeries(t, shared.Prometheus, "count("+failed+" == 1) == 4")

	d := datasource(t, shared.Tempo, shared.Prometheus)
	seen := time.Now().Truncate(second).Add(second)
	q := query{"queryType": "step-latency", "filters": map[string]any{"workspace": []string{"first"}}}
	for shift := time.Duration(0); shift < time.Minute; shift += 3 * second { // wherever the windows begin
		to := seen.Add(shift)
		from := to.Add(-10 * time.Minute)
		q["measure"] = "rate"
		rates := shared.sums(t, d, from, to, time.Minute, q)
		q["measure"] = "errors"
		shares := shared.sums(t, d, from, to, time.Minute, q)
		for key, want := range map[string][2]float64{"f/first/failure/a a": {4, 1}, "f/first/run/a a": {1, 1}} {
			var calls, failures float64
			for at, rate := range rates[key] {
				calls += rate * 60
				failures += shares[key][at] * rate * 60
			}
			require.InDelta(t, want[0], calls, 1e-9, "%s, %s later", key, shift)
			require.InDelta(t, want[1], failures, 1e-9, "%s, %s later", key, shift)
		}
	}
}
