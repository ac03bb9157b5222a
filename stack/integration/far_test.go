//go:build integration

package integration

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/property"
	"github.com/flowsteps/windmill-datasource/stack/servers"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// farFlow is a flow with a sub-flow and a parallel loop, which live in traces of their own.
const farFlow = `
path: f/far/%s
workspace: far
created_by: ann
trigger: {kind: %s}
schedule: {every: 100000h, offset: %s}
modules:
  - {id: a, rawscript: bun, duration: 200ms%s}
  - {id: sub, flow: f/far/below}
  - id: each
    forloop:
      parallel: true
      iterations: 3
      modules: [{id: x, rawscript: bun, duration: 100ms}, {id: y, rawscript: bun, duration: 100ms}]
`

const farBelow = "path: f/far/below\nworkspace: far\nmodules: [{id: p, rawscript: bun, duration: 100ms}, {id: q, rawscript: bun, duration: 100ms}]\n"

// TestRunsFarFromTheirCreation sends runs to a real Tempo that a schedule pushed long before they ran, and runs that
// were suspended for days. Every job is there, in its place, with its times; and a list over the last hour has the
// runs that ended in it.
func TestRunsFarFromTheirCreation(t *testing.T) {
	stack := oldTempo(t)
	now := time.Now().Add(-time.Minute)
	var sent world
	var records [][]windmill.Completion
	sent.Stack = stack
	otlp := simulator.NewOTLP(stack.OTLP, "", time.Minute)
	send := func(name, trigger, wait string, ahead, since time.Duration) simulator.Run {
		approval := ""
		if wait != "" {
			approval = ", approval: {wait: " + wait + ", timeout: 1000h}"
		}
		flow := fmt.Sprintf(farFlow, name, trigger, ahead, approval)
		flows, err := simulator.Load(fstest.MapFS{"far.yaml": {Data: []byte(flow)}, "below.yaml": {Data: []byte(farBelow)}})
		require.NoError(t, err)
		start := now.Add(-since)
		s, err := simulator.New(simulator.Options{Seed: seed, Flows: flows, Start: start, NoLogs: true})
		require.NoError(t, err)
		batch := s.Advance(now)
		require.Len(t, batch.Runs, 1, name)
		require.NoError(t, otlp.Spans(t.Context(), batch.Spans))
		sent.truth = append(sent.truth, batch.Runs[0])
		records = append(records, property.RecordsInTrace(batch.Runs[0], batch.Spans))
		return batch.Runs[0]
	}
	hour, day := time.Hour, 24*time.Hour
	for name, ahead := range map[string]time.Duration{"day": day, "two_days": 50 * hour, "week": 6 * day, "month": 30 * day} {
		run := send(name, "schedule", "", ahead, ahead+2*time.Minute)
		require.InDelta(t, ahead.Hours(), run.Start.Sub(run.Created).Hours(), 0.1)
	}
	send("over_night", "webhook", "30h", 0, 31*hour)
	send("holidays", "webhook", "216h", 0, 9*day+hour)
	d := datasource(t, stack.Tempo, stack.Prometheus)
	for i, run := range sent.truth {
		elsewhere := now.Add(-time.Hour)
		result := property.Result{Run: run, Records: records[i]}
		var differences []property.Difference
		require.Eventually(t, func() bool { // until Tempo's search finds what was just sent
			frames, err := tryAsk(t, d, elsewhere, now, query{"queryType": "flow-steps", "runId": run.RunID})
			if err != nil {
				differences = []property.Difference{{Field: "answer", Got: err.Error()}}
				return false
			}
			differences = compareRandom(result, rows(frames[0]))
			return len(differences) == 0
		}, arrivalTimeout, time.Second, "%s %s: %v", run.Flow, run.RunID, &differences)
	}
	listed := map[string]row{}
	for _, r := range rows(ask(t, d, now.Add(-time.Hour), now, query{"queryType": "run-grid", "version": 2, "limit": 100})[0]) {
		listed[r.text("flow")+" "+r.text("step")] = r
	}
	for _, run := range sent.truth {
		if strings.HasSuffix(run.Flow, "over_night") || strings.HasSuffix(run.Flow, "holidays") {
			continue // they began before the range
		}
		for _, step := range []string{"a", "sub/p", "each/y"} {
			require.Contains(t, listed, run.Flow+" "+step)
		}
	}
}

// oldTempo starts servers that take spans of the last weeks.
func oldTempo(t *testing.T) *servers.Stack {
	t.Helper()
	path, err := servers.Config("tempo.yaml")
	require.NoError(t, err)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	text := strings.NewReplacer("ingestion_time_range_slack: 24h", "ingestion_time_range_slack: 720h", "block_retention: 48h", "block_retention: 1000h").Replace(string(content))
	require.NotEqual(t, string(content), text)
	config := filepath.Join(t.TempDir(), "tempo.yaml")
	require.NoError(t, os.WriteFile(config, []byte(text), 0o600))
	stack, err := servers.StartEmbedded(t.Context(), servers.Options{Dir: t.TempDir(), TempoConfig: config})
	require.NoError(t, err)
	t.Cleanup(stack.Stop)
	return stack
}
