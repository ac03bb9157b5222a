package tracemetrics

import (
	"context"
	"flag"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/upstream/upstreamtest"
	"github.com/stretchr/testify/require"
)

// Record anew with: go test ./pkg/tracemetrics -record=URL. Tempo must have got the recorded flow of package
// spanmetrics for some minutes: a takes 0.3 to 0.5 s, d (in a parallel loop of three) 0.08 to 0.12 s, b 0.2 s with a
// third of its runs failing, the whole flow 1.2 s.
var record = flag.String("record", "", "a Tempo to record the answers of")

var (
	stepA  = spanmetrics.Key{Workspace: "demo", StepPath: "f/etl/nightly/a", Step: "a"}
	stepB  = spanmetrics.Key{Workspace: "demo", StepPath: "f/etl/nightly/b", Step: "b"}
	stepD  = spanmetrics.Key{Workspace: "demo", StepPath: "f/etl/nightly", Step: "d"}
	flow   = spanmetrics.Key{Workspace: "demo", StepPath: "f/etl/nightly"}
	nobody = spanmetrics.Key{Workspace: "demo", StepPath: "f/other/a", Step: "a"} // another flow's step of that id
	all    = []spanmetrics.Key{stepA, stepB, stepD, flow, nobody}
)

func onRealAnswers(t *testing.T) (*Client, time.Time) {
	t.Helper()
	file := "testdata/" + t.Name() + ".json"
	var server *httptest.Server
	tape := &upstreamtest.Cassette{Server: "Tempo 2.8"}
	if *record != "" {
		tape.At = time.Now().UTC().Truncate(time.Minute)
		server = tape.Record(t, *record)
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		t.Cleanup(func() { require.NoError(t, os.WriteFile(file, tape.JSON(t), 0o644)) })
	} else {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		tape = upstreamtest.Load(t, raw)
		server = tape.Replay(t)
	}
	return New(tempo.New(upstreamtest.Client(t, "Tempo", server))), tape.At
}

func between(t *testing.T, lower float64, v *float64, upper float64) {
	t.Helper()
	require.NotNil(t, v)
	require.GreaterOrEqual(t, *v, lower)
	require.LessOrEqual(t, *v, upper)
}

func TestBaselinesReal(t *testing.T) {
	c, at := onRealAnswers(t)
	got, err := c.Baselines(context.Background(), spanmetrics.BaselineRequest{Keys: all, Window: 5 * time.Minute, At: at})
	require.NoError(t, err)
	require.Equal(t, spanmetrics.SourceTraceQL, got.Source)
	require.NotContains(t, got.ByKey, nobody, "the step of the other flow never ran")
	for k, seconds := range map[spanmetrics.Key][2]float64{stepA: {0.3, 0.5}, stepB: {0.2, 0.2}, stepD: {0.08, 0.12}, flow: {1.2, 1.2}} {
		b := got.ByKey[k]
		lower, upper := seconds[0]/2, seconds[1]*2 // buckets are a factor of two wide
		between(t, lower, b.P50, upper)
		between(t, *b.P50, b.P95, upper)
		require.Greater(t, b.Count, 50.0)
	}
	require.InDelta(t, 3*got.ByKey[stepA].Count, got.ByKey[stepD].Count, 3)
	require.Len(t, got.Queries, 3, "one for the flow, one for the steps, and one for the step whose id is there twice")
}

func TestStepStatsReal(t *testing.T) {
	c, at := onRealAnswers(t)
	got, err := c.StepStats(context.Background(), spanmetrics.StatsRequest{
		Filter: spanmetrics.Filter{Keys: []spanmetrics.Key{stepA, stepB, stepD}}, Start: at.Add(-2 * time.Minute), End: at,
	})
	require.NoError(t, err)
	require.Len(t, got.Rows, 3)
	b := got.Rows[2]
	require.Equal(t, stepB, b.Key)
	require.InDelta(t, 0.2, *b.Mean, 1e-6)
	require.InDelta(t, *b.Calls*0.2, *b.Total, 1e-6)
	require.InDelta(t, *b.Calls/120, *b.Rate, 1e-9)
	require.InDelta(t, 1.0/3, *b.ErrorRatio, 0.05)
	require.InDelta(t, *b.Calls, *b.PreviousCalls, 3)
	require.InDelta(t, 0.2, *b.PreviousMean, 1e-6)
	require.InDelta(t, *b.P95, *b.PreviousP95, 1e-6)
	require.InDelta(t, *b.Calls, b.Buckets.Total(), 1e-9)
}

func TestStepSeriesReal(t *testing.T) {
	c, at := onRealAnswers(t)
	ask := func(m spanmetrics.Measure) []spanmetrics.Series {
		got, err := c.StepSeries(context.Background(), spanmetrics.SeriesRequest{
			Filter: spanmetrics.Filter{Keys: []spanmetrics.Key{stepA, stepB}}, Measure: m, Quantiles: []float64{0.5, 0.95},
			Start: at.Add(-3 * time.Minute), End: at, Step: time.Minute,
		})
		require.NoError(t, err)
		return got.Series
	}
	latency := ask(spanmetrics.MeasureLatency)
	require.Len(t, latency, 4)
	require.Equal(t, stepA, latency[0].Key)
	require.Equal(t, []float64{0.5, 0.95}, []float64{latency[0].Quantile, latency[1].Quantile})
	require.Len(t, latency[0].Points, 3, "each covers the minute before it")
	require.Equal(t, at, latency[0].Points[2].Time)
	rate, seconds, errors := ask(spanmetrics.MeasureRate), ask(spanmetrics.MeasureSeconds), ask(spanmetrics.MeasureErrors)
	for i := range 3 {
		between(t, 0.2, latency[0].Points[i].Value, 0.6)
		between(t, 0.2, rate[1].Points[i].Value, 0.5)
		require.InDelta(t, *rate[1].Points[i].Value*0.2, *seconds[1].Points[i].Value, 1e-6)
		require.InDelta(t, 0, *errors[0].Points[i].Value, 0)
		between(t, 0.2, errors[1].Points[i].Value, 0.5)
	}
	require.Empty(t, ask(spanmetrics.MeasureSize))
}

func TestHeatmapReal(t *testing.T) {
	c, at := onRealAnswers(t)
	got, err := c.Heatmap(context.Background(), spanmetrics.HeatmapRequest{
		Filter: spanmetrics.Filter{Keys: []spanmetrics.Key{stepA, stepB, stepD}}, Keep: func(k spanmetrics.Key) bool { return k != stepB },
		Start: at.Add(-3 * time.Minute), End: at, Step: time.Minute,
	})
	require.NoError(t, err)
	require.Equal(t, []spanmetrics.Key{stepD, stepA}, got.Steps)
	require.Len(t, got.Columns, 3)
	for _, column := range got.Columns {
		var a, d float64
		for _, b := range column.Buckets {
			if b.Lower >= 0.2 {
				a += b.Count
			} else {
				d += b.Count
			}
		}
		require.Positive(t, a)
		require.InDelta(t, 3*a, d, 3, "three iterations for each run")
	}
	require.Equal(t, at, got.Columns[2].End)
}

func TestGroups(t *testing.T) {
	list := groups(all)
	require.Len(t, list, 3)
	require.Len(t, list[0].keys, 3)
	require.True(t, list[1].whole)
	require.Equal(t, `{ name =~ "job( .+)?" && span.workspace_id = "demo" && (`+
		`(span.flow_step_id = "d" && span.script_path =~ "f/etl/nightly(/(forloop|loop|branchone|branchall)-[0-9]+.*)?")`+
		` || (span.flow_step_id = "a" && span.script_path =~ "f/etl/nightly/a(/(forloop|loop|branchone|branchall)-[0-9]+.*)?")`+
		` || (span.flow_step_id = "b" && span.script_path =~ "f/etl/nightly/b(/(forloop|loop|branchone|branchall)-[0-9]+.*)?"))`+
		` && status = error } | count_over_time() by (span.workspace_id, span.flow_step_id)`,
		newFigures().failures(list[0], span{})[0].traceQL())
	var many []spanmetrics.Key
	for i := range 250 {
		many = append(many, spanmetrics.Key{Workspace: "w", StepPath: "p", Step: string(rune('a' + i))})
	}
	require.Len(t, groups(many), 3)
	script := spanmetrics.Key{Workspace: "w", StepPath: "p", Script: true}
	list = groups([]spanmetrics.Key{script, {Workspace: "w", StepPath: "p"}})
	require.Len(t, list, 2, "a flow may have the path of a script")
	require.Equal(t, `name = "job" && span.workspace_id = "w" && span.script_path = "p" && `+notFlow, list[0].condition(executionName))
	hostile := spanmetrics.Key{Workspace: `w" || true`, StepPath: `p" }|`, Step: "a"}
	require.Contains(t, groups([]spanmetrics.Key{hostile})[0].condition(executionName), `span.workspace_id = "w\" || true"`)
	require.Contains(t, groups([]spanmetrics.Key{hostile})[0].condition(executionName), `"p\" \\}\\|(/(forloop`)
}
