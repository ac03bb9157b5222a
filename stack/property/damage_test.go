package property

import (
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// lateness is by how much late spans arrive later than they should.
const lateness = 10 * longest

// randomDamage is one to three kinds of damage.
func randomDamage(seed uint64) simulator.Damage {
	random := rand.New(rand.NewPCG(seed, 5))
	d := simulator.Damage{Seed: seed, LateBy: lateness}
	for range 1 + random.IntN(3) {
		switch random.IntN(8) {
		case 0:
			d.DropSpans = 0.2 * random.Float64()
		case 1:
			d.DropTraces = 0.3 * random.Float64()
		case 2:
			d.Duplicate = random.Float64()
		case 3:
			d.ClockSkew = time.Duration(random.Int64N(int64(5 * time.Second)))
		case 4:
			d.CutTraces = 1 + random.IntN(20)
		case 5:
			d.DropParents = 0.5 * random.Float64()
		case 6:
			d.Cycles = 0.5 * random.Float64()
		case 7:
			d.Late = 0.3 * random.Float64()
		}
	}
	return d
}

// TestDamagedRunsAreShown damages the spans of random flows: what is left is shown as it is, each job once, nothing is
// made up, and what is missing is named. When late spans have arrived, a run that nothing else happened to is whole.
func TestDamagedRunsAreShown(t *testing.T) {
	harmed, whole := map[string]int{}, 0
	for seed := *firstSeed; seed < *firstSeed+uint64(*flows/4); seed++ {
		c := Random(seed)
		c.Damage = randomDamage(seed)
		result, err := c.Simulate()
		require.NoError(t, err)
		damager, err := simulator.NewDamager(c.Damage)
		require.NoError(t, err)
		spans, harms := damager.Apply(c.Start.Add(longest), result.Spans)
		for _, harm := range harms {
			harmed[harm.Kind]++
		}
		// Any order, as they come from several traces.
		rand.New(rand.NewPCG(seed, 6)).Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
		got := windmill.Build(result.Run.RunID, simulator.Windmill(spans))
		requireShown(t, seed, spans, got)
		if c.Version == (simulator.Version{}) {
			requireNamed(t, seed, result.Run, harms, spans, got)
		}
		d := newDamaged(result, harms, spans)
		require.Empty(t, d.compare(got), "seed %d", seed)
		late, _ := damager.Apply(c.Start.Add(2*lateness), nil)
		if d.onlyLate() {
			whole++
			result.Spans = slices.Concat(spans, late)
			require.Empty(t, rebuild(result), "seed %d: everything has arrived", seed)
		}
	}
	for _, kind := range []string{simulator.HarmDropped, simulator.HarmTrace, simulator.HarmDuplicate, simulator.HarmSkew,
		simulator.HarmCut, simulator.HarmParent, simulator.HarmCycle, simulator.HarmLate} {
		require.NotZero(t, harmed[kind], kind)
	}
	require.NotZero(t, whole)
	t.Log(harmed, whole)
}

// requireShown asks that each job of which a span is left is there once, as its own spans tell, and no other.
func requireShown(t *testing.T, seed uint64, spans []simulator.Span, got *windmill.Run) {
	t.Helper()
	left := map[string][]simulator.Span{}
	for _, span := range spans {
		if id := span.Attribute("job_id"); id != "" {
			left[id] = append(left[id], span)
		}
	}
	seen := map[string]bool{}
	for _, j := range slices.Concat(got.Jobs, got.Handlers) {
		require.False(t, seen[j.ID], "seed %d: job %s is there twice", seed, j.ID)
		seen[j.ID] = true
		require.True(t, j == got.Root || left[j.ID] != nil, "seed %d: job %s was made up", seed, j.ID)
		if !j.Leaf() {
			continue
		}
		pulls := map[string]time.Duration{}
		for _, span := range left[j.ID] {
			if span.Name == "job "+j.Step {
				pulls[string(span.SpanId)] = time.Duration(span.EndTimeUnixNano - span.StartTimeUnixNano)
			}
		}
		if j.Duration == nil { // there is no pull, or one that lost a race
			require.True(t, len(pulls) == 0 || has(got, windmill.ProblemLostRace), "seed %d: %s", seed, j.ID)
			continue
		}
		for _, took := range pulls {
			if len(pulls) == 1 {
				require.Equal(t, took, *j.Duration, "seed %d: %s", seed, j.ID)
			}
		}
	}
	for id := range left {
		require.True(t, seen[id], "seed %d: job %s is missing", seed, id)
	}
}

func has(run *windmill.Run, kind windmill.ProblemKind) bool {
	return slices.ContainsFunc(run.Problems, func(p windmill.Problem) bool { return p.Kind == kind })
}

// requireNamed asks for the problem that tells of what is missing.
func requireNamed(t *testing.T, seed uint64, run simulator.Run, harms []simulator.Harm, spans []simulator.Span, got *windmill.Run) {
	t.Helper()
	there := map[string]bool{}
	for _, span := range spans {
		there[span.Attribute("job_id")] = true
	}
	if !there[run.RunID] {
		require.True(t, has(got, windmill.ProblemNoRoot), "seed %d: the run itself is missing", seed)
	}
	for _, job := range run.Jobs {
		parent := value(job.ParentJob)
		inCycle := slices.ContainsFunc(harms, func(h simulator.Harm) bool { return h.Kind == simulator.HarmCycle && h.JobID == job.JobID })
		if there[job.JobID] && !inCycle && parent != "" && parent != run.RunID && !there[parent] {
			require.True(t, has(got, windmill.ProblemNoParent), "seed %d: the parent of %s is missing", seed, job.JobID)
		}
	}
	own := map[string]map[string]bool{} // spans of a job
	for _, span := range spans {
		id := span.Attribute("job_id")
		if own[id] == nil {
			own[id] = map[string]bool{}
		}
		own[id][hex.EncodeToString(span.SpanId)] = true
	}
	for _, harm := range harms {
		// The first span of a job that names a parent counts; where there are several, it may be a sound one.
		if harm.Kind == simulator.HarmCycle && harm.JobID != run.RunID && len(own[harm.JobID]) == 1 && own[harm.JobID][harm.SpanID] {
			require.True(t, has(got, windmill.ProblemCycle) || has(got, windmill.ProblemNoParent), "seed %d: %s is in a cycle", seed, harm.JobID)
		}
	}
}
