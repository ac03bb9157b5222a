//go:build integration

package integration

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// TestRunsAreTheTruth lists the runs of the whole history and compares each with what the simulator knows.
func TestRunsAreTheTruth(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	from, to := shared.truth[0].Start.Add(-time.Minute), time.Now()
	frames := ask(t, d, from, to, query{"queryType": "flow-runs", "limit": 1000})
	list := rows(frames[0])
	byID := map[string]row{}
	for i, r := range list {
		_, twice := byID[r.text("run_id")]
		require.False(t, twice, "run %s is there twice", r.text("run_id"))
		byID[r.text("run_id")] = r
		if i > 0 {
			require.False(t, r["start"].(time.Time).After(list[i-1]["start"].(time.Time)), "newest first")
		}
	}
	for _, run := range shared.truth {
		r, ok := byID[run.RunID]
		require.True(t, ok, "%s %s is missing; notices: %s", run.Flow, run.RunID, notices(frames[0]))
		compareListed(t, run, r)
	}
}

func compareListed(t *testing.T, run simulator.Run, r row) {
	t.Helper()
	at := run.Flow + " " + run.RunID
	require.Equal(t, run.Workspace, r.text("workspace"), at)
	require.Equal(t, run.Flow, r.text("flow"), at)
	require.Equal(t, listedOutcome(run), r.text("outcome"), at)
	require.Equal(t, value(run.FailedStep), lastStep(r.text("failed_step")), at)
	steps, split := countSteps(run)
	if run.Jobs[0].Kind == "flow" && !(split && r["steps"] == nil) { // a list need not read runs that are spread over traces
		require.EqualValues(t, steps, r["steps"], "%s: steps", at)
	}
	if run.FullJob {
		require.InDelta(t, float64(run.DurationNS)/1e9, r.number(t, "duration"), 1e-6, at)
	}
}

// lastStep is the id of the step at the end of a place in a run, such as c of loop[3]/c#2.
func lastStep(path string) string {
	step := path[strings.LastIndexByte(path, '/')+1:]
	if i := strings.IndexAny(step, "#["); i >= 0 {
		return step[:i]
	}
	return step
}

// countSteps counts the executions of steps. split: some of them are not in the run's own trace.
func countSteps(run simulator.Run) (steps int, split bool) {
	for _, job := range run.Jobs {
		switch job.Kind {
		case "flow", "subflow", "iteration", "branch", "tool", "task", "launched":
			continue
		}
		steps++
		split = split || job.TraceID != run.Jobs[0].TraceID
	}
	return steps, split
}

// TestRunsAreFiltered asks for runs by each filter and finds exactly those of the truth.
func TestRunsAreFiltered(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	from, to := shared.truth[0].Start.Add(-time.Minute), time.Now()
	sample := shared.newest(t, "f/etl/orders_hourly")
	inner := sample.Jobs[len(sample.Jobs)/2]
	anyJob := func(run simulator.Run, fits func(simulator.Job) bool) bool {
		for _, job := range run.Jobs {
			if fits(job) {
				return true
			}
		}
		return false
	}
	for name, c := range map[string]struct {
		filters map[string]any
		fits    func(simulator.Run) bool
	}{
		"workspace": {map[string]any{"workspace": []string{"finance"}}, func(r simulator.Run) bool { return r.Workspace == "finance" }},
		"flow":      {map[string]any{"flow": []string{"f/etl/orders_hourly"}}, func(r simulator.Run) bool { return r.Flow == "f/etl/orders_hourly" }},
		"two flows": {map[string]any{"flow": []string{"f/etl/orders_hourly", "f/finance/payout"}}, func(r simulator.Run) bool {
			return r.Flow == "f/etl/orders_hourly" || r.Flow == "f/finance/payout"
		}},
		"step": {map[string]any{"step": []string{"normalise"}}, func(r simulator.Run) bool {
			return anyJob(r, func(j simulator.Job) bool { return value(j.Step) == "normalise" })
		}},
		"language": {map[string]any{"language": []string{"go"}}, func(r simulator.Run) bool {
			return anyJob(r, func(j simulator.Job) bool { return value(j.Language) == "go" })
		}},
		"worker": {map[string]any{"worker": []string{inner.Worker}, "flow": []string{sample.Flow}}, func(r simulator.Run) bool {
			return r.Flow == sample.Flow && anyJob(r, func(j simulator.Job) bool { return j.Worker == inner.Worker })
		}},
		"outcome": {map[string]any{"outcome": []string{"error", "canceled"}}, func(r simulator.Run) bool {
			o := listedOutcome(r)
			return o == "error" || o == "canceled"
		}},
		"job id": {map[string]any{"jobId": []string{inner.JobID}}, func(r simulator.Run) bool { return r.RunID == sample.RunID }},
	} {
		frames := ask(t, d, from, to, query{"queryType": "flow-runs", "limit": 1000, "filters": c.filters})
		var got, want []string
		for _, r := range rows(frames[0]) {
			got = append(got, r.text("run_id"))
		}
		for _, run := range shared.truth {
			if c.fits(run) {
				want = append(want, run.RunID)
			}
		}
		require.NotEmpty(t, want, name)
		require.ElementsMatch(t, want, withoutUnfinished(got, shared.truth), name)
	}
}

// withoutUnfinished leaves out runs that were still going when the history ended: the truth has only finished ones.
func withoutUnfinished(ids []string, truth []simulator.Run) []string {
	known := map[string]bool{}
	for _, run := range truth {
		known[run.RunID] = true
	}
	var out []string
	for _, id := range ids {
		if known[id] {
			out = append(out, id)
		}
	}
	return out
}
