package spanmetrics

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/upstream/upstreamtest"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var six = []string{metricCalls, metricLatency, metricBucket, metricCount, metricSum, metricSize}

func TestExpressions(t *testing.T) {
	key := Key{"w", "f/x", "a", false}
	for name, tt := range map[string]struct {
		labels []string
		key    Key
		want   string
	}{
		"all tags": {[]string{"workspace_id", "step_path", "flow_step_id", "job_kind"}, key,
			`sum by (workspace_id, step_path, flow_step_id) (increase(traces_spanmetrics_calls_total{span_name=~"job( .+)?",flow_step_id!="",` +
				notLeaf + `,workspace_id="w",step_path="f/x",flow_step_id="a"}[1d]))`},
		"no flow_step_id": {[]string{"workspace_id", "step_path", "span_name"}, key,
			`sum by (workspace_id, step_path, span_name) (increase(traces_spanmetrics_calls_total{span_name=~"job .+",workspace_id="w",step_path="f/x",span_name="job a"}[1d]))`},
		"no workspace": {[]string{"step_path", "flow_step_id"}, key,
			`sum by (step_path, flow_step_id) (increase(traces_spanmetrics_calls_total{span_name=~"job( .+)?",flow_step_id!="",step_path="f/x",flow_step_id="a"}[1d]))`},
		"nothing": {[]string{"span_name"}, key,
			`sum by (span_name) (increase(traces_spanmetrics_calls_total{span_name=~"job .+",span_name="job a"}[1d]))`},
		"flow": {[]string{"workspace_id", "step_path", "flow_step_id"}, Key{"w", "f/x", "", false},
			`sum by (workspace_id, step_path) (increase(traces_spanmetrics_calls_total{span_name="full_job",workspace_id="w",step_path="f/x"}[1d]))`},
		"script": {[]string{"workspace_id", "step_path", "flow_step_id", "job_kind"}, Key{"w", "f/x", "", true},
			`sum by (workspace_id, step_path) (increase(traces_spanmetrics_calls_total{span_name="job",` + notLeaf + `,workspace_id="w",step_path="f/x"}[1d]))`},
	} {
		t.Run(name, func(t *testing.T) {
			d := dims{shapeOf(six, tt.labels)}
			figures := figuresFor(d, []Key{tt.key, tt.key}, 24*time.Hour, nil)
			require.Len(t, figures, 1)
			assert.Equal(t, tt.want, figures[0].sum(increase, metricCalls))
		})
	}
	alone := []Key{{"w", "f/x", "", false}, {"w", "f/x", "", true}}
	assert.Empty(t, figuresFor(dims{shapeOf(six, []string{"span_name"})}, alone, time.Hour, nil), "full_job and job alone mix all flows and scripts")
	assert.Len(t, figuresFor(dims{shapeOf(six, []string{"span_name", "step_path"})}, alone, time.Hour, nil), 2)
}

// TestContainer: a path, and what lies in its loops and branches, is the same step.
func TestContainer(t *testing.T) {
	fold := regexp.MustCompile("^(?:(.*?)(?:" + container + ")?)$") // Prometheus anchors so
	for path, want := range map[string]string{
		"f/x": "f/x", "f/x/a": "f/x/a", "f/x/loop-0/c": "f/x", "f/x/forloop-17": "f/x", "f/x/loop-0/branchone-1/d": "f/x",
		"f/x/branchall-2/forloop-3/e": "f/x", "f/forloop-x/a": "f/forloop-x/a", "f/x/myloop-1/a": "f/x/myloop-1/a", "": "",
	} {
		m := fold.FindStringSubmatch(path)
		require.NotNil(t, m, path)
		assert.Equal(t, want, m[1], path)
	}
}

// TestManyKeys: the number of queries does not grow with the number of steps.
func TestManyKeys(t *testing.T) {
	keys := make([]Key, 0, 1000)
	for i := range cap(keys) {
		keys = append(keys, Key{"w", fmt.Sprintf("f/some/flow/step_%d", i), fmt.Sprintf("step_%d", i), false})
	}
	c, queries := fakePrometheus(t, nil)
	got, err := c.Baselines(context.Background(), BaselineRequest{Keys: keys[:3], Window: time.Hour, At: time.Unix(1e9, 0)})
	require.NoError(t, err)
	few := len(*queries)
	assert.Equal(t, SourceSpanMetrics, got.Source)
	*queries = nil
	_, err = c.Baselines(context.Background(), BaselineRequest{Keys: keys, Window: time.Hour, At: time.Unix(1e9, 0)})
	require.NoError(t, err)
	assert.Len(t, *queries, few)

	long := strings.Repeat("x", chunkBytes)
	d := dims{shapeOf(six, []string{"workspace_id", "step_path", "flow_step_id"})}
	chunks := d.chunks([]Key{{"w", long, "a", false}, {"w", "p", "b", false}, {"w", "q", "c", false}, {"w", long, "a", false}})
	require.Len(t, chunks, 2)
	assert.Len(t, chunks[1], 2)
}

// fakePrometheus has all tags, and answers PromQL by the first key that is contained in it.
func fakePrometheus(t *testing.T, answers map[string]string) (*Client, *[]string) {
	var queries []string
	lock := make(chan struct{}, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		promql := r.FormValue("query")
		switch {
		case strings.HasSuffix(r.URL.Path, "/label/__name__/values"):
			_, _ = fmt.Fprintf(w, `{"status":"success","data":["%s"]}`, strings.Join(six, `","`))
			return
		case strings.HasSuffix(r.URL.Path, "/label/le/values"):
			_, _ = fmt.Fprint(w, `{"status":"success","data":["+Inf","16","4","8"]}`)
			return
		case strings.HasSuffix(r.URL.Path, "/labels"):
			_, _ = fmt.Fprint(w, `{"status":"success","data":["workspace_id","step_path","flow_step_id","job_kind","span_name"]}`)
			return
		}
		lock <- struct{}{}
		queries = append(queries, promql)
		<-lock
		for part, body := range answers {
			if strings.Contains(promql, part) {
				_, _ = fmt.Fprint(w, body)
				return
			}
		}
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"vector","result":[]}}`)
	}))
	t.Cleanup(s.Close)
	return New(upstreamtest.Client(t, "Prometheus", s), 0), &queries
}

func vector(values ...string) string {
	var samples []string
	for _, v := range values {
		samples = append(samples, `{"metric":{"workspace_id":"w","step_path":"p","flow_step_id":"a"},"value":[1,"`+v+`"]}`)
	}
	return `{"status":"success","warnings":["half of the stores is away"],"data":{"resultType":"vector","result":[` + strings.Join(samples, ",") + `]}}`
}

func TestOddAnswers(t *testing.T) {
	key := Key{"w", "p", "a", false}
	c, _ := fakePrometheus(t, map[string]string{
		"histogram_count": vector("10"), "quantile(0.5": vector("NaN"), "quantile(0.95": vector("3", "4"), "quantile(0.99": vector("+Inf"),
	})
	got, err := c.Baselines(context.Background(), BaselineRequest{Keys: []Key{key}, Window: time.Hour, At: time.Unix(1e9, 0)})
	require.NoError(t, err)
	three := 3.0
	assert.Equal(t, map[Key]Baseline{key: {P95: &three, Count: 10}}, got.ByKey)
	assert.Equal(t, []string{"Prometheus gave two answers for the same step: the first is shown.", "Prometheus warns: half of the stores is away"}, got.Notices)
	assert.Equal(t, HistogramNative, got.Histogram)
}

// TestHistogramTurnedOnLately: native histograms that know much less than the classic ones are not used.
func TestHistogramTurnedOnLately(t *testing.T) {
	c, _ := fakePrometheus(t, map[string]string{
		"histogram_count": vector("10"), "(traces_spanmetrics_latency_count": vector("100"), "latency_bucket": vector("2"),
	})
	got, err := c.Baselines(context.Background(), BaselineRequest{Keys: []Key{{"w", "p", "a", false}}, Window: time.Hour, At: time.Unix(1e9, 0)})
	require.NoError(t, err)
	assert.Equal(t, HistogramClassic, got.Histogram)
	assert.Equal(t, 100.0, got.ByKey[Key{"w", "p", "a", false}].Count)
	assert.Equal(t, 2.0, *got.ByKey[Key{"w", "p", "a", false}].P50)
	assert.Equal(t, []float64{4, 8, 16}, got.Resolution.Bounds)
}

func TestPrometheusFailures(t *testing.T) {
	for body, want := range map[string]string{
		`{"status":"error","error":"x"}`: "answered with something that is no answer of the Prometheus API",
		`[]`:                             "answered with something that is no answer of the Prometheus API",
		`<html></html>`:                  "answered with a page of HTML",
		`{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}`: "answered with something that is no vector",
	} {
		c, _ := fakePrometheus(t, map[string]string{"": body})
		_, err := c.Baselines(context.Background(), BaselineRequest{Keys: []Key{{"w", "p", "a", false}}, Window: time.Hour, At: time.Unix(1e9, 0)})
		assert.ErrorContains(t, err, want, body)
		require.NotNil(t, upstream.AsError(err))
		assert.Equal(t, http.StatusBadGateway, upstream.AsError(err).Status)
	}
}

func TestNoSpanMetrics(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, `{"status":"success","data":[]}`) }))
	defer s.Close()
	c := New(upstreamtest.Client(t, "Prometheus", s), 0)
	at := time.Unix(1e9, 0)
	base, err := c.Baselines(context.Background(), BaselineRequest{Keys: []Key{{"w", "p", "a", false}}, Window: time.Hour, At: at})
	require.NoError(t, err)
	assert.Equal(t, SourceNone, base.Source)
	require.Len(t, base.Notices, 1)
	assert.Empty(t, base.ByKey)
	stats, err := c.StepStats(context.Background(), StatsRequest{Start: at.Add(-time.Hour), End: at})
	require.NoError(t, err)
	assert.Equal(t, SourceNone, stats.Source)
	assert.Empty(t, stats.Rows)
}

func TestBadRequests(t *testing.T) {
	c, queries := fakePrometheus(t, nil)
	at := time.Unix(1e9, 0)
	ctx := context.Background()
	_, err := c.StepStats(ctx, StatsRequest{Start: at, End: at})
	assert.EqualError(t, err, "The time range is empty: its end must be after its start.")
	for _, r := range []SeriesRequest{
		{Start: at, End: at, Step: time.Second, Quantiles: []float64{0.5}},
		{Start: at, End: at.Add(time.Hour), Quantiles: []float64{0.5}},
		{Start: at, End: at.Add(time.Hour), Step: time.Millisecond, Quantiles: []float64{0.5}},
		{Start: at, End: at.Add(time.Hour), Step: time.Minute, Quantiles: []float64{math.NaN()}},
	} {
		_, err = c.StepSeries(ctx, r)
		require.NotNil(t, upstream.AsError(err))
		assert.Equal(t, http.StatusBadRequest, upstream.AsError(err).Status)
	}
	got, err := c.StepStats(ctx, StatsRequest{Filter: Filter{Keys: []Key{}}, Start: at.Add(-time.Hour), End: at})
	require.NoError(t, err)
	assert.Empty(t, got.Rows)
	assert.Empty(t, *queries)
}

func TestFilterNotices(t *testing.T) {
	a := &asked{}
	d := dims{shapeOf(six, []string{"span_name"})}
	m := d.matchers(Filter{Workspaces: []string{"w"}, Languages: []string{"bash"}, Steps: []string{"a", "b"}, StepPaths: []string{"p"}}, a)
	assert.Equal(t, `m{span_name=~"job a|job b"}`, selector("m", m))
	assert.Equal(t, []string{
		"The span metrics carry no language, so the filter by language has no effect on them.",
		"The span metrics carry no path of the step, so the filter by path has no effect on them.",
		"The span metrics carry no workspace_id, so the filter by workspace has no effect on them.",
	}, a.said())
}

func TestSmallThings(t *testing.T) {
	assert.Equal(t, "1d", promDuration(24*time.Hour))
	assert.Equal(t, "1h30m", promDuration(90*time.Minute))
	assert.Equal(t, "1ms", promDuration(0))
	assert.Nil(t, finite(model.SampleValue(math.Inf(1))))
	assert.Equal(t, `x=~".*"`, AnyOf("x", nil))
	assert.Equal(t, `x=~"a\\.b|c"`, AnyOf("x", []string{"c", "a.b", "c"}))
	assert.Equal(t, `x="c"`, AnyOf("x", []string{"c", "\xff"}))
	assert.Equal(t, `x="\xff"`, AnyOf("x", []string{"\xfe", "\xff"}))
}
