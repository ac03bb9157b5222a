//go:build integration

package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/plugin"
	"github.com/flowsteps/windmill-datasource/stack/servers"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// sampledWorld is a Prometheus of its own with a history whose counters were sampled so far apart.
func sampledWorld(t *testing.T, every time.Duration) *world {
	t.Helper()
	stack, err := servers.StartEmbedded(t.Context(), servers.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(stack.Stop)
	return &world{Stack: stack, truth: writeHistory(t, stack.Prometheus, every)}
}

// writeHistory writes the span metrics of a backfill to a store, in samples so far apart (0: as Tempo does), and
// gives the truth.
func writeHistory(t *testing.T, store string, every time.Duration) []simulator.Run {
	t.Helper()
	session, err := shippedSession()
	require.NoError(t, err)
	dir := t.TempDir()
	session.Backfill, session.StepPath = history, true
	session.RemoteWrite, session.Truth = store+"/api/v1/write", simulator.TruthDir(dir)
	session.Metrics = simulator.MetricsOptions{Dimensions: simulator.DefaultDimensions(), TargetInfo: true, Interval: every}
	require.NoError(t, session.Run(t.Context()))
	truth, err := readTruth(dir)
	require.NoError(t, err)
	return truth
}

// sampledUntil is the time of the last sample before another: what ended until then is counted at that time.
func (w *world) sampledUntil(t *testing.T, at time.Time) time.Time {
	t.Helper()
	last := promQL(t, w.Prometheus, "max(timestamp(traces_spanmetrics_calls_total))", at)
	require.Len(t, last, 1)
	return time.UnixMilli(int64(last[0].value * 1000))
}

// histograms are the metrics that a Prometheus with one kind of histogram does not have.
var histograms = map[string][]string{
	"native":  {"traces_spanmetrics_latency_bucket", "traces_spanmetrics_latency_sum", "traces_spanmetrics_latency_count"},
	"classic": {"traces_spanmetrics_latency"},
}

// hiding is a Prometheus that does not tell of some metrics.
func hiding(t *testing.T, prometheus string, metrics ...string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		forwarded, _ := http.NewRequestWithContext(r.Context(), r.Method, prometheus+r.URL.RequestURI(), bytes.NewReader(question))
		forwarded.Header = r.Header.Clone()
		forwarded.Header.Set("Accept-Encoding", "identity")
		res, err := http.DefaultClient.Do(forwarded)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer func() { _ = res.Body.Close() }()
		answer, err := io.ReadAll(res.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		if strings.HasSuffix(r.URL.Path, "/label/__name__/values") {
			answer = without(answer, metrics)
		}
		w.Header().Set("Content-Type", res.Header.Get("Content-Type"))
		w.WriteHeader(res.StatusCode)
		_, _ = w.Write(answer)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// without leaves names out of an answer to which values a label has.
func without(answer []byte, names []string) []byte {
	var all map[string]any
	if json.Unmarshal(answer, &all) != nil {
		return answer
	}
	values, _ := all["data"].([]any)
	all["data"] = slices.DeleteFunc(values, func(v any) bool { return slices.Contains(names, v.(string)) })
	out, _ := json.Marshal(all)
	return out
}

// TestEachExecutionIsCountedOnce holds heatmaps and series against the truth, however far apart the counters are
// sampled: the cells add up to the executions, and the series of failures to the failures, the first of a step among
// them.
func TestEachExecutionIsCountedOnce(t *testing.T) {
	for _, every := range []time.Duration{5 * time.Second, 15 * time.Second, time.Minute} {
		t.Run(every.String(), func(t *testing.T) {
			w := sampledWorld(t, every)
			for name, hidden := range histograms {
				t.Run(name, func(t *testing.T) {
					d := datasource(t, "", hiding(t, w.Prometheus, hidden...))
					t.Run("heatmap", func(t *testing.T) { w.countCells(t, d) })
					t.Run("series", func(t *testing.T) { w.countSeries(t, d) })
				})
			}
		})
	}
}

// whole is a range from before the history to a time at which everything has arrived, in whole intervals.
func (w *world) whole(step time.Duration) (from, to time.Time) {
	to = w.truth[len(w.truth)-1].End.Add(-2 * time.Minute).Truncate(time.Second)
	return to.Add(-(history + 10*time.Minute).Round(step)), to
}

func (w *world) countCells(t *testing.T, d *plugin.Datasource) {
	from, to := w.whole(4 * time.Minute)
	truth := map[string]int{}
	for _, job := range executions(w.truth, from, w.sampledUntil(t, to), func(simulator.Run, simulator.Job) bool { return true }) {
		truth[*job.Step]++
	}
	for _, run := range w.truth {
		for _, job := range run.Jobs {
			if job.Outcome == "skipped" { // it has a span, but ran nothing
				delete(truth, value(job.Step))
			}
		}
	}
	total := 0
	for step, n := range truth {
		require.InDelta(t, n, w.cells(t, d, from, to, 0, step), 1e-6, step)
		total += n
	}
	require.Greater(t, total, 300)
}

// cells adds the cells of a step's heatmap up. Its intervals are as long as they are, or longer.
func (w *world) cells(t *testing.T, d *plugin.Datasource, from, to time.Time, interval time.Duration, step string) (calls float64) {
	t.Helper()
	req := request(t, from, to, query{"queryType": "step-heatmap", "filters": map[string]any{"step": []string{step}}})
	req.Queries[0].Interval = max(interval, req.Queries[0].Interval)
	res, err := d.QueryData(t.Context(), req)
	require.NoError(t, err)
	require.NoError(t, res.Responses["A"].Error)
	for _, r := range rows(res.Responses["A"].Frames[0]) {
		calls += r.number(t, "count")
	}
	return calls
}

func (w *world) countSeries(t *testing.T, d *plugin.Datasource) {
	const step = 4 * time.Minute // at least four samples of the slowest
	from, to := w.whole(step)
	until := w.sampledUntil(t, to)
	calls, failures, seconds := map[string]float64{}, map[string]float64{}, map[string]float64{}
	for _, job := range executions(w.truth, from, until, func(simulator.Run, simulator.Job) bool { return true }) {
		calls[stepKey(job)]++
		seconds[stepKey(job)] += float64(job.DurationNS) / 1e9
		if job.Outcome == "error" {
			failures[stepKey(job)]++
		}
	}
	rates := w.sums(t, d, from, to, step, query{"queryType": "step-latency", "measure": "rate"})
	shares := w.sums(t, d, from, to, step, query{"queryType": "step-latency", "measure": "errors"})
	spent := w.sums(t, d, from, to, step, query{"queryType": "step-contribution"})
	for key, n := range calls {
		var counted, failed, took float64
		for at, rate := range rates[key] {
			counted += rate * step.Seconds()
			failed += shares[key][at] * rate * step.Seconds()
			took += spent[key][at] * step.Seconds()
		}
		require.InDelta(t, n, counted, 1e-6, key)
		require.InDelta(t, failures[key], failed, 1e-6, key)
		require.InEpsilon(t, seconds[key], took, 1e-6, key)
	}
	require.Greater(t, len(failures), 3)
}

// sums are the values of the series of each step by time. Points lie so far apart that their windows do not overlap.
func (w *world) sums(t *testing.T, d *plugin.Datasource, from, to time.Time, step time.Duration, q query) map[string]map[int64]float64 {
	t.Helper()
	out := map[string]map[int64]float64{}
	for _, f := range askEvery(t, d, from, to, step, q) {
		if f.Name == "exemplar" {
			continue
		}
		require.Len(t, f.Fields, 2, notices(f))
		key := fmt.Sprintf("%s %s", f.Fields[1].Labels["script_path"], f.Fields[1].Labels["step"])
		out[key] = map[int64]float64{}
		for i := range f.Rows() {
			if v, ok := f.Fields[1].ConcreteAt(i); ok {
				out[key][f.Fields[0].At(i).(time.Time).Unix()] = v.(float64)
			}
		}
	}
	return out
}
