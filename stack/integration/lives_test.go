//go:build integration

package integration

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/stack/servers"
)

// life is what Tempo's generator writes of one step: the executions of each second, all of them a second long.
type life struct {
	step  string
	since time.Time
	from  int                   // executions that are counted when the samples begin, which then are of no new series
	runs  map[time.Duration]int // executions by the time after since
	// The generator forgets the series after 15 idle minutes, and begins anew with the next execution. It is restarted at
	// one time, and its samples are lost between two others.
	restarted, lostFrom, lostTo time.Duration
}

const (
	sampledEvery = 15 * time.Second
	forgotten    = 15 * time.Minute
)

// samples are the values of the counter by time.
func (l life) samples(length time.Duration) (counts []prompb.Sample, zeros []prompb.Sample) {
	n, alive, touched := l.from, l.from > 0, time.Duration(0)
	for at := sampledEvery; at <= length; at += sampledEvery {
		if l.restarted > at-sampledEvery && l.restarted <= at || at-touched > forgotten {
			n, alive = 0, false
		}
		ran := 0
		for t, k := range l.runs {
			if t > at-sampledEvery && t <= at {
				ran += k
			}
		}
		now := l.since.Add(at)
		lost := at > l.lostFrom && at <= l.lostTo
		if ran > 0 {
			if !alive && !lost {
				zeros = append(zeros, prompb.Sample{Timestamp: now.Truncate(time.Minute).Add(-time.Second).UnixMilli()})
			}
			n, alive, touched = n+ran, true, at
		}
		if alive && !lost {
			counts = append(counts, prompb.Sample{Timestamp: now.UnixMilli(), Value: float64(n)})
		}
	}
	return counts, zeros
}

// series are all that Tempo writes of the step; sums and native histograms begin without a zero.
func (l life) series(length time.Duration) (out []prompb.TimeSeries) {
	counts, zeros := l.samples(length)
	named := func(name string, extra ...prompb.Label) prompb.TimeSeries {
		labels := []prompb.Label{{Name: "__name__", Value: name}, {Name: "flow_step_id", Value: l.step}, {Name: "job_kind", Value: "script"}}
		labels = append(labels, extra...)
		return prompb.TimeSeries{Labels: append(labels, []prompb.Label{
			{Name: "span_name", Value: "job " + l.step}, {Name: "status_code", Value: "STATUS_CODE_ERROR"},
			{Name: "step_path", Value: "f/lives/" + l.step}, {Name: "workspace_id", Value: "lives"}}...)}
	}
	all := append(append([]prompb.Sample{}, zeros...), counts...)
	for _, name := range []string{"calls_total", "latency_count"} {
		ts := named("traces_spanmetrics_" + name)
		ts.Samples = all
		out = append(out, ts)
	}
	for _, le := range []string{"1", "+Inf"} {
		ts := named("traces_spanmetrics_latency_bucket", prompb.Label{Name: "le", Value: le})
		ts.Samples = all
		out = append(out, ts)
	}
	sum, native := named("traces_spanmetrics_latency_sum"), named("traces_spanmetrics_latency")
	sum.Samples = counts
	for _, c := range counts {
		native.Histograms = append(native.Histograms, prompb.FromIntHistogram(c.Timestamp, &histogram.Histogram{
			Schema: 3, Count: uint64(c.Value), Sum: c.Value,
			PositiveSpans: []histogram.Span{{Offset: 0, Length: 1}}, PositiveBuckets: []int64{int64(c.Value)},
		}))
	}
	return append(out, sum, native)
}

func remoteWrite(t *testing.T, prometheus string, series []prompb.TimeSeries) {
	t.Helper()
	body, err := (&prompb.WriteRequest{Timeseries: series}).Marshal()
	require.NoError(t, err)
	res, err := http.Post(prometheus+"/api/v1/write", "application/x-protobuf", bytes.NewReader(snappy.Encode(nil, body)))
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusNoContent, res.StatusCode)
}

// every are executions so far apart, the first after the same time.
func every(apart, length time.Duration) map[time.Duration]int {
	runs := map[time.Duration]int{}
	for at := apart; at < length; at += apart {
		runs[at] = 1
	}
	return runs
}

// TestTheLivesOfASeries counts executions whose series come and go: of steps that run seldom, after a restart of the
// generator, and where samples are missing, after which nothing is invented.
func TestTheLivesOfASeries(t *testing.T) {
	const length = 6 * time.Hour
	stack, err := servers.StartEmbedded(t.Context(), servers.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(stack.Stop)
	to := time.Now().Add(-time.Minute).Truncate(15 * time.Minute)
	since := to.Add(-length)
	wanted, series := map[string][2]float64{}, []prompb.TimeSeries{}
	for _, l := range []struct {
		life
		least, most float64
	}{
		{life{step: "hourly", runs: every(time.Hour+7*time.Second, length)}, 5, 5},
		{life{step: "half_hourly", runs: every(31*time.Minute, length)}, 11, 11},
		{life{step: "soon_again", runs: every(17*time.Minute, length)}, 21, 21}, // its series is gone for two minutes
		{life{step: "often", runs: every(20*time.Second, length)}, 1079, 1079},
		// The one between the beginning of a quarter of an hour and the restart may be missing.
		{life{step: "restarted", runs: every(10*time.Minute+time.Second, length), restarted: 3*time.Hour + 4*time.Minute}, 34, 35},
		// A thousand executions from before the samples begin are not of this time. Of native histograms nothing is known
		// until the first window has passed.
		{life{step: "older", from: 1000, runs: every(5*time.Minute, length)}, 68, 71},
		// The same where samples were lost: what was executed in that hour is not known.
		{life{step: "interrupted", from: 1000, runs: every(5*time.Minute, length), lostFrom: 2 * time.Hour, lostTo: 3*time.Hour - time.Second}, 53, 59},
	} {
		l.since = since
		wanted[l.step] = [2]float64{l.least, l.most}
		series = append(series, l.series(length)...)
	}
	remoteWrite(t, stack.Prometheus, series) // at once: Prometheus takes no sample that is hours older than its newest
	w := &world{Stack: stack}
	for name, hidden := range histograms {
		d := datasource(t, "", hiding(t, stack.Prometheus, hidden...))
		for _, step := range []time.Duration{time.Minute, 5 * time.Minute, time.Hour} {
			t.Run(fmt.Sprint(name, " ", step), func(t *testing.T) {
				from := since.Add(-time.Hour)
				rates := w.sums(t, d, from, to, step, query{"queryType": "step-latency", "measure": "rate"})
				failed := w.sums(t, d, from, to, step, query{"queryType": "step-latency", "measure": "errors"})
				seconds := w.sums(t, d, from, to, step, query{"queryType": "step-contribution"})
				for name, want := range wanted {
					key := "f/lives/" + name + " " + name
					var counted, took float64
					for at, rate := range rates[key] {
						counted += rate * step.Seconds()
						took += seconds[key][at] * step.Seconds()
						if share, known := failed[key][at]; known {
							require.InDelta(t, 1, share, 1e-9, "all of them failed")
						}
					}
					for of, n := range map[string]float64{"calls": counted, "seconds": took, "cells": w.cells(t, d, from, to, step, name)} {
						require.GreaterOrEqual(t, n, want[0]-1e-6, "%s of %s", of, name)
						require.LessOrEqual(t, n, want[1]+1e-6, "%s of %s", of, name)
					}
				}
			})
		}
	}
}
