package tracemetrics

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/histogram"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
)

// byTime are values of one step by the beginning of the interval that they are of.
type byTime map[time.Time]float64

// StepSeries finds a measure of the filter's keys over time. Sizes are not in traces.
func (c *Client) StepSeries(ctx context.Context, r spanmetrics.SeriesRequest) (spanmetrics.SeriesResult, error) {
	a, s := &asked{}, newSeries(max(r.Step.Truncate(time.Second), time.Second))
	out := spanmetrics.SeriesResult{Source: spanmetrics.SourceTraceQL}
	over := span{r.Start, r.End, s.step}
	var questions []question
	for _, g := range groups(r.Filter.Keys) {
		switch r.Measure {
		case spanmetrics.MeasureLatency:
			questions = append(questions, s.buckets(g, over))
		case spanmetrics.MeasureSeconds:
			questions = append(questions, s.values(g, over, "", secondsStage, s.numerator))
		case spanmetrics.MeasureRate:
			questions = append(questions, s.values(g, over, "", countStage, s.numerator))
		case spanmetrics.MeasureErrors:
			questions = append(questions, s.values(g, over, failed, countStage, s.numerator), s.values(g, over, "", countStage, s.calls))
			results := s.values(g, over, failed, countStage, s.failedResults)
			results.results = true
			questions = append(questions, results)
		default:
			a.add(&a.notices, "TraceQL metrics do not tell the measure "+string(r.Measure)+": it needs span metrics.")
		}
	}
	if err := c.ask(ctx, a, questions); err != nil {
		return spanmetrics.SeriesResult{}, err
	}
	switch r.Measure {
	case spanmetrics.MeasureLatency:
		out.Series = s.quantiles(r.Quantiles)
	case spanmetrics.MeasureErrors:
		out.Series = s.ratios()
	default:
		out.Series = s.perSecond()
	}
	slices.SortFunc(out.Series, func(x, y spanmetrics.Series) int {
		return cmp.Or(x.Key.Compare(y.Key), cmp.Compare(x.Quantile, y.Quantile))
	})
	for i, line := range out.Series { // the last interval has not ended
		out.Series[i].Points = slices.DeleteFunc(line.Points, func(p spanmetrics.Point) bool { return p.Time.After(r.End) })
	}
	out.Notices, out.Queries = a.sorted()
	return out, nil
}

// series gathers the answers to a request.
type series struct {
	step                            time.Duration
	numerator, calls, failedResults map[spanmetrics.Key]byTime
	histograms                      map[spanmetrics.Key]map[time.Time]histogram.Histogram
}

func newSeries(step time.Duration) series {
	return series{step, map[spanmetrics.Key]byTime{}, map[spanmetrics.Key]byTime{}, map[spanmetrics.Key]byTime{}, map[spanmetrics.Key]map[time.Time]histogram.Histogram{}}
}

func (s series) values(g stepGroup, over span, more, function string, into map[spanmetrics.Key]byTime) question {
	return question{group: g, over: over, more: more, function: function, each: func(k spanmetrics.Key, _ map[string]string, samples []tempo.MetricsSample) {
		if into[k] == nil {
			into[k] = byTime{}
		}
		for _, x := range samples {
			into[k][x.Time] += x.Value
		}
	}}
}

func (s series) buckets(g stepGroup, over span) question {
	return question{group: g, over: over, function: bucketsStage, each: func(k spanmetrics.Key, labels map[string]string, samples []tempo.MetricsSample) {
		upper, ok := bucket(labels)
		if !ok {
			return
		}
		if s.histograms[k] == nil {
			s.histograms[k] = map[time.Time]histogram.Histogram{}
		}
		for _, x := range samples {
			s.histograms[k][x.Time] = append(s.histograms[k][x.Time], histogram.Bucket{Lower: upper / 2, Upper: upper, Count: x.Value})
		}
	}}
}

func (s series) quantiles(list []float64) (out []spanmetrics.Series) {
	for k, intervals := range s.histograms {
		for _, q := range list {
			line := spanmetrics.Series{Key: k, Quantile: q}
			for _, at := range slices.SortedFunc(maps.Keys(intervals), time.Time.Compare) {
				h := intervals[at]
				slices.SortFunc(h, histogram.Bucket.Compare)
				line.Points = append(line.Points, spanmetrics.Point{Time: at.Add(s.step), Value: h.Quantile(q)})
			}
			out = append(out, line)
		}
	}
	return out
}

// ratios are null where nothing ran. Failures are those of results, where those know more.
func (s series) ratios() []spanmetrics.Series {
	return s.lines(s.calls, func(k spanmetrics.Key, at time.Time, calls float64) *float64 {
		if calls == 0 {
			return nil
		}
		failures := s.numerator[k]
		if s.failedResults[k].total() >= failures.total() {
			failures = s.failedResults[k]
		}
		return ptr(min(failures[at]/calls, 1)) // a result may be handled in the next interval
	})
}

func (b byTime) total() (sum float64) {
	for _, v := range b {
		sum += v
	}
	return sum
}

func (s series) perSecond() []spanmetrics.Series {
	return s.lines(s.numerator, func(_ spanmetrics.Key, _ time.Time, v float64) *float64 { return ptr(v / s.step.Seconds()) })
}

func (s series) lines(of map[spanmetrics.Key]byTime, value func(spanmetrics.Key, time.Time, float64) *float64) (out []spanmetrics.Series) {
	for k, intervals := range of {
		line := spanmetrics.Series{Key: k}
		for _, at := range slices.SortedFunc(maps.Keys(intervals), time.Time.Compare) {
			line.Points = append(line.Points, spanmetrics.Point{Time: at.Add(s.step), Value: value(k, at, intervals[at])})
		}
		out = append(out, line)
	}
	return out
}
