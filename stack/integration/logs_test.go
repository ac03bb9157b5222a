//go:build integration

package integration

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/plugin"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/servers"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// moment is a simulation that stopped in the middle: what was sent up to then, and what came of the runs that were
// going.
type moment struct {
	*servers.Stack
	at    time.Time
	logs  []simulator.Log // of the first simulation
	ended []simulator.Run // of the first simulation, with all that they left
	going []simulator.Run // of all, that ended later
}

// upToNow simulates four minutes that end now, and sends spans and log lines of them to a Tempo and a Loki. Several
// simulations side by side have more runs that are going.
func upToNow(t *testing.T) moment {
	t.Helper()
	const simulations = 20
	stack, err := servers.StartEmbedded(t.Context(), servers.Options{Dir: t.TempDir(), Loki: true})
	require.NoError(t, err)
	t.Cleanup(stack.Stop)
	session, err := shippedSession()
	require.NoError(t, err)
	m := moment{Stack: stack, at: time.Now()}
	otlp := simulator.NewOTLP(stack.OTLP, stack.Loki+"/otlp", time.Minute)
	for i := range uint64(simulations) {
		simulation, err := simulator.New(simulator.Options{
			Seed: seed + i, Flows: session.Flows, Workers: session.Workers, Start: m.at.Add(-4 * time.Minute), StepPath: true,
		})
		require.NoError(t, err)
		batch := simulation.Advance(m.at)
		require.NoError(t, otlp.Spans(t.Context(), batch.Spans))
		require.NoError(t, otlp.Logs(t.Context(), batch.Logs))
		if i == 0 {
			m.logs, m.ended = batch.Logs, batch.Runs
		}
		later := simulation.Advance(m.at.Add(time.Hour)).Runs
		m.going = append(m.going, slices.DeleteFunc(later, func(r simulator.Run) bool { return !r.Start.Before(m.at) })...)
	}
	w := &world{Stack: stack, truth: m.ended}
	require.NoError(t, w.awaitSearchable())
	return m
}

// TestStepLogsAndWhatIsAtWork holds step-logs against every line that the simulator sent, and the steps at work of runs
// that are going against what came of them.
func TestStepLogsAndWhatIsAtWork(t *testing.T) {
	m := upToNow(t)
	d := datasourceWith(t, m.Tempo, m.Prometheus, m.Loki)
	t.Run("the lines of each run", func(t *testing.T) {
		flows, lines := map[string]bool{}, 0
		for _, run := range m.ended {
			flows[run.Flow] = true
			lines += compareLogs(t, d, run, m.logs)
		}
		t.Logf("%d lines of %d runs of %d flows and scripts", lines, len(m.ended), len(flows))
		require.GreaterOrEqual(t, len(flows), 6)
	})
	t.Run("the steps at work", func(t *testing.T) {
		require.NotEmpty(t, m.going)
		atWork := 0
		for _, run := range m.going {
			atWork += compareGoing(t, d, run, m)
		}
		require.Positive(t, atWork)
		t.Logf("%d jobs at work in %d runs", atWork, len(m.going))
	})
	t.Run("the lines of one step", func(t *testing.T) {
		run := lastOf(t, m.ended, "f/etl/orders_hourly")
		frames := ask(t, d, m.at.Add(-48*time.Hour), m.at.Add(-47*time.Hour), query{
			"queryType": "step-logs", "runId": run.RunID, "filters": map[string]any{"step": []string{"normalise"}}, "limit": 1000,
		})
		require.Positive(t, frames[0].Rows())
		for _, r := range rows(frames[0]) {
			require.Equal(t, "normalise", r.text("step"))
		}
	})
	t.Run("the number of lines over time", func(t *testing.T) {
		run := lastOf(t, m.ended, "f/etl/orders_hourly")
		asked := query{"queryType": "step-logs", "runId": run.RunID, "limit": 1000}
		want := map[string]int{}
		for _, r := range rows(ask(t, d, m.at.Add(-48*time.Hour), m.at.Add(-47*time.Hour), asked)[0]) {
			want[r.text("severity")]++
		}
		asked["volume"] = true
		got := map[string]int{}
		for _, f := range ask(t, d, m.at.Add(-time.Hour), m.at, asked) {
			require.Equal(t, "log-volume", f.Name)
			for i := range f.Rows() {
				n, ok := f.Fields[1].At(i).(float64)
				require.True(t, ok)
				got[f.Fields[1].Labels["level"]] += int(n)
			}
		}
		require.NotEmpty(t, got)
		require.Equal(t, want, got, "by level, over both forms")
	})
	t.Run("health", func(t *testing.T) {
		health, err := d.CheckHealth(t.Context(), &backend.CheckHealthRequest{})
		require.NoError(t, err)
		require.Contains(t, string(health.JSONDetails), "Loki works and holds log lines of Windmill's jobs.")
		require.Contains(t, string(health.JSONDetails), `"version":"3.7.8"`)
	})
}

// compareLogs asks for the lines of a run with a time range that has nothing to do with it, and gives their number.
func compareLogs(t *testing.T, d *plugin.Datasource, run simulator.Run, logs []simulator.Log) int {
	t.Helper()
	where := run.Flow + " " + run.RunID
	jobs := map[string]bool{}
	for _, j := range slices.Concat(run.Jobs, run.Handlers) {
		jobs[j.JobID] = true
	}
	var want []string
	for _, l := range logs {
		// Records of ends carry no context: those of jobs within the run name its root in quotes, and are not among its
		// lines.
		if jobs[l.Attribute("job_id")] && !strings.HasPrefix(l.Body.GetStringValue(), windmill.SaysCompleted) {
			want = append(want, l.Time().Format(time.RFC3339Nano)+" "+l.Attribute("job_id")+" "+l.Body.GetStringValue())
		}
	}
	elsewhere := time.Now().Add(-48 * time.Hour)
	frame := ask(t, d, elsewhere, elsewhere.Add(time.Minute), query{"queryType": "step-logs", "runId": run.RunID, "limit": 1000, "direction": "forward"})[0]
	var got []string
	ids, lines := map[string]bool{}, 0
	for _, r := range rows(frame) {
		at, ok := r["timestamp"].(time.Time)
		require.True(t, ok, where)
		require.NotContains(t, r.text("labels"), "@example.com", where)
		ids[r.text("id")] = true
		lines++
		if strings.HasPrefix(r.text("body"), windmill.SaysCompleted) {
			continue
		}
		got = append(got, at.UTC().Format(time.RFC3339Nano)+" "+r.text("job_id")+" "+r.text("body"))
	}
	require.True(t, slices.IsSortedFunc(got, func(a, b string) int { return strings.Compare(a[:20], b[:20]) }), "%s: the oldest first", where)
	require.Len(t, ids, lines, "%s: each line has an id of its own", where)
	if lines >= 1000 {
		require.Contains(t, notices(frame), "there are more", where)
		return len(got)
	}
	require.ElementsMatch(t, want, got, where)
	return len(got)
}

// compareGoing holds the jobs of a run that was going against what they came to, and gives the number of jobs at work.
func compareGoing(t *testing.T, d *plugin.Datasource, run simulator.Run, m moment) int {
	t.Helper()
	where := run.Flow + " " + run.RunID
	frame := ask(t, d, m.at.Add(-time.Hour), m.at, query{"queryType": "flow-steps", "runId": run.RunID})[0]
	byID := map[string]row{}
	for _, r := range rows(frame) {
		byID[r.text("job_id")] = r
	}
	require.Equal(t, "running", byID[run.RunID].text("outcome"), where)
	atWork := 0
	for _, job := range run.Jobs {
		at := where + " job " + job.JobID + " " + value(job.Step)
		r, seen := byID[job.JobID]
		switch {
		case !job.Start.Before(m.at):
			require.True(t, !seen || r["start"] == nil, "%s has not started", at)
		case job.End.After(m.at) && job.Kind != "flow" && job.Kind != "subflow" && job.Kind != "iteration" && job.Kind != "branch":
			require.True(t, seen, "%s is at work\n%s", at, notices(frame))
			require.Equal(t, "running", r.text("outcome"), at)
			start, ok := r["start"].(time.Time)
			require.True(t, ok, at)
			require.InDelta(t, 0, start.Sub(job.Start).Seconds(), 0.01, "%s: start", at)
			if step := r.text("step"); step != "" {
				require.Equal(t, value(job.Step), step, at)
			}
			atWork++
		case job.Kind == "tool" && parentOf(run, job).End.After(m.at):
			// The agent is at work, so nothing of it is in Tempo yet that would lead to what it has called.
		default:
			require.True(t, seen, "%s", at)
		}
	}
	return atWork
}

func lastOf(t *testing.T, runs []simulator.Run, flow string) simulator.Run {
	t.Helper()
	w := world{truth: runs}
	return w.newest(t, flow)
}
