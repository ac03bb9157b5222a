package simulator

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestNewCountersStartWithAZero(t *testing.T) {
	server := newReceiver(t)
	start := testStart.Add(5 * time.Second) // samples at :20, :35, :50 and so on
	w := NewRemoteWriter(server.URL+"/write", MetricsOptions{Dimensions: []string{"flow_step_id"}}, start, 0)
	batch := simulate(t, 2*time.Minute, `
path: f/x
workspace: w
schedule: {every: 1h, offset: 65s}
modules: [{id: a, rawscript: python3, duration: 1s}]
`)
	require.NoError(t, w.Spans(t.Context(), batch.Spans, testStart.Add(90*time.Second)))
	require.NoError(t, w.Finish(t.Context(), testStart.Add(91*time.Second)))

	calls := samplesOf(t, server, metricCalls+";flow_step_id=a;", "span_name=job a;")
	require.Len(t, calls, 3)
	require.Equal(t, testStart.Add(59*time.Second).UnixMilli(), calls[0].Timestamp, "at the end of the minute before")
	require.Zero(t, calls[0].Value)
	require.Equal(t, testStart.Add(80*time.Second).UnixMilli(), calls[1].Timestamp)
	require.Equal(t, 1.0, calls[1].Value)
	require.Equal(t, testStart.Add(91*time.Second).UnixMilli(), calls[2].Timestamp)

	sum := samplesOf(t, server, metricLatency+"_sum;flow_step_id=a;", "span_name=job a;")
	require.Len(t, sum, 2, "the sum gets no zero")
	require.Equal(t, 1.0, sum[0].Value)
	require.Zero(t, samplesOf(t, server, "_bucket;flow_step_id=a;le=0.512;", "span_name=job a;")[1].Value)
	require.Equal(t, 1.0, samplesOf(t, server, "_bucket;flow_step_id=a;le=1.024;", "span_name=job a;")[1].Value)
	require.Equal(t, 1.0, samplesOf(t, server, "_bucket;flow_step_id=a;le=+Inf;", "span_name=job a;")[1].Value)
}

func samplesOf(t *testing.T, r *receiver, parts ...string) []sampleView {
	t.Helper()
	var found []sampleView
	matches := 0
	for key, samples := range r.samples {
		all := true
		for _, part := range parts {
			all = all && strings.Contains(key, part)
		}
		if !all {
			continue
		}
		matches++
		for _, s := range samples {
			found = append(found, sampleView{s.Timestamp, s.Value})
		}
	}
	require.Equal(t, 1, matches, "series with %v", parts)
	return found
}

type sampleView struct {
	Timestamp int64
	Value     float64
}

func TestAnAbsentDimensionIsNoLabel(t *testing.T) {
	m := NewSpanMetrics(MetricsOptions{Dimensions: DefaultDimensions(), TargetInfo: true})
	for _, span := range shippedHour(t, 1).Spans {
		m.Observe(span)
	}
	names := map[string][]string{}
	for _, series := range m.order {
		var labels []string
		for _, l := range series.labels {
			require.NotEmpty(t, l.value, l.name)
			labels = append(labels, l.name)
		}
		names[series.labels[1].value] = labels
	}
	require.Equal(t, []string{"service", "span_name", "span_kind", "status_code", "workspace_id", "step_path", "job"}, names["full_job"])
	require.Less(t, len(m.order), 200, "iterations are folded")
}
