//go:build integration

package integration

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/plugin"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// TestQueueWaitsEqualTheTruth compares the quantiles of how long steps waited for a worker, interval by interval, with
// those of the waits that the simulator knows. All spans of the flow are in the sample, so they are equal.
func TestQueueWaitsEqualTheTruth(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	from, to := shared.middle()
	q := query{"queryType": "step-latency", "measure": "queue", "quantiles": []float64{0.5, 0.95}, "filters": map[string]any{"flow": []string{orders}}}
	frames := askCoarse(t, d, from, to, q)
	require.Contains(t, notices(frames[0]), "Waits of all ")
	require.Equal(t, "traces", custom(t, frames[0], "source"))
	compared := compareQueue(t, frames, from, to, []string{"extract", "normalise", "enrich", "load", "aggregate", "publish"}, func(run simulator.Run, _ simulator.Job) bool { return run.Flow == orders })
	require.Greater(t, compared, 100)

	res := askAlert(t, d, from, to, q)
	require.Len(t, alertLabels(t, res, "timeseries-multi"), len(frames))
}

// TestQueueWaitsOfAWorker: spans name the worker that pulled a job.
func TestQueueWaitsOfAWorker(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	from, to := shared.middle()
	jobs := executions(shared.truth, from, to, ofStep("normalise"))
	require.NotEmpty(t, jobs)
	worker := jobs[0].Worker
	frames := askCoarse(t, d, from, to, query{
		"queryType": "step-latency", "measure": "queue", "quantiles": []float64{0.5, 0.95}, "filters": map[string]any{"step": []string{"normalise"}, "worker": []string{worker}},
	})
	require.Positive(t, compareQueue(t, frames, from, to, []string{"normalise"}, func(_ simulator.Run, j simulator.Job) bool { return j.Worker == worker }))
}

func compareQueue(t *testing.T, frames data.Frames, from, to time.Time, steps []string, keep func(simulator.Run, simulator.Job) bool) (compared int) {
	t.Helper()
	require.Len(t, frames, 2*len(steps))
	for _, f := range frames {
		labels := f.Fields[1].Labels
		require.Contains(t, steps, labels["step"])
		require.Equal(t, orders, labels["flow"])
		quantile, err := strconv.ParseFloat(labels["quantile"], 64)
		require.NoError(t, err)
		for i := range f.Rows() {
			end := f.Fields[0].At(i).(time.Time)
			waits := queueWaits(end.Add(-interval), end, labels["step"], keep)
			got, some := f.Fields[1].ConcreteAt(i)
			require.Equal(t, len(waits) > 0, some, "%s until %s", labels, end)
			if some {
				at := quantile * float64(len(waits)-1)
				low, high := waits[int(at)], waits[min(int(at)+1, len(waits)-1)]
				require.InDelta(t, low+(at-float64(int(at)))*(high-low), got, 0.0011, "%s until %s: ids tell milliseconds", labels, end)
				compared += len(waits)
			}
		}
	}
	return compared
}

// queueWaits are the waits in seconds of the executions of a step that were pulled in an interval, sorted.
func queueWaits(from, to time.Time, step string, keep func(simulator.Run, simulator.Job) bool) (waits []float64) {
	for _, run := range shared.truth {
		for _, job := range run.Jobs {
			if value(job.Step) != step || !job.Start.After(from) || job.Start.After(to) || !keep(run, job) {
				continue
			}
			if job.WaitKind != nil && *job.WaitKind == "queue" && job.WaitNS != nil {
				waits = append(waits, float64(*job.WaitNS)/1e9)
			}
		}
	}
	slices.Sort(waits)
	return waits
}

const manyRuns = 130 // more traces than are looked at in a part of the range

// TestQueueWaitsOfASample: of a minute with more traces than are looked at, the newest count. TraceQL metrics of the
// shared servers do not have that time, so nothing tells how many there are.
func TestQueueWaitsOfASample(t *testing.T) {
	f := askManyRuns(t, shared.OTLP, datasource(t, shared.Tempo, shared.Prometheus), "of an unknown number of executions")
	got, some := f.Fields[1].ConcreteAt(0)
	require.True(t, some)
	require.InDelta(t, (30+129)/2.0/1000, got, 0.0011, "the newest hundred")
	_, some = f.Fields[1].ConcreteAt(1)
	require.False(t, some, "nothing ran then")
}

// askManyRuns sends runs whose only step waited a millisecond longer each, and asks for the waits until a sample of a
// hundred comes with the notice.
func askManyRuns(t *testing.T, otlp string, d *plugin.Datasource, of string) (f *data.Frame) {
	t.Helper()
	b := windmilltest.New(elsewhere(), 41)
	b.Workspace = "sampled"
	for i := range manyRuns {
		at := time.Duration(i) * 400 * time.Millisecond
		run := b.Flow("f/many/runs", at).Pull(at, at+time.Millisecond)
		run.Inline("a", at).Run(at+time.Duration(i)*time.Millisecond, at+300*time.Millisecond)
	}
	sendSpans(t, otlp, b.Spans)
	from := b.Base.Add(-time.Second).Truncate(time.Second)
	q := query{"queryType": "step-latency", "measure": "queue", "quantiles": []float64{0.5}, "filters": map[string]any{"workspace": []string{"sampled"}}}
	require.Eventually(t, func() bool {
		f = askCoarse(t, d, from, from.Add(12*time.Minute), q)[0]
		return strings.Contains(notices(f), "warning Waits of a sample, 100 "+of)
	}, arrivalTimeout, time.Second)
	return f
}
