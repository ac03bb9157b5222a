package simulator

import (
	"fmt"
	"testing/fstest"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// LargeRun is one run of many jobs, for benchmarks: a parallel loop of four steps, the last of which is a sub-flow
// of two steps in each tenth iteration and is skipped in the others.
type LargeRun struct {
	Run   Run    // its truth
	Spans []Span // all of them, by end
}

// Windmill gives the spans as the plugin reads them.
func (r LargeRun) Windmill() []windmill.Span { return Windmill(r.Spans) }

const (
	largeStepsPerIteration = 4
	largeWorkspace         = "load"
)

// LargeFlow is the path of the flow of a LargeRun.
const LargeFlow = "f/load/wide"

const largeFlows = `
path: ` + LargeFlow + `
workspace: ` + largeWorkspace + `
created_by: dana
trigger: {kind: webhook}
schedule: {every: 87600h}
modules:
  - id: items
    forloop:
      parallel: true
      iterations: %d
      modules:
        - {id: fetch, script: f/load/fetch, language: nativets, duration: {p50: 400ms, p95: 1s}}
        - {id: convert, rawscript: python3, duration: {p50: 700ms, p95: 1.5s}}
        - {id: store, rawscript: postgresql, duration: {p50: 250ms, p95: 600ms}}
        - {id: tell, flow: f/load/tell, only_each: 10}
`

const largeSubflow = `
path: f/load/tell
workspace: ` + largeWorkspace + `
modules:
  - {id: render, rawscript: bun, duration: {p50: 120ms, p95: 260ms}}
  - {id: mail, script: hub/2431/smtp/send_mail, language: bun, duration: {p50: 500ms, p95: 1.2s}}
`

// NewLargeRun simulates a run that starts at the given time. steps is how many step executions its loop makes:
// 10,000 are 2,500 iterations. The jobs of the iterations and of the sub-flows come on top: about three tenths more.
// The same seed and start make the same run. Making 10,000 steps takes about a second.
func NewLargeRun(seed uint64, steps int, start time.Time) (LargeRun, error) {
	if steps < largeStepsPerIteration {
		return LargeRun{}, fmt.Errorf("a large run needs at least %d steps, got %d", largeStepsPerIteration, steps)
	}
	flows, err := Load(fstest.MapFS{
		"flow.yaml":    {Data: fmt.Appendf(nil, largeFlows, steps/largeStepsPerIteration)},
		"subflow.yaml": {Data: []byte(largeSubflow)},
	})
	if err != nil {
		return LargeRun{}, err
	}
	// Many workers, as whoever runs such loops has: with a few, the run would last for hours.
	workers := []WorkerGroup{{
		Name: "default", Hosts: 10, PerHost: 20, Tags: []string{"flow", "python3", "bun", "nativets", "postgresql"},
	}}
	s, err := New(Options{Seed: seed, Flows: flows, Workers: workers, Start: start, StepPath: true, NoLogs: true})
	if err != nil {
		return LargeRun{}, err
	}
	batch := s.Advance(start.Add(30 * 24 * time.Hour))
	if len(batch.Runs) != 1 {
		return LargeRun{}, fmt.Errorf("the run of %d steps did not end within 30 days", steps)
	}
	return LargeRun{Run: batch.Runs[0], Spans: batch.Spans}, nil
}
