package property

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// mostGuessed is the share of attempts and iterations whose order may be a guess where clocks are seconds apart and
// spans get lost.
const mostGuessed = 0.2

// TestOrderIsKnown lets clocks differ by seconds and loses spans of the same runs, and compares the order of
// attempts and iterations with the truth.
func TestOrderIsKnown(t *testing.T) {
	var known, guessed, failed atomic.Int64
	each(*flows, func(seed uint64) {
		random := rand.New(rand.NewPCG(seed, 7))
		c := Random(seed)
		c.Damage = simulator.Damage{
			Seed: seed, ClockSkew: time.Duration(random.Int64N(int64(10 * time.Second))), DropSpans: 0.4 * random.Float64(),
		}
		if random.IntN(3) == 0 {
			c.Damage.DropParents = 0.5 * random.Float64()
		}
		run, jobs, err := c.damage()
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			return
		}
		for _, g := range run.sameSteps(jobs) {
			switch {
			case len(g.truth) < 2:
			case g.guessed():
				guessed.Add(1)
			default:
				known.Add(1)
			}
		}
		comparison := NewComparison(run.run, run.version)
		run.compareOrder(comparison, jobs)
		if d := comparison.Differences; len(d) > 0 && failed.Add(1) <= mostReports {
			t.Errorf("seed %d: %v", seed, d)
		}
	})
	t.Logf("%d groups in their order, %d guessed, %d wrong", known.Load(), guessed.Load(), failed.Load())
	require.Zero(t, failed.Load())
	require.NotZero(t, known.Load())
	require.Less(t, float64(guessed.Load()), mostGuessed*float64(known.Load()+guessed.Load()))
}

// damage runs a case, does its damage and rebuilds what is left.
func (c Case) damage() (damaged, map[string]*windmill.Job, error) {
	result, err := c.Simulate()
	if err != nil {
		return damaged{}, nil, err
	}
	damager, err := simulator.NewDamager(c.Damage)
	if err != nil {
		return damaged{}, nil, err
	}
	spans, harms := damager.Apply(c.Start.Add(longest), result.Spans)
	jobs := map[string]*windmill.Job{}
	for _, j := range windmill.Build(result.Run.RunID, simulator.Windmill(spans)).Jobs {
		jobs[j.ID] = j
	}
	return newDamaged(result, harms, spans), jobs, nil
}
