package property

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

var (
	flows     = flag.Int("property.flows", 2000, "how many random flows are run")
	firstSeed = flag.Uint64("property.seed", 1, "seed of the first flow; each of the others has the next higher one")
	otlpDir   = flag.String("property.otlp", "", "directory to which the spans of failing flows are written as OTLP JSON")
)

// mostReports is how many failing flows are made small and printed.
const mostReports = 3

// TestRandomFlowsAreRebuilt is the property: whatever flow runs, its run is rebuilt as it was.
func TestRandomFlowsAreRebuilt(t *testing.T) {
	var jobs, failed, reported atomic.Int64
	each(*flows, func(seed uint64) {
		c := Random(seed)
		result, err := c.Simulate()
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			return
		}
		jobs.Add(int64(len(result.Run.Jobs)))
		if differences := rebuild(result); len(differences) > 0 {
			failed.Add(1)
			if reported.Add(1) <= mostReports {
				report(t, c, differences)
			}
		}
	})
	t.Logf("%d flows with %d jobs, %d not rebuilt as they were", *flows, jobs.Load(), failed.Load())
	require.Zero(t, failed.Load())
}

// TestRecordedFlowsAreRebuilt is the same with the completion records of the run and its containers: then what no
// span tells of outcomes is known, and the exceptions for it do not count.
func TestRecordedFlowsAreRebuilt(t *testing.T) {
	var reported atomic.Int64
	each(*flows/4, func(seed uint64) {
		c := Random(seed)
		c.Logged = true
		result, err := c.Simulate()
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			return
		}
		if differences := rebuild(result); len(differences) > 0 && reported.Add(1) <= mostReports {
			report(t, c, differences)
		}
	})
	require.Zero(t, reported.Load())
}

// each calls do for so many seeds, on as many goroutines as there are processors.
func each(count int, do func(seed uint64)) {
	var wait sync.WaitGroup
	next := make(chan uint64)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for seed := range next {
				do(seed)
			}
		})
	}
	for i := range count {
		next <- *firstSeed + uint64(i)
	}
	close(next)
	wait.Wait()
}

func rebuild(r Result) []Difference {
	e := windmill.Evidence{Spans: simulator.Windmill(r.Spans), Completions: r.Completions()}
	return Compare(r, windmill.BuildWith(r.Run.RunID, e))
}

// report prints a failing case, made as small as it goes, with what it takes to run it again.
func report(t *testing.T, c Case, differences []Difference) {
	t.Helper()
	field := differences[0].Field
	small := Shrink(c, func(c Case) bool {
		result, err := c.Simulate()
		return err == nil && slices.ContainsFunc(rebuild(result), func(d Difference) bool { return d.Field == field })
	})
	text, err := small.YAML()
	if err != nil {
		t.Error(err)
	}
	result, err := small.Simulate()
	if err != nil {
		t.Error(err)
	}
	var lines strings.Builder
	for _, d := range rebuild(result) {
		fmt.Fprintln(&lines, d)
	}
	t.Errorf("seed %d (-property.seed %[1]d -property.flows 1):\n%s%s", c.Seed, lines.String(), text)
	if *otlpDir != "" {
		path, err := WriteOTLP(*otlpDir, fmt.Sprintf("seed-%d", c.Seed), result.Spans)
		if err != nil {
			t.Error(err)
		}
		t.Log("spans written to", path)
	}
}

// TestCompareSeesEveryField changes the rebuilt run and expects the comparison to notice: it is no test that cannot
// fail.
func TestCompareSeesEveryField(t *testing.T) {
	c := Random(12)
	c.Version = simulator.Version{}
	result, err := c.Simulate()
	require.NoError(t, err)
	require.Empty(t, rebuild(result))
	for name, spoil := range map[string]func(*windmill.Job){
		"parent":      func(j *windmill.Job) { j.Parent = nil },
		"root":        func(j *windmill.Job) { j.RootJob = "x" },
		"trace":       func(j *windmill.Job) { j.TraceID = "x" },
		"span":        func(j *windmill.Job) { j.SpanID = "x" },
		"step":        func(j *windmill.Job) { j.Step = "x" },
		"script path": func(j *windmill.Job) { j.ScriptPath = "x" },
		"job kind":    func(j *windmill.Job) { j.JobKind = "x" },
		"kind":        func(j *windmill.Job) { j.Kind = "x" },
		"worker":      func(j *windmill.Job) { j.Worker = "x" },
		"tag":         func(j *windmill.Job) { j.Tag = "x" },
		"attempt":     func(j *windmill.Job) { j.Attempt = nil },
		"created":     func(j *windmill.Job) { j.Created = start },
		"start":       func(j *windmill.Job) { j.Start = start },
		"end":         func(j *windmill.Job) { j.End = start },
		"duration":    func(j *windmill.Job) { j.Duration = nil },
		"transition":  func(j *windmill.Job) { *j.Transition++ },
		"wait":        func(j *windmill.Job) { j.Wait = nil },
		"wait kind":   func(j *windmill.Job) { j.WaitKind = "x" },
		"outcome":     func(j *windmill.Job) { j.Outcome = "x" },
		"setup":       func(j *windmill.Job) { j.Setup = j.Transition },
		"work":        func(j *windmill.Job) { j.Work = j.Transition },
		"error":       func(j *windmill.Job) { j.Error = "x" },
	} {
		run := windmill.Build(result.Run.RunID, simulator.Windmill(result.Spans))
		i := slices.IndexFunc(run.Jobs, func(j *windmill.Job) bool { return j.Leaf() && j.Transition != nil })
		spoil(run.Jobs[i])
		differences := Compare(result, run)
		require.NotEmpty(t, differences, name)
		require.Equal(t, name, differences[0].Field)
	}
}

func TestShrinkingKeepsWhatFails(t *testing.T) {
	c := Random(7)
	hasLoop := func(c Case) bool {
		result, err := c.Simulate()
		return err == nil && slices.ContainsFunc(result.Run.Jobs, func(j simulator.Job) bool { return j.Kind == "iteration" })
	}
	for !hasLoop(c) {
		c = Random(c.Seed + 1)
	}
	small := Shrink(c, hasLoop)
	require.True(t, hasLoop(small))
	result, err := small.Simulate()
	require.NoError(t, err)
	require.LessOrEqual(t, len(result.Run.Jobs), 3, "the run, the iteration and at most a step")
	text, err := small.YAML()
	require.NoError(t, err)
	require.Contains(t, text, "loop:")
}

func TestOTLPIsInJSONWithHexadecimalIDs(t *testing.T) {
	result, err := Random(12).Simulate()
	require.NoError(t, err)
	path, err := WriteOTLP(t.TempDir(), "case", result.Spans)
	require.NoError(t, err)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(content), `"traceId": "`+result.Run.Jobs[0].TraceID+`"`)
	require.Contains(t, string(content), `"kind": 1`)
}
