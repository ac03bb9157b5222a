package query

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseDefaults(t *testing.T) {
	q, err := Parse([]byte(`{"refId":"A","queryType":"flow-runs"}`), "")
	require.NoError(t, err)
	require.Equal(t, Query{
		Type: FlowRuns, Limit: DefaultLimit, Quantiles: []float64{0.5, 0.95}, CompareWith: ComparePrevious, Source: SourceAuto, Direction: Backward,
	}, q)
	q, err = Parse([]byte(`{}`), "step-latency")
	require.NoError(t, err)
	require.Equal(t, StepLatency, q.Type, "Grafana's own field counts when the JSON has none")
}

func TestParseEverything(t *testing.T) {
	q, err := Parse([]byte(`{"queryType":"flow-steps","runId":" 0199A1B2-C3D4-4E5F-8A9B-0C1D2E3F4A5B ",
		"filters":{"workspace":["a","a",""],"flow":"f/x","step":null,"outcome":["error","ok"],"jobId":["0199A1B2-C3D4-4E5F-8A9B-0C1D2E3F4A5B"]},
		"minDuration":"1.5s","limit":7,"quantiles":[0.99,0.5,0.99],"baselineWindow":"7d","compareRunId":"0199A1B2-C3D4-4E5F-8A9B-0C1D2E3F4A5C","compareWith":"week",
		"threshold":0.25,"minCalls":30,"source":"traceql-metrics","search":"boom","direction":"forward","follow":true}`), "")
	require.NoError(t, err)
	require.Equal(t, Query{
		CompareRunID: "0199a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5c", CompareWith: CompareWeek, Threshold: 0.25, MinCalls: 30,
		Source: SourceTraceQLMetrics, Search: "boom", Direction: Forward, Follow: true,
		Type: FlowSteps, RunID: "0199a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b", MinDuration: 1500 * time.Millisecond, Limit: 7,
		Quantiles: []float64{0.5, 0.99}, BaselineWindow: 7 * 24 * time.Hour,
		Filters: Filters{
			Workspace: []string{"a"}, Flow: []string{"f/x"}, Outcome: []string{"error", "ok"}, JobID: []string{"0199a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b"},
		},
	}, q)
	require.True(t, q.Filters.OfJobs())
	require.False(t, Filters{Flow: []string{"f/x"}, Outcome: []string{"ok"}}.OfJobs())
}

func TestMistakes(t *testing.T) {
	for raw, want := range map[string]string{
		`{"queryType":`:                          "no valid JSON",
		`[]`:                                     "no valid JSON",
		`{"queryType":5}`:                        `"queryType" must not be a number`,
		`{"queryType":"steps"}`:                  `Query type "steps" is unknown: use one of flow-runs, flow-steps, step-stats, step-latency`,
		`{}`:                                     `Query type "" is unknown`,
		`{"queryType":"flow-steps","runId":"x"}`: `Run id "x" is no job id`,
		`{"queryType":"flow-runs","filters":[]}`: "The filters cannot be read",
		`{"queryType":"flow-runs","filters":{"colour":["red"]}}`:                                   `Filter "colour" is unknown`,
		`{"queryType":"flow-runs","filters":{"flow":[1]}}`:                                         `Filter "flow" must be a list of strings`,
		`{"queryType":"flow-runs","filters":{"outcome":["bad"]}}`:                                  `Outcome "bad" is unknown`,
		`{"queryType":"flow-runs","filters":{"parentJob":["bad"]}}`:                                `Filter "parentJob": "bad" is no job id`,
		`{"queryType":"flow-runs","minDuration":"5"}`:                                              `The minimum duration "5" is not a duration`,
		`{"queryType":"flow-runs","minDuration":"-5s"}`:                                            "must not be negative",
		`{"queryType":"flow-runs","baselineWindow":"long"}`:                                        `The baseline window "long" is not a duration`,
		`{"queryType":"flow-runs","limit":1001}`:                                                   "from 1 to 1000",
		`{"queryType":"flow-runs","limit":-1}`:                                                     "from 1 to 1000",
		`{"queryType":"flow-runs","limit":1.5}`:                                                    "from 1 to 1000",
		`{"queryType":"step-latency","quantiles":[0]}`:                                             "between 0 and 1",
		`{"queryType":"step-latency","quantiles":[95]}`:                                            "between 0 and 1",
		`{"queryType":"step-latency","quantiles":[0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,0.95,0.99]}`: "At most 10",
		`{"queryType":"run-compare","compareRunId":"x"}`:                                           `Run id to compare with "x" is no job id`,
		`{"queryType":"step-latency","measure":"share"}`:                                           `The measure "share" is unknown: use one of latency, errors`,
		`{"queryType":"step-stats","compareWith":"year"}`:                                          "use one of previous, day, week",
		`{"queryType":"step-stats","source":"loki"}`:                                               `The source "loki" is unknown`,
		`{"queryType":"step-logs","direction":"up"}`:                                               "use one of backward, forward",
		`{"queryType":"step-regressions","threshold":-1}`:                                          "from 0 to 1000",
		`{"queryType":"step-regressions","minCalls":1.5}`:                                          "a whole number",
	} {
		_, err := Parse([]byte(raw), "")
		var mistake *Error
		require.True(t, errors.As(err, &mistake), raw)
		require.Contains(t, mistake.Message, want, raw)
		require.Regexp(t, `^[A-Z].*\.$`, mistake.Message, "one sentence")
	}
}

func TestMeasures(t *testing.T) {
	for _, typ := range Types() {
		q, err := Parse([]byte(`{}`), string(typ))
		require.NoError(t, err)
		if list := Measures(typ); len(list) > 0 {
			require.Equal(t, list[0], q.Measure, typ)
		} else {
			require.Empty(t, q.Measure, typ)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"queryType":"flow-runs","filters":{"flow":"x"},"limit":1e99}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		q, err := Parse(raw, "flow-steps")
		if err == nil && (q.Limit < 1 || q.Limit > MaxLimit || len(q.Quantiles) == 0) {
			t.Errorf("not checked: %+v", q)
		}
	})
}
