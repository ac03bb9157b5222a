package simulator

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
)

var testStart = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

var shippedHours sync.Map // of Batch, by seed: they must not be changed

// shippedHour is an hour of the shipped flows from testStart on.
func shippedHour(t *testing.T, seed uint64) Batch {
	t.Helper()
	if batch, ok := shippedHours.Load(seed); ok {
		return batch.(Batch)
	}
	batch := simulateShipped(t, seed, testStart)
	shippedHours.Store(seed, batch)
	return batch
}

// simulateShipped simulates an hour of the shipped flows.
func simulateShipped(t *testing.T, seed uint64, start time.Time) Batch {
	t.Helper()
	flows, err := Load(ShippedFlows())
	require.NoError(t, err)
	workers, err := LoadWorkers(ShippedFlows())
	require.NoError(t, err)
	s, err := New(Options{Seed: seed, Flows: flows, Workers: workers, Start: start, History: time.Hour, StepPath: true})
	require.NoError(t, err)
	return s.Advance(start.Add(time.Hour))
}

// simulate runs flows given as YAML for the time given, from testStart on.
func simulate(t *testing.T, d time.Duration, documents ...string) Batch {
	t.Helper()
	s, err := New(Options{Seed: 1, Flows: loadAll(t, documents...), Start: testStart, History: d})
	require.NoError(t, err)
	return s.Advance(testStart.Add(d))
}

func loadAll(t *testing.T, documents ...string) []Flow {
	t.Helper()
	dir := fstest.MapFS{}
	for i, document := range documents {
		dir[fmt.Sprintf("flow%d.yaml", i)] = &fstest.MapFile{Data: []byte(document)}
	}
	flows, err := Load(dir)
	require.NoError(t, err)
	return flows
}

func TestTheSameSeedRepeatsEverything(t *testing.T) {
	a, b := shippedHour(t, 7), simulateShipped(t, 7, testStart)
	require.Equal(t, a.Runs, b.Runs)
	require.Len(t, b.Spans, len(a.Spans))
	for i := range a.Spans {
		if a.Spans[i].Host != b.Spans[i].Host || !proto.Equal(a.Spans[i].Span, b.Spans[i].Span) {
			require.Equal(t, a.Spans[i], b.Spans[i])
		}
	}
	require.Len(t, b.Logs, len(a.Logs))
	for i := range a.Logs {
		if !proto.Equal(a.Logs[i].LogRecord, b.Logs[i].LogRecord) {
			require.Equal(t, a.Logs[i], b.Logs[i])
		}
	}
}

func TestAnotherStartMovesTimesOnly(t *testing.T) {
	const shift = 90 * time.Minute
	here, there := shippedHour(t, 7), simulateShipped(t, 7, testStart.Add(shift))
	require.Len(t, there.Spans, len(here.Spans))
	require.Len(t, there.Runs, len(here.Runs))
	for i := range here.Runs {
		a, b := here.Runs[i], there.Runs[i]
		require.Equal(t, a.Start.Add(shift), b.Start)
		require.Equal(t, a.DurationNS, b.DurationNS)
		// The time is the first 48 bits of an id; the rest stays.
		require.Equal(t, a.RunID[14:], b.RunID[14:])
	}
}

func TestAnotherSeedMakesOtherRuns(t *testing.T) {
	require.NotEqual(t, shippedHour(t, 1).Runs[0].RunID, shippedHour(t, 2).Runs[0].RunID)
}

func TestStepsOfTimeDoNotMatter(t *testing.T) {
	flows, err := Load(ShippedFlows())
	require.NoError(t, err)
	workers, err := LoadWorkers(ShippedFlows())
	require.NoError(t, err)
	s, err := New(Options{Seed: 7, Flows: flows, Workers: workers, Start: testStart, History: time.Hour, StepPath: true})
	require.NoError(t, err)
	var runs []Run
	for at := testStart; !at.After(testStart.Add(time.Hour)); at = at.Add(700 * time.Millisecond) {
		runs = append(runs, s.Advance(at).Runs...)
	}
	runs = append(runs, s.Advance(testStart.Add(time.Hour)).Runs...)
	require.Equal(t, shippedHour(t, 7).Runs, runs)
}

func TestShippedFlowsHaveEveryOutcomeAndOneStepThatBecomesSlow(t *testing.T) {
	batch := shippedHour(t, 1)
	outcomes := map[string]int{}
	var before, after []int64
	for _, run := range batch.Runs {
		outcomes[run.Outcome]++
		for _, job := range run.Jobs {
			if run.Flow != "f/etl/orders_hourly" || job.Step == nil || *job.Step != "aggregate" {
				continue
			}
			if job.Start.Before(testStart.Add(33 * time.Minute)) {
				before = append(before, job.DurationNS)
			} else {
				after = append(after, job.DurationNS)
			}
		}
	}
	for _, outcome := range []string{outcomeOK, outcomeError, outcomeCanceled} {
		require.NotZero(t, outcomes[outcome], outcome)
	}
	require.InDelta(t, 4, float64(median(after))/float64(median(before)), 1)
}

func median(values []int64) int64 {
	slices.Sort(values)
	return values[len(values)/2]
}

func TestAWorkerRunsOneJobAtATime(t *testing.T) {
	batch := shippedHour(t, 1)
	busyUntil := map[string]Span{}
	jobs := slices.DeleteFunc(slices.Clone(batch.Spans), func(s Span) bool { return s.Attribute("hostname") == "" })
	slices.SortFunc(jobs, func(a, b Span) int { return cmp.Compare(a.StartTimeUnixNano, b.StartTimeUnixNano) })
	for _, span := range jobs {
		worker := span.Attribute("worker")
		if before, ok := busyUntil[worker]; ok {
			if before.EndTimeUnixNano > span.StartTimeUnixNano {
				require.Fail(t, "two jobs at a time", "%s: %s and %s", worker, before.Name, span.Name)
			}
		}
		busyUntil[worker] = span
	}
	require.Greater(t, len(busyUntil), 10)
}

func TestJobsWaitForAFreeWorker(t *testing.T) {
	batch := shippedHour(t, 1)
	longest := int64(0)
	for _, run := range batch.Runs {
		for _, job := range run.Jobs {
			if job.Tag == "gpu" && *job.WaitKind == waitQueue {
				longest = max(longest, *job.WaitNS)
			}
		}
	}
	require.Greater(t, longest, int64(time.Second))
}

func TestSpeedDividesEveryDuration(t *testing.T) {
	const flow = `
path: f/x
workspace: w
schedule: {every: 10s}
modules: [{id: a, rawscript: python3, duration: 4s, sleep: 2s}, {id: b, rawscript: python3, duration: 1s}]
`
	s, err := New(Options{Seed: 1, Flows: loadAll(t, flow), Start: testStart, Speed: 10})
	require.NoError(t, err)
	batch := s.Advance(testStart.Add(10 * time.Second))
	require.InDelta(t, 9, len(batch.Runs), 1)
	run := batch.Runs[0]
	require.Equal(t, int64(400*time.Millisecond), run.Jobs[1].DurationNS)
	require.InDelta(t, 0.7, time.Duration(run.DurationNS).Seconds(), 0.1)
}

func TestAFlowWithoutAWorkerForATagIsRefused(t *testing.T) {
	flows := loadAll(t, `{path: f/x, workspace: w, modules: [{id: a, rawscript: python3, tag: fpga, duration: 1s}]}`)
	_, err := New(Options{Flows: flows, Start: testStart})
	require.ErrorContains(t, err, `f/x needs a worker for tag "fpga"`)
}

func TestASchedulePushesTheNextRunWhenOneStarts(t *testing.T) {
	batch := simulate(t, 35*time.Second, `
path: f/x
workspace: w
trigger: {kind: schedule, path: f/x}
schedule: {every: 10s}
modules: [{id: a, rawscript: python3, duration: 1s}]
`)
	require.Len(t, batch.Runs, 4)
	second := batch.Runs[1]
	require.WithinDuration(t, testStart.Add(10*time.Second), second.Start, time.Second)
	require.Equal(t, testStart, second.Created)
	require.Nil(t, second.Jobs[0].WaitNS)
}
