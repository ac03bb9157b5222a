//go:build integration

package integration

import (
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/plugin"
	"github.com/flowsteps/windmill-datasource/stack/servers"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// executions are the leaves of the truth that ran a step and ended in a window, by step and flow path.
func executions(truth []simulator.Run, from, to time.Time, keep func(simulator.Run, simulator.Job) bool) (jobs []simulator.Job) {
	for _, run := range truth {
		for _, job := range run.Jobs {
			leaf := job.Step != nil && job.Language != nil
			if leaf && job.End.After(from) && !job.End.After(to) && keep(run, job) {
				jobs = append(jobs, job)
			}
		}
	}
	return jobs
}

func ofStep(step string) func(simulator.Run, simulator.Job) bool {
	return func(_ simulator.Run, j simulator.Job) bool { return *j.Step == step }
}

func secondsOf(jobs []simulator.Job) (sum float64) {
	for _, j := range jobs {
		sum += float64(j.DurationNS) / 1e9
	}
	return sum
}

// middle is a window of the history in which every series of the step exists already: rates know nothing of the
// first sample.
func (w *world) middle() (from, to time.Time) {
	end := w.truth[len(w.truth)-1].End.Truncate(interval)
	return end.Add(-5 * interval), end.Add(-interval)
}

const (
	orders = "f/etl/orders_hourly"
	// interval is the distance of points. What ran is counted at the next sample, up to 15 s later. It is a multiple of
	// the three minutes at which the flow starts, so that as much comes in at one edge as goes out at the other.
	interval = 6 * time.Minute
	// countersTolerance is how far what was counted may still be off.
	countersTolerance = 0.15
)

// askCoarse asks for points that are far apart.
func askCoarse(t *testing.T, d *plugin.Datasource, from, to time.Time, q query) data.Frames {
	t.Helper()
	return askEvery(t, d, from, to, interval, q)
}

// askEvery asks for points so far apart.
func askEvery(t *testing.T, d *plugin.Datasource, from, to time.Time, step time.Duration, q query) data.Frames {
	t.Helper()
	req := request(t, from, to, q)
	req.Queries[0].Interval = step
	res, err := d.QueryData(t.Context(), req)
	require.NoError(t, err)
	require.NoError(t, res.Responses["A"].Error)
	return res.Responses["A"].Frames
}

// TestContributionEqualsTheTruth adds up seconds per second and compares with what the simulator's jobs took.
func TestContributionEqualsTheTruth(t *testing.T) {
	shared.compareContribution(t, datasource(t, shared.Tempo, shared.Prometheus), "span-metrics")
}

func (w *world) compareContribution(t *testing.T, d *plugin.Datasource, source string) {
	t.Helper()
	from, to := w.middle()
	frames := askCoarse(t, d, from, to, query{"queryType": "step-contribution", "filters": map[string]any{"flow": []string{orders}}})
	require.Equal(t, source, custom(t, frames[0], "source"), notices(frames[0]))
	steps := map[string]float64{}
	for _, f := range frames {
		require.EqualValues(t, "timeseries-multi", f.Meta.Type)
		steps[f.Fields[1].Labels["step"]] += integral(f, from)
	}
	for _, step := range []string{"normalise", "enrich", "aggregate"} {
		truth := secondsOf(executions(w.truth, from, to, ofStep(step)))
		require.Positive(t, truth, step)
		require.InEpsilon(t, truth, steps[step], countersTolerance, step)
	}
}

// integral sums up a series of values per second. Each point covers the interval before it: those that end after from.
func integral(f *data.Frame, from time.Time) (sum float64) {
	width := f.Fields[0].At(1).(time.Time).Sub(f.Fields[0].At(0).(time.Time))
	for i := range f.Rows() {
		if v, ok := f.Fields[1].ConcreteAt(i); ok && f.Fields[0].At(i).(time.Time).After(from) {
			sum += v.(float64) * width.Seconds()
		}
	}
	return sum
}

func TestSharesAddUpToOne(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	from, to := shared.middle()
	frames := ask(t, d, from, to, query{"queryType": "step-contribution", "measure": "share", "filters": map[string]any{"flow": []string{orders}}})
	totals := map[time.Time]float64{}
	for _, f := range frames {
		for i := range f.Rows() {
			if v, ok := f.Fields[1].ConcreteAt(i); ok {
				totals[f.Fields[0].At(i).(time.Time)] += v.(float64)
			}
		}
	}
	require.Greater(t, len(totals), 5)
	for at, total := range totals {
		require.InDelta(t, 1, total, 1e-9, at)
	}
}

// TestHeatmapCountsTheCalls compares the cells with the executions of the truth, in number and in duration.
func TestHeatmapCountsTheCalls(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	from, to := shared.middle()
	frames := askCoarse(t, d, from, to, query{"queryType": "step-heatmap", "filters": map[string]any{"flow": []string{orders}, "step": []string{"normalise"}}})
	cells := frames[0]
	require.EqualValues(t, "heatmap-cells", cells.Meta.Type)
	truth := executions(shared.truth, from, to, ofStep("normalise"))
	var shortest, longest float64 = 1e9, 0
	for _, j := range truth {
		shortest, longest = min(shortest, float64(j.DurationNS)/1e9), max(longest, float64(j.DurationNS)/1e9)
	}
	var calls float64
	for _, r := range rows(cells) {
		calls += r.number(t, "count")
		require.GreaterOrEqual(t, r.number(t, "yMax"), shortest)
		require.LessOrEqual(t, r.number(t, "yMin"), longest)
	}
	require.InEpsilon(t, float64(len(truth)), calls, countersTolerance)
	exemplars := frames[len(frames)-1]
	require.Equal(t, "exemplar", exemplars.Name)
	require.Positive(t, exemplars.Rows())
}

// TestExemplarsOpenARun asks for the run behind a point of the graph.
func TestExemplarsOpenARun(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	from, to := shared.middle()
	latency := query{"queryType": "step-latency", "filters": map[string]any{"step": []string{"aggregate"}}}
	frames := ask(t, d, from, to, latency)
	exemplars := frames[len(frames)-1]
	require.Equal(t, "exemplar", exemplars.Name)
	require.Equal(t, data.DataTopicAnnotations, exemplars.Meta.DataTopic)
	r := rows(exemplars)[0]
	steps := ask(t, d, from, to, query{"queryType": "flow-steps", "runId": r.text("run_id")})
	found := false
	for _, s := range rows(steps[0]) {
		if s.text("step") == "aggregate" {
			found = true
			require.InDelta(t, s.number(t, "duration"), r.number(t, "Value"), 1e-6)
		}
	}
	require.True(t, found)
	for _, f := range askAlert(t, d, from, to, latency).Frames {
		require.NotEqual(t, "exemplar", f.Name, "an alert rule cannot use it")
	}
}

// TestOnlyTheSlowStepIsARegression: aggregate becomes four times slower, everything else stays as it is.
func TestOnlyTheSlowStepIsARegression(t *testing.T) {
	shared.compareRegressions(t, datasource(t, shared.Tempo, shared.Prometheus))
}

func (w *world) compareRegressions(t *testing.T, d *plugin.Datasource) {
	t.Helper()
	end := w.truth[len(w.truth)-1].End
	from := end.Add(-time.Duration(0.43 * float64(history))) // it is slow from 0.55 of the history on
	q := query{"queryType": "step-regressions"}
	frames := ask(t, d, from, end, q)
	list := rows(frames[0])
	require.Len(t, list, 1, "%v", list)
	require.Equal(t, "aggregate", list[0].text("step"))
	require.Equal(t, orders, list[0].text("flow"))
	require.Greater(t, list[0].number(t, "change"), 1.0)
	compared, _ := custom(t, frames[0], "stepsCompared").(int)
	require.Greater(t, compared, 5, "constant steps were compared too")

	res := askAlert(t, d, from, end, q)
	require.NoError(t, res.Error)
	require.Len(t, res.Frames, 1)
	require.EqualValues(t, "numeric-multi", res.Frames[0].Meta.Type)
	require.Len(t, res.Frames[0].Fields, 1)
	require.Equal(t, "aggregate", res.Frames[0].Fields[0].Labels["step"])
}

// TestMeasuresOfTheTruth compares the calls of a window.
func TestMeasuresOfTheTruth(t *testing.T) {
	shared.compareCalls(t, datasource(t, shared.Tempo, shared.Prometheus))
}

func (w *world) compareCalls(t *testing.T, d *plugin.Datasource) {
	t.Helper()
	from, to := w.middle()
	frames := askCoarse(t, d, from, to, query{"queryType": "step-latency", "measure": "rate", "filters": map[string]any{"flow": []string{orders}, "step": []string{"enrich"}}})
	require.Len(t, frames, 1)
	truth := executions(w.truth, from, to, ofStep("enrich"))
	require.InEpsilon(t, float64(len(truth)), integral(frames[0], from), countersTolerance)
}

// TestTraceQLMetrics has no Prometheus: figures come from the traces. The spans of the history count although they are
// old, and nothing else writes metrics.
func TestTraceQLMetrics(t *testing.T) {
	stack, err := servers.StartEmbedded(t.Context(), servers.Options{Dir: t.TempDir(), Env: []string{"TEMPO_SPAN_METRICS_SLACK=24h"}})
	require.NoError(t, err)
	t.Cleanup(stack.Stop)
	session, err := shippedSession()
	require.NoError(t, err)
	dir := t.TempDir()
	session.Backfill, session.Traces, session.Truth = history, stack.OTLP, simulator.TruthDir(dir)
	require.NoError(t, session.Run(t.Context()))
	w := &world{Stack: stack}
	w.truth, err = readTruth(dir)
	require.NoError(t, err)
	w.awaitCounted(t, "normalise")
	d := datasource(t, stack.Tempo, "")
	w.compareContribution(t, d, "traceql-metrics")
	w.compareCalls(t, d)
	w.compareRegressions(t, d)
	askManyRuns(t, stack.OTLP, d, "of about 130 executions")

	run := w.newest(t, orders)
	frames := ask(t, d, run.Start, run.End, query{"queryType": "flow-steps", "runId": run.RunID})
	require.Equal(t, "traceql-metrics", custom(t, frames[0], "baselineSource"), notices(frames[0]))
	with := 0
	for _, r := range rows(frames[0]) {
		if r["baseline_p50"] != nil {
			with++
		}
	}
	require.Greater(t, with, 10)
}

// awaitCounted waits until Tempo's own TraceQL metrics know every execution of a step, asked directly.
func (w *world) awaitCounted(t *testing.T, step string) {
	t.Helper()
	want := 0.0
	for _, run := range w.truth {
		for _, job := range run.Jobs {
			if value(job.Step) == step {
				want++
			}
		}
	}
	q := url.Values{
		"q": {`{ name = "job ` + step + `" } | count_over_time()`}, "step": {"60s"},
		"start": {strconv.FormatInt(w.truth[0].Start.Add(-time.Minute).Unix(), 10)}, "end": {strconv.FormatInt(time.Now().Unix(), 10)},
	}
	var got float64
	require.Eventually(t, func() bool {
		var answer struct {
			Series []struct {
				Samples []struct{ Value float64 }
			}
		}
		require.NoError(t, getJSON(w.Tempo+"/api/metrics/query_range?"+q.Encode(), &answer))
		got = 0
		for _, s := range answer.Series {
			for _, sample := range s.Samples {
				got += sample.Value
			}
		}
		return got == want
	}, arrivalTimeout, time.Second, "not all executions are counted")
}

// askAlert asks as an alert rule does.
func askAlert(t *testing.T, d *plugin.Datasource, from, to time.Time, q query) backend.DataResponse {
	t.Helper()
	req := request(t, from, to, q)
	req.Headers = map[string]string{backend.FromAlertHeaderName: "true"} // bare, as Grafana sends it
	res, err := d.QueryData(t.Context(), req)
	require.NoError(t, err)
	return res.Responses["A"]
}
