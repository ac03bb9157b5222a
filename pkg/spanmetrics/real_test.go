package spanmetrics

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The recorded flow: step a takes 0.3 to 0.5 s, d (in a parallel loop c of three) 0.08 to 0.12 s, b 0.2 s with a
// third of its runs failing, the whole flow 1.2 s.
var (
	stepA  = Key{"demo", "f/etl/nightly/a", "a", false}
	stepB  = Key{"demo", "f/etl/nightly/b", "b", false}
	stepD  = Key{"demo", "f/etl/nightly", "d", false}
	flow   = Key{"demo", "f/etl/nightly", "", false}
	nobody = Key{"demo", "f/etl/nightly/a", "b", false} // its parts exist, the step does not
)

func TestShapeReal(t *testing.T) {
	for name, want := range map[string]Shape{
		"both": {
			Exists: true, Windmill: true, Native: true, Classic: true, Histogram: HistogramNative, StepLabel: "step_path",
			Series: []string{metricCalls, metricLatency, metricBucket, metricCount, metricSum, metricSize},
			Tags:   []string{"flow_step_id", "job_kind", "language", "step_path", "tag", "workspace_id"},
		},
		"raw": {
			Exists: true, Windmill: true, Classic: true, Histogram: HistogramClassic, StepLabel: "script_path",
			Series:  []string{metricCalls, metricBucket, metricCount, metricSum, metricSize},
			Missing: []string{metricLatency},
			Tags:    []string{"flow_step_id", "language", "script_path", "tag", "workspace_id"},
		},
		"stock": {
			Exists: true, Windmill: true, Native: true, Histogram: HistogramNative,
			Series:  []string{metricCalls, metricLatency, metricSize},
			Missing: []string{metricBucket, metricCount, metricSum},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, _, at := onRealAnswers(t, name)
			got, err := c.Shape(context.Background(), at)
			require.NoError(t, err)
			assert.Contains(t, got.Labels, "span_name")
			got.Labels = nil
			assert.Equal(t, want, got)
		})
	}
}

func TestCostReal(t *testing.T) {
	for name, iterations := range map[string]bool{"both": false, "raw": true, "stock": false} {
		t.Run(name, func(t *testing.T) {
			c, _, at := onRealAnswers(t, name)
			got, err := c.Cost(context.Background(), at)
			require.NoError(t, err)
			require.NotNil(t, got.Series)
			assert.Greater(t, *got.Series, 10.0)
			assert.Equal(t, iterations, got.Iterations)
			assert.Equal(t, iterations, got.IterationSeries != nil)
		})
	}
}

func TestBaselinesReal(t *testing.T) {
	for name, tt := range map[string]struct {
		source    Source
		histogram Histogram
		p50       map[Key]string // asked by hand
		count     map[Key]string
	}{
		"both": {SourceSpanMetrics, HistogramNative,
			map[Key]string{
				stepA: `histogram_quantile(0.5, sum(increase(traces_spanmetrics_latency{span_name="job a",step_path="f/etl/nightly/a"}[1h])))`,
				flow:  `histogram_quantile(0.5, sum(increase(traces_spanmetrics_latency{span_name="full_job",step_path="f/etl/nightly"}[1h])))`,
			}, map[Key]string{
				stepD: `histogram_count(sum(increase(traces_spanmetrics_latency{span_name="job d"}[1h])))`,
			}},
		"raw": {SourceSpanMetrics, HistogramClassic,
			map[Key]string{
				stepD: `histogram_quantile(0.5, sum by (le) (increase(traces_spanmetrics_latency_bucket{span_name="job d",script_path=~"f/etl/nightly/forloop-[0-9]+/d"}[1h])))`,
				flow:  `histogram_quantile(0.5, sum by (le) (increase(traces_spanmetrics_latency_bucket{span_name="full_job"}[1h])))`,
			}, map[Key]string{
				stepD: `sum(increase(traces_spanmetrics_latency_count{span_name="job d"}[1h]))`,
			}},
		"stock": {SourceByName, HistogramNative,
			map[Key]string{
				stepB: `histogram_quantile(0.5, sum(increase(traces_spanmetrics_latency{span_name="job b"}[1h])))`,
			}, map[Key]string{
				stepD: `histogram_count(sum(increase(traces_spanmetrics_latency{span_name="job d"}[1h])))`,
			}},
	} {
		t.Run(name, func(t *testing.T) {
			c, server, at := onRealAnswers(t, name)
			keys := []Key{stepA, stepB, stepD, flow, nobody, stepA}
			got, err := c.Baselines(context.Background(), BaselineRequest{Keys: keys, Window: time.Hour, At: at})
			require.NoError(t, err)
			assert.Equal(t, tt.source, got.Source)
			assert.Equal(t, tt.histogram, got.Histogram)
			for k, promql := range tt.p50 {
				require.NotNil(t, got.ByKey[k].P50, k)
				assert.InDelta(t, direct(t, server, promql, at), *got.ByKey[k].P50, 1e-12, promql)
			}
			for k, promql := range tt.count {
				assert.InDelta(t, direct(t, server, promql, at), got.ByKey[k].Count, 1e-6, promql)
			}
			for k, seconds := range map[Key][2]float64{stepA: {0.25, 0.55}, stepB: {0.12, 0.26}, stepD: {0.06, 0.13}} {
				b := got.ByKey[k]
				require.NotNil(t, b.P50, k)
				assert.InDelta(t, (seconds[0]+seconds[1])/2, *b.P50, (seconds[1]-seconds[0])/2, k)
				assert.GreaterOrEqual(t, *b.P95, *b.P50)
			}
			_, hasFlow := got.ByKey[flow]
			_, hasNobody := got.ByKey[nobody]
			byName := tt.source == SourceByName
			assert.Equal(t, !byName, hasFlow, "full_job alone mixes all flows")
			assert.Equal(t, byName, hasNobody, "only a name that stands for every flow fits")
			assert.Equal(t, byName, len(got.Notices) > 0, got.Notices)
		})
	}
}

func TestStepStatsReal(t *testing.T) {
	for _, name := range []string{"both", "raw", "stock"} {
		t.Run(name, func(t *testing.T) {
			c, server, at := onRealAnswers(t, name)
			got, err := c.StepStats(context.Background(), StatsRequest{Start: at.Add(-time.Hour), End: at})
			require.NoError(t, err)
			rows := map[string]StepStats{}
			for _, r := range got.Rows {
				_, twice := rows[r.Step]
				require.False(t, twice, "iterations are folded: %v", r.Key)
				rows[r.Step] = r
			}
			b, d := rows["b"], rows["d"]
			require.NotNil(t, b.Calls)
			byHand := direct(t, server, `sum(increase(traces_spanmetrics_calls_total{span_name="job b"}[1h]))`, at)
			assert.InDelta(t, byHand, *b.Calls, 1e-6)
			failed := direct(t, server, `sum(increase(traces_spanmetrics_calls_total{span_name="job b",status_code="STATUS_CODE_ERROR"}[1h]))`, at)
			assert.InDelta(t, failed, *b.Errors, 1e-6)
			assert.InDelta(t, failed/byHand, *b.ErrorRatio, 1e-9)
			assert.InDelta(t, byHand/3600, *b.Rate, 1e-9)
			assert.InDelta(t, 0.2, *b.Mean, 1e-6)
			assert.InDelta(t, 3*byHand, *d.Calls, 0.2*byHand)
			assert.Zero(t, *d.Errors)
			assert.InDelta(t, 0.1, *d.Mean, 0.02)
			assert.InDelta(t, *d.Mean**d.Calls, *d.Total, *d.Total*0.05)
			assert.Greater(t, *b.SizeBytes, 100.0)
			assert.Nil(t, b.PreviousP95, "there was nothing an hour before")
			assert.Nil(t, b.PreviousCalls)
			assert.Empty(t, b.PreviousBuckets)
			assert.InEpsilon(t, byHand, b.Buckets.Total(), 0.02)
			p95, _ := b.Buckets.BucketOf(0.95)
			assert.True(t, p95.Lower < *b.P95 && *b.P95 <= p95.Upper, "%v in %v", *b.P95, p95)
			for _, q := range []*float64{b.P50, b.P90, b.P95, b.P99} {
				require.NotNil(t, q)
			}
			_, container := rows["c"]
			assert.Equal(t, name != "both", container, "job_kind tells loops from steps")
			if name != "stock" {
				assert.Equal(t, stepD, d.Key)
			}
		})
	}
}

func TestStepStatsOfKeysReal(t *testing.T) {
	c, _, at := onRealAnswers(t, "both")
	got, err := c.StepStats(context.Background(), StatsRequest{Filter: Filter{Keys: []Key{stepA, flow, nobody}}, Start: at.Add(-time.Hour), End: at})
	require.NoError(t, err)
	require.Len(t, got.Rows, 2)
	assert.Equal(t, flow, got.Rows[0].Key)
	assert.InDelta(t, 1.2, *got.Rows[0].Mean, 1e-6)
	assert.Equal(t, stepA, got.Rows[1].Key)
}

func TestStepStatsOfTwoWindowsReal(t *testing.T) {
	for _, name := range []string{"both", "raw", "stock"} {
		t.Run(name, func(t *testing.T) {
			c, server, at := onRealAnswers(t, name)
			got, err := c.StepStats(context.Background(), StatsRequest{Start: at.Add(-2 * time.Minute), End: at, Before: at.Add(-time.Minute)})
			require.NoError(t, err)
			for _, r := range got.Rows {
				if r.Step != "b" {
					continue
				}
				byHand := direct(t, server, `sum(increase(traces_spanmetrics_calls_total{span_name="job b"}[2m]))`, at.Add(-time.Minute))
				require.NotNil(t, r.PreviousCalls)
				assert.InEpsilon(t, byHand, *r.PreviousCalls, 0.02)
				assert.InEpsilon(t, byHand, r.PreviousBuckets.Total(), 0.02)
				assert.InDelta(t, 0.2, *r.PreviousMean, 1e-3)
				require.NotNil(t, r.PreviousP95)
				return
			}
			t.Fatal("there is no step b")
		})
	}
}

func TestStepLatencyReal(t *testing.T) {
	for _, name := range []string{"both", "raw", "stock"} {
		t.Run(name, func(t *testing.T) {
			c, _, at := onRealAnswers(t, name)
			got, err := c.StepSeries(context.Background(), SeriesRequest{
				Measure:   MeasureLatency,
				Filter:    Filter{Workspaces: []string{"demo"}, Steps: []string{"b", "d"}},
				Quantiles: []float64{0.95, 0.5}, Start: at.Add(-5 * time.Minute), End: at, Step: 30 * time.Second,
			})
			require.NoError(t, err)
			require.Len(t, got.Series, 4)
			for i, want := range []float64{0.5, 0.95, 0.5, 0.95} {
				assert.Equal(t, want, got.Series[i].Quantile)
				for _, p := range got.Series[i].Points {
					if p.Value != nil {
						assert.InDelta(t, 0.15, *p.Value, 0.12)
					}
				}
			}
			assert.Equal(t, name == "stock", len(got.Notices) > 1, got.Notices)
		})
	}
}

func TestStepMeasuresReal(t *testing.T) {
	for _, name := range []string{"both", "raw", "stock"} {
		t.Run(name, func(t *testing.T) {
			c, server, at := onRealAnswers(t, name)
			grown := func(metric, matchers string) string {
				x := "traces_spanmetrics_" + metric + "{" + matchers + "}"
				return "sum(" + x + " - " + x + " offset 1m)"
			}
			const b, failed = `span_name="job b"`, `status_code="STATUS_CODE_ERROR"`
			failing := `span_name="job_postprocessing b"` // tells more than the execution
			if name == "stock" {
				failing = b
			}
			for _, tt := range []struct {
				measure Measure
				promql  string // asked by hand, of step b
			}{
				{MeasureRate, grown("calls_total", b) + " / 60"},
				{MeasureErrors, grown("calls_total", failing+","+failed) + " / " + grown("calls_total", b)},
				{MeasureSize, grown("size_total", b) + " / " + grown("calls_total", b)},
				{MeasureSeconds, "0.2 * " + grown("calls_total", b) + " / 60"},
			} {
				got, err := c.StepSeries(context.Background(), SeriesRequest{
					Filter: Filter{Steps: []string{"a", "b"}}, Measure: tt.measure, Start: at.Add(-3 * time.Minute), End: at, Step: time.Minute,
				})
				require.NoError(t, err)
				require.Len(t, got.Series, 2, tt.measure)
				a, b := got.Series[0], got.Series[1]
				require.Equal(t, "b", b.Step)
				last := b.Points[len(b.Points)-1]
				require.NotNil(t, last.Value, tt.measure)
				assert.InEpsilon(t, direct(t, server, tt.promql, last.Time), *last.Value, 1e-6, tt.measure)
				if tt.measure == MeasureErrors {
					require.NotNil(t, a.Points[len(a.Points)-1].Value)
					assert.Zero(t, *a.Points[len(a.Points)-1].Value, "it never failed")
				}
			}
		})
	}
}

func TestHeatmapReal(t *testing.T) {
	for _, name := range []string{"both", "raw", "stock"} {
		t.Run(name, func(t *testing.T) {
			c, server, at := onRealAnswers(t, name)
			request := HeatmapRequest{
				Filter: Filter{Steps: []string{"a", "b"}}, Keep: func(k Key) bool { return k.Step == "a" },
				Start: at.Add(-3 * time.Minute), End: at, Step: time.Second,
			}
			got, err := c.Heatmap(context.Background(), request)
			require.NoError(t, err)
			require.Len(t, got.Steps, 1)
			require.Len(t, got.Columns, 9)
			assert.Equal(t, 20*time.Second, got.Interval, "four of the samples, which are five seconds apart")
			for _, column := range got.Columns {
				const calls = `traces_spanmetrics_calls_total{span_name="job a"}`
				byHand := direct(t, server, "sum("+calls+" - "+calls+" offset 20s)", column.End)
				assert.InDelta(t, byHand, column.Buckets.Total(), 1e-9)
				for _, b := range column.Buckets {
					if b.Count > 0 {
						assert.True(t, b.Upper > 0.3 && b.Lower < 0.5, "a takes 0.3 to 0.5 s: %v", b)
					}
				}
			}
			request.Keep = func(Key) bool { return true }
			both, err := c.Heatmap(context.Background(), request)
			require.NoError(t, err)
			require.Len(t, both.Steps, 2)
			assert.InDelta(t, 2*got.Columns[1].Buckets.Total(), both.Columns[1].Buckets.Total(), 2, "b runs after a")
		})
	}
}
