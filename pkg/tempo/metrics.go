package tempo

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"
)

// MetricsRequest is one TraceQL metrics query over time.
type MetricsRequest struct {
	Query string // TraceQL with a metrics stage, such as `{ ... } | count_over_time() by (span.x)`
	// Start and End bound the query. Tempo counts in whole steps since 1970: what lies in the step that holds Start or
	// End is in the answer.
	Start, End time.Time
	Step       time.Duration // whole seconds, at least one
}

// MetricsResult is the answer. Tempo's instant endpoint (/api/metrics/query) is not asked: in 2.8 it answers with the
// first step of an aligned range alone.
type MetricsResult struct {
	Series []MetricsSeries
	// Start is where the answer begins. It is later than was asked for when Tempo allows no such long range.
	Start time.Time
	Stats Stats
}

// MetricsSeries is one series, by its labels. Attributes have their scope in the name ("span.workspace_id"); a missing
// attribute is an empty label.
type MetricsSeries struct {
	Labels  map[string]string
	Samples []MetricsSample
}

// MetricsSample is the value of the step that begins at Time.
type MetricsSample struct {
	Time  time.Time
	Value float64
}

// The JSON of an answer, as far as it is read. A sample of zero has no value.
type (
	jsonSeries struct {
		Labels []struct {
			Key   string `json:"key"`
			Value struct {
				String *string         `json:"stringValue"`
				Int    json.Number     `json:"intValue"`    // of 64 bits, so a string as a rule
				Double json.RawMessage `json:"doubleValue"` // "NaN" is a string
			} `json:"value"`
		} `json:"labels"`
		Samples []struct {
			TimestampMs json.Number `json:"timestampMs"`
			Value       float64     `json:"value"`
		} `json:"samples"`
	}
	jsonMetricsAnswer struct {
		Series  []jsonSeries `json:"series"`
		Metrics *jsonStats   `json:"metrics"`
	}
	jsonStats struct {
		InspectedTraces int64       `json:"inspectedTraces"`
		InspectedBytes  json.Number `json:"inspectedBytes"`
	}
)

// QueryRange runs a TraceQL metrics query. A range that is longer than Tempo allows is cut at its beginning.
func (c *Client) QueryRange(ctx context.Context, r MetricsRequest) (MetricsResult, error) {
	asked := c.limits.metrics(r, false)
	result, err := c.queryRange(ctx, asked)
	if err == nil || !c.limits.learn(err) {
		return result, err
	}
	again := c.limits.metrics(r, true)
	if again == asked {
		return result, err
	}
	return c.queryRange(ctx, again)
}

// metrics is a query over a range that Tempo accepts, as far as its limit is known. refused: it did not accept the
// whole. Tempo rounds to whole steps before it measures.
func (l *limits) metrics(r MetricsRequest, refused bool) MetricsRequest {
	longest := time.Duration(l.of(limitMetrics))
	if longest == 0 || (!refused && r.End.Sub(r.Start) <= longest) {
		return r
	}
	if start := r.End.Add(-longest).Truncate(r.Step).Add(2 * r.Step); start.After(r.Start) && start.Before(r.End) {
		r.Start = start
	}
	return r
}

func (c *Client) queryRange(ctx context.Context, r MetricsRequest) (MetricsResult, error) {
	query := url.Values{
		"q":     {Align(r.Query)},
		"start": {strconv.FormatInt(r.Start.Unix(), 10)},
		"end":   {strconv.FormatInt(r.End.Unix(), 10)},
		"step":  {strconv.FormatInt(int64(max(r.Step, time.Second)/time.Second), 10) + "s"},
	}
	_, body, err := c.up.Get(ctx, "/api/metrics/query_range", query, acceptJSON)
	if err != nil {
		return MetricsResult{}, err
	}
	result, err := decodeMetrics(body)
	if err != nil {
		return MetricsResult{}, c.up.Unreadable("metrics answer", err)
	}
	result.Start = r.Start
	return result, nil
}

func decodeMetrics(body []byte) (MetricsResult, error) {
	if !isObject(body) {
		return MetricsResult{}, errors.New("no JSON object")
	}
	var answer jsonMetricsAnswer
	if err := json.Unmarshal(body, &answer); err != nil {
		return MetricsResult{}, err
	}
	if answer.Series == nil && answer.Metrics == nil {
		return MetricsResult{}, errForeign
	}
	var out MetricsResult
	if stats := answer.Metrics; stats != nil {
		if stats.InspectedBytes != "" {
			n, err := stats.InspectedBytes.Int64()
			if err != nil {
				return MetricsResult{}, err
			}
			out.Stats.InspectedBytes = n
		}
		out.Stats.InspectedTraces = stats.InspectedTraces
	}
	for _, s := range answer.Series {
		if len(s.Labels) == 0 && len(s.Samples) == 0 {
			continue // it tells nothing, and would take a hundred times its size in memory
		}
		series := MetricsSeries{Labels: map[string]string{}}
		for _, l := range s.Labels {
			switch v := l.Value; {
			case v.String != nil && *v.String != "nil": // how Tempo writes a missing attribute
				series.Labels[l.Key] = *v.String
			case v.Int != "":
				series.Labels[l.Key] = string(v.Int)
			case len(v.Double) > 0:
				series.Labels[l.Key] = string(v.Double)
			}
		}
		for _, sample := range s.Samples {
			ms, err := sample.TimestampMs.Int64()
			if err != nil {
				return MetricsResult{}, err
			}
			series.Samples = append(series.Samples, MetricsSample{Time: time.UnixMilli(ms).UTC(), Value: sample.Value})
		}
		out.Series = append(out.Series, series)
	}
	return out, nil
}
