package spanmetrics

import (
	"context"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCounted(t *testing.T) {
	matchers := []string{`a="b"`}
	at := func(metric string) string { return selector(metric, matchers) }
	start := func(metric string) string {
		x := at(metric)
		return "(" + x + " offset 1m * (" + x + " offset 1m <= bool min_over_time(" + x + "[1m])) or min_over_time(" + x + "[1m]))"
	}
	h := at(metricLatency)
	grown := "(" + h + " - " + h + " offset 1m and histogram_count(" + h + ") >= histogram_count(" + h + " offset 1m))"
	for _, tt := range []struct{ metric, beside, want string }{
		{metricCalls, metricCount, at(metricCalls) + " - " + start(metricCalls)},
		{metricBucket, "", at(metricBucket) + " - " + start(metricBucket)},
		{metricSum, metricCalls, at(metricSum) + " and " + start(metricCalls) + " == 0 or " + at(metricSum) + " - " + start(metricSum)},
		{metricLatency, metricCount, h + " and " + start(metricCount) + " == 0 or " + grown},
		{metricLatency, "", grown},
	} {
		assert.Equal(t, tt.want, counted(tt.metric, tt.beside, matchers, time.Minute))
	}
}

func TestCountedOfNativeHistograms(t *testing.T) {
	assert.Equal(t, `histogram_sum(`+metricLatency+`{}) and `+atStart(metricCalls+"{}", time.Minute)+` == 0 or histogram_sum(`+
		metricLatency+`{}) - histogram_sum(`+metricLatency+`{} offset 1m) >= 0`, countedOf("histogram_sum", metricCalls, nil, time.Minute))
}

func TestParts(t *testing.T) {
	for window, part := range map[time.Duration]time.Duration{
		time.Minute: time.Minute, 15 * time.Minute: 15 * time.Minute, 20 * time.Minute: 10 * time.Minute, time.Hour: 15 * time.Minute,
		7 * time.Hour: 15 * time.Minute, 1000 * time.Second: 500 * time.Second,
	} {
		assert.Equal(t, part, parts(window), window)
	}
	assert.Equal(t, "x", addUp("x", time.Minute))
	assert.Equal(t, "sum_over_time((x)[59m59s999ms:15m])", addUp("x", time.Hour))
	at := time.Date(2026, 11, 24, 10, 7, 3, 0, time.UTC)
	assert.Equal(t, at, align(at, time.Minute))
	assert.Equal(t, time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC), align(at, time.Hour), "a multiple of its parts")
}

func TestRoundSampled(t *testing.T) {
	for seconds, want := range map[float64]time.Duration{
		4.96: 5 * time.Second, 14.6: 15 * time.Second, 16.2: 15 * time.Second, 63: time.Minute, 42.4: 42 * time.Second, 0.2: time.Second,
	} {
		assert.Equal(t, want, roundSampled(seconds), seconds)
	}
}

// TestSampledIsMeasuredOnce: what is measured is kept, and nothing is measured where it is set.
func TestSampledIsMeasuredOnce(t *testing.T) {
	at := time.Unix(1e9, 0)
	request := SeriesRequest{Measure: MeasureRate, Start: at.Add(-time.Hour), End: at, Step: time.Second}
	c, queries := fakePrometheus(t, map[string]string{"count_over_time": vector("30.2")})
	for range 2 {
		_, err := c.StepSeries(context.Background(), request)
		assert.Error(t, err, "the vector is no matrix")
	}
	measured := 0
	for _, q := range *queries {
		if q == "min((600 - time() + timestamp("+selector(metricCount, []string{windmillJob})+")) / (count_over_time("+
			selector(metricCount, []string{windmillJob})+"[10m]) - 0.5) and "+selector(metricCount, []string{windmillJob})+" offset 10m)" {
			measured++
		}
	}
	assert.Equal(t, 1, measured, *queries)
	shape := shapeOf(six, []string{"span_name"})
	assert.Equal(t, 30*time.Second, c.sampled(context.Background(), shape, at))
	assert.Equal(t, 2*time.Minute, windowOf(time.Second, 30*time.Second))

	perUser, err := upstream.New(upstream.Options{Name: "Prometheus", URL: c.up.URL("", nil).String(), HTTP: httpclient.Options{ForwardHTTPHeaders: true}})
	require.NoError(t, err)
	before, ofUsers := len(*queries), New(perUser, 0)
	for range 2 {
		assert.Equal(t, 30*time.Second, ofUsers.sampled(context.Background(), shape, at))
	}
	assert.Len(t, *queries, before+2, "what one user may see is not kept for another")

	unknown, asked := fakePrometheus(t, nil)
	assert.Equal(t, DefaultSampled, unknown.sampled(context.Background(), shape, at))
	assert.Len(t, *asked, 1)

	set := &Client{setSampled: 5 * time.Second} // has nothing to ask
	assert.Equal(t, 5*time.Second, set.sampled(context.Background(), shape, at))
}
