package property

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing/fstest"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// start is when a run begins where it does not matter: the simulator's clock is virtual.
var start = time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)

// longest is how long a run is given to end. Those of random flows take minutes.
const longest = 7 * 24 * time.Hour

// Case is one flow to run, with the flows that it uses.
type Case struct {
	Seed  uint64
	Flows []simulator.Flow // the first is the one that runs
	// Version is the Windmill that runs it, Foreign what else is in its traces.
	Version simulator.Version
	Foreign simulator.Foreign
	// Damage is what happens to its spans. Simulate gives them as they were, but for what clocks that disagree do to ids.
	Damage simulator.Damage
	Start  time.Time // when the run is pushed; Random's are always the same
	Logged bool      // whether log records are made, too
}

// Result is what a case emitted, and the truth about it.
type Result struct {
	Run   simulator.Run
	Spans []simulator.Span
	Logs  []simulator.Log // of a case that is logged
	// Records are read beside the spans; nil: those of the log records, if there are any.
	Records []windmill.Completion
	Version simulator.Version // of the Windmill that ran it
}

// YAML describes the case as the simulator's files do, a document for each flow.
func (c Case) YAML() (string, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# %+v %+v\n", c.Version, c.Foreign)
	for _, flow := range c.Flows {
		content, err := yaml.Marshal(flow)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&out, "---\n%s", content)
	}
	return out.String(), nil
}

// Simulate runs the case to its end. The flows go through YAML, so that what a failing case prints is what was run.
func (c Case) Simulate() (Result, error) {
	s, err := c.simulator()
	if err != nil {
		return Result{}, err
	}
	batch := s.Advance(c.Start.Add(longest))
	if len(batch.Runs) != 1 {
		return Result{}, fmt.Errorf("%d runs ended in place of one", len(batch.Runs))
	}
	return Result{Run: batch.Runs[0], Spans: batch.Spans, Logs: batch.Logs, Version: c.Version}, nil
}

// SimulateUntil runs the case for a while and gives the spans so far, with the truth of the run in flight. ok is
// false when it has ended by then.
func (c Case) SimulateUntil(after time.Duration) (run simulator.InFlight, spans []simulator.Span, ok bool, err error) {
	s, err := c.simulator()
	if err != nil {
		return run, nil, false, err
	}
	batch := s.Advance(c.Start.Add(after))
	if len(batch.Runs) > 0 {
		return run, nil, false, nil
	}
	return s.InFlight()[0], batch.Spans, true, nil
}

func (c Case) simulator() (*simulator.Simulator, error) {
	dir := fstest.MapFS{}
	for i, flow := range c.Flows {
		content, err := yaml.Marshal(flow)
		if err != nil {
			return nil, err
		}
		dir[fmt.Sprintf("flow%d.yaml", i)] = &fstest.MapFile{Data: content}
	}
	flows, err := simulator.Load(dir)
	if err != nil {
		return nil, err
	}
	return simulator.New(simulator.Options{
		Seed: c.Seed, Flows: flows, Workers: c.workers(), Start: c.Start, NoLogs: !c.Logged, Version: c.Version, Foreign: c.Foreign,
		Clock: c.Damage.Clock,
	})
}

// workers are plenty for some cases and a bottleneck for others.
func (c Case) workers() []simulator.WorkerGroup {
	random := rand.New(rand.NewPCG(c.Seed, 2))
	return []simulator.WorkerGroup{{Name: "default", Hosts: 1 + random.IntN(3), PerHost: 1 + random.IntN(4), Tags: tags}}
}
