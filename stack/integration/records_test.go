//go:build integration

package integration

import (
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/stack/property"
	"github.com/flowsteps/windmill-datasource/stack/servers"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// TestEveryShapeWithItsRecords sends runs of each shape to a real Tempo, with their log lines to a real Loki, and
// holds the rows against the truth: with the records of their ends no outcome is a guess. Each run takes one
// question to Loki for all of its containers, and so does a list.
func TestEveryShapeWithItsRecords(t *testing.T) {
	stack, err := servers.StartEmbedded(t.Context(), servers.Options{Dir: t.TempDir(), Loki: true})
	require.NoError(t, err)
	t.Cleanup(stack.Stop)
	flows, err := simulator.Load(simulator.ShapeFlows())
	require.NoError(t, err)
	workers, err := simulator.LoadWorkers(simulator.ShippedFlows())
	require.NoError(t, err)
	end := time.Now().Add(-time.Minute)
	s, err := simulator.New(simulator.Options{Seed: seed, Flows: flows, Workers: workers, Start: end.Add(-10 * time.Minute), History: 10 * time.Minute})
	require.NoError(t, err)
	batch := s.Advance(end)
	otlp := simulator.NewOTLP(stack.OTLP, stack.Loki+"/otlp", time.Minute)
	require.NoError(t, otlp.Spans(t.Context(), batch.Spans))
	require.NoError(t, otlp.Logs(t.Context(), batch.Logs))
	require.NoError(t, (&world{Stack: stack, truth: batch.Runs}).awaitSearchable())

	d := datasourceWith(t, stack.Tempo, stack.Prometheus, stack.Loki)
	outcomes := map[string]int{}
	seen, limited := map[string]int{}, map[string]int{}
	for _, run := range batch.Runs {
		outcomes[run.Outcome]++
		if seen[run.Flow]++; seen[run.Flow] > 2 {
			continue
		}
		result := property.Result{Run: run, Logs: batch.Logs}
		frames := ask(t, d, run.Start, run.End, query{"queryType": "flow-steps", "runId": run.RunID})
		require.Empty(t, compareRandom(result, rows(frames[0])), "%s %s", run.Flow, run.RunID)
		require.Equal(t, 2, questions(frames[0]), "one question, for each of the two forms of lines")
		for _, r := range rows(frames[0]) {
			if r.text("wait_kind") == "limit" {
				limited[r.text("step")]++
			}
		}
	}
	t.Log(outcomes, limited)
	require.Positive(t, limited["throttled"], "iterations that were parked")
	require.Positive(t, limited["bank"]+limited["bank_again"], "a line tells that a limit was reached")
	require.Positive(t, outcomes["recovered"])
	require.Positive(t, outcomes["canceled"])

	frames := ask(t, d, end.Add(-10*time.Minute), end, query{"queryType": "flow-runs", "version": 2, "limit": 1000})
	require.Equal(t, 2, questions(frames[0]))
	listed := map[string]row{}
	for _, r := range rows(frames[0]) {
		listed[r.text("run_id")] = r
	}
	for _, run := range batch.Runs {
		if r, ok := listed[run.RunID]; ok && run.Jobs[0].Kind == "flow" {
			want, got := run.Outcome, r.text("outcome")
			if want == "canceled" && got == "error" {
				continue // a record tells that it failed, and a list does not look for who ended it
			}
			require.Equal(t, want, got, "%s %s", run.Flow, run.RunID)
		}
	}
	require.Greater(t, len(listed), 100)
}

// questions counts the queries for records that an answer was made of.
func questions(f *data.Frame) (n int) {
	for line := range strings.SplitSeq(f.Meta.ExecutedQueryString, "\n") {
		if strings.Contains(line, "inserted completed job: ") {
			n++
		}
	}
	return n
}
