package loki

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
)

// maxIntervals bounds the points of a volume: Loki refuses more than 11,000, and no graph is that wide.
const maxIntervals = 1000

// VolumeRequest asks how many lines there are in each interval.
type VolumeRequest struct {
	Filter
	Start, End time.Time
	Step       time.Duration // length of an interval, whole seconds; longer where there would be too many
}

// Volume is how many lines there are by level.
type Volume struct {
	Times  []time.Time          // where each interval begins
	Counts map[string][]float64 // by level as in Line, "" is not known; one count for each of Times
	Result                      // without lines
}

// Volume counts the lines that a filter chooses. When Loki answers only a part of the queries, what it gave is the
// result, with a notice.
func (c *Client) Volume(ctx context.Context, r VolumeRequest) (Volume, error) {
	out := Volume{Counts: map[string][]float64{}}
	selector, err := c.streams(ctx, r.Start, r.End)
	if err != nil {
		return Volume{}, err
	}
	if selector == "" {
		out.notice(false, "Loki has no logs from that time.")
		return out, nil
	}
	first, step := r.intervals(&out)
	questions, left := r.questions(selector)
	answers, errs := make([]volumeAnswer, len(questions)), make([]error, len(questions))
	var g group.Group
	g.SetLimit(parallel)
	for i, q := range questions {
		g.Go(func() error {
			answers[i], errs[i] = c.count(ctx, q.text, first, step, len(out.Times))
			return nil
		})
	}
	_ = g.Wait() // errors are kept
	if err := ctx.Err(); err != nil {
		return Volume{}, err
	}
	if left > 0 {
		out.notice(true, "The run has so many parts that the logs of %d loop iterations and sub-flows were not counted.", left)
	}
	if len(questions) > 2 {
		out.notice(false, "Lines that name jobs of two parts of the run are counted twice.")
	}
	if out.add(questions, answers, errs, first, step) == len(questions) {
		return Volume{}, errs[0]
	}
	return out, nil
}

// intervals lists where the intervals of a request begin. Loki counts backwards from an instant, so the first is asked
// for at its end.
func (r VolumeRequest) intervals(out *Volume) (first time.Time, step time.Duration) {
	step = max(r.Step.Truncate(time.Second), time.Second)
	if least := r.End.Sub(r.Start) / maxIntervals; step < least {
		step = least.Truncate(time.Second) + time.Second
	}
	first = r.Start.Truncate(step)
	for t := first; t.Before(r.End); t = t.Add(step) {
		out.Times = append(out.Times, t)
	}
	return first, step
}

// add sums the answers up by level and counts the questions that failed.
func (v *Volume) add(questions []question, answers []volumeAnswer, errs []error, first time.Time, step time.Duration) (failed int) {
	for i, q := range questions {
		v.Queries = append(v.Queries, volumeQL(q.shown, step))
		if errs[i] != nil {
			failed++
			v.notice(true, "A part of the logs could not be counted: %v", errs[i])
			continue
		}
		v.Stats.Add(answers[i].stats)
		for _, w := range answers[i].warnings {
			v.notice(true, "Loki warns: %s", w)
		}
		for _, s := range answers[i].series {
			counts := v.Counts[s.level]
			if counts == nil {
				counts = make([]float64, len(v.Times))
				v.Counts[s.level] = counts
			}
			for _, p := range s.points {
				if n := int(p.at.Sub(first)/step) - 1; n >= 0 && n < len(counts) {
					counts[n] += p.count
				}
			}
		}
	}
	return failed
}

// volumeQL counts the lines of a log query by what OTLP, Loki and Windmill's JSON call a level.
func volumeQL(logQL string, step time.Duration) string {
	return fmt.Sprintf("sum by (severity_text, level, detected_level) (count_over_time(%s [%ds]))", logQL, int(step.Seconds()))
}

// count asks one query for its counts, at the end of each interval.
func (c *Client) count(ctx context.Context, logQL string, first time.Time, step time.Duration, intervals int) (volumeAnswer, error) {
	args := bounds(first.Add(step), first.Add(step*time.Duration(intervals)))
	args.Set("query", volumeQL(logQL, step))
	args.Set("step", strconv.Itoa(int(step.Seconds())))
	body, err := c.send(ctx, "/loki/api/v1/query_range", args)
	if err != nil {
		return volumeAnswer{}, err
	}
	if upstream.CountJSON(body) > valuesOf(intervals) {
		return volumeAnswer{}, c.up.Unreadable("count of log lines", errTooMany)
	}
	answer, err := decodeVolume(body)
	if err != nil {
		return volumeAnswer{}, c.up.Unreadable("count of log lines", err)
	}
	answer.warnings = c.up.CleanAll(answer.warnings)
	return answer, nil
}

type volumeAnswer struct {
	series   []volumeSeries
	warnings []string
	stats    Stats
}

type volumeSeries struct {
	level  string
	points []volumePoint
}

type volumePoint struct {
	at    time.Time
	count float64
}

func decodeVolume(body []byte) (volumeAnswer, error) {
	var w struct {
		Status   string   `json:"status"`
		Warnings []string `json:"warnings"`
		Data     struct {
			ResultType string `json:"resultType"`
			Result     []struct {
				Metric map[string]string    `json:"metric"`
				Values [][2]json.RawMessage `json:"values"`
			} `json:"result"`
			Stats wireStats `json:"stats"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &w); err != nil {
		return volumeAnswer{}, err
	}
	if w.Status != "success" || w.Data.ResultType != "matrix" {
		return volumeAnswer{}, fmt.Errorf("status %q, result %q", w.Status, w.Data.ResultType)
	}
	out := volumeAnswer{warnings: w.Warnings, stats: w.Data.Stats.stats()}
	for _, r := range w.Data.Result {
		s := volumeSeries{level: level(r.Metric)}
		for _, v := range r.Values {
			p, err := decodePoint(v)
			if err != nil {
				return volumeAnswer{}, err
			}
			s.points = append(s.points, p)
		}
		out.series = append(out.series, s)
	}
	return out, nil
}

func decodePoint(value [2]json.RawMessage) (volumePoint, error) {
	var (
		seconds float64
		text    string
	)
	if err := json.Unmarshal(value[0], &seconds); err != nil {
		return volumePoint{}, err
	}
	if err := json.Unmarshal(value[1], &text); err != nil {
		return volumePoint{}, err
	}
	count, err := strconv.ParseFloat(text, 64)
	return volumePoint{time.UnixMilli(int64(seconds * 1000)).UTC(), count}, err
}
