package property

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// TestEveryShapeIsRebuilt runs the simulator's flow of each shape for an hour.
func TestEveryShapeIsRebuilt(t *testing.T) {
	flows, err := simulator.Load(simulator.ShapeFlows())
	require.NoError(t, err)
	workers, err := simulator.LoadWorkers(simulator.ShippedFlows())
	require.NoError(t, err)
	s, err := simulator.New(simulator.Options{Seed: 1, Flows: flows, Workers: workers, Start: start, History: time.Hour, NoLogs: true})
	require.NoError(t, err)
	batch := s.Advance(start.Add(time.Hour))
	spans := simulator.Windmill(batch.Spans)
	seen := map[string]bool{}
	for _, run := range batch.Runs {
		seen[run.Flow] = true
		for _, d := range Compare(Result{Run: run}, windmill.Build(run.RunID, spansOf(run, spans))) {
			t.Errorf("%s %s: %s", run.Flow, run.RunID, d)
		}
	}
	for _, flow := range flows {
		if flow.Schedule != nil {
			require.True(t, seen[flow.Path], "%s did not run", flow.Path)
		}
	}
}

// spansOf are those that a reader gets for a run: those of its jobs, and all others of the same traces.
func spansOf(run simulator.Run, spans []windmill.Span) []windmill.Span {
	traces := map[string]bool{}
	for _, job := range slices.Concat(run.Jobs, run.Handlers) {
		traces[job.TraceID] = true
		root := job.JobID
		if job.RootJob != nil {
			root = *job.RootJob
		}
		traces[windmill.TraceID(root)] = true
	}
	var out []windmill.Span
	for _, span := range spans {
		if traces[span.TraceID] {
			out = append(out, span)
		}
	}
	return out
}
