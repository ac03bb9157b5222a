//go:build integration

package integration

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"
)

// linksOf are the queries of a field's internal links by the data source that they lead to, with the variables of the
// row filled in as Grafana does.
func linksOf(t *testing.T, frame *data.Frame, field string, r row) map[string][]map[string]any {
	t.Helper()
	f, at := frame.FieldByName(field)
	require.GreaterOrEqual(t, at, 0, field)
	found := map[string][]map[string]any{}
	for _, link := range f.Config.Links {
		if link.Internal == nil {
			continue
		}
		filled := fill(t, link.Internal.Query, field, r).(map[string]any)
		found[link.Internal.DatasourceUID] = append(found[link.Internal.DatasourceUID], filled)
	}
	return found
}

func fill(t *testing.T, value any, field string, r row) any {
	t.Helper()
	switch v := value.(type) {
	case string:
		v = strings.ReplaceAll(v, "${__value.raw}", r.text(field))
		for name := range r {
			v = strings.ReplaceAll(v, `${__data.fields["`+name+`"]}`, r.text(name))
		}
		return v
	case map[string]any:
		out := map[string]any{}
		for key, x := range v {
			out[key] = fill(t, x, field, r)
		}
		return out
	}
	content, err := json.Marshal(value)
	require.NoError(t, err)
	var plain any
	require.NoError(t, json.Unmarshal(content, &plain))
	if list, ok := plain.([]any); ok {
		for i := range list {
			list[i] = fill(t, list[i], field, r)
		}
		return list
	}
	if m, ok := plain.(map[string]any); ok {
		return fill(t, m, field, r)
	}
	return plain
}

// TestTheSeriesLinkIsTheBaseline follows the link of each baseline to Prometheus: over the baseline's window its query
// gives the very p95 that the row has, so it selects the very series.
func TestTheSeriesLinkIsTheBaseline(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	run := shared.newest(t, "f/etl/orders_hourly")
	frame := ask(t, d, run.Start, run.End, query{"queryType": "flow-steps", "runId": run.RunID})[0]
	followed := map[string]bool{}
	for _, r := range rows(frame) {
		if r["baseline_p95"] == nil || followed[r.text("series")] {
			continue
		}
		followed[r.text("series")] = true
		expr := linksOf(t, frame, "baseline_p95", r)["prometheus"][0]["expr"].(string)
		expr = strings.ReplaceAll(expr, "$__rate_interval", "24h")
		samples := promQL(t, shared.Prometheus, expr, run.Start)
		require.Len(t, samples, 1, expr)
		require.InDelta(t, r.number(t, "baseline_p95"), samples[0].value, 1e-9, expr)
	}
	require.Greater(t, len(followed), 5, "the run itself and each of its steps")
}

// TestLinksWithinTheDataSource asks every query that the links of a run, a flow and a step lead to.
func TestLinksWithinTheDataSource(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	run := shared.newest(t, "f/etl/orders_hourly")
	list := ask(t, d, run.Start.Add(-time.Second), run.End, query{"queryType": "flow-runs", "filters": map[string]any{"flow": []string{run.Flow}}})[0]
	steps := ask(t, d, run.Start, run.End, query{"queryType": "flow-steps", "runId": run.RunID})[0]
	asked := map[string]bool{}
	follow := func(frame *data.Frame, field string, r row) {
		for _, q := range linksOf(t, frame, field, r)["windmill-flow-steps"] {
			kind := q["queryType"].(string)
			if kind == "step-logs" {
				continue // asks Loki, which is not here
			}
			asked[kind] = true
			res := askAll(t, d, run.Start.Add(-time.Minute), run.End.Add(time.Minute), q)["A"]
			require.NoError(t, res.Error, kind)
			require.NotZero(t, res.Frames[0].Rows(), "%s: %v", kind, q)
		}
	}
	for _, field := range []string{"run_id", "flow"} {
		follow(list, field, rows(list)[0])
	}
	follow(steps, "step", rows(steps)[1])
	require.Len(t, asked, 8, "%v", asked)
}

// TestTheTraceLinkFocusesTheSpan fetches the trace that a step links to from Tempo: the span in focus is in it.
func TestTheTraceLinkFocusesTheSpan(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	run := shared.newest(t, "f/etl/orders_hourly")
	frame := ask(t, d, run.Start, run.End, query{"queryType": "run-trace", "runId": run.RunID})[0]
	for _, r := range rows(frame) {
		if r.text("trace_id") == "" {
			require.True(t, strings.HasPrefix(r.text("operationName"), "wait: "), "only a wait is in no trace")
			continue
		}
		q := linksOf(t, frame, "trace_id", r)["tempo"][0]
		require.Equal(t, r.text("trace_id"), q["query"])
		require.True(t, traceHasSpan(t, r.text("trace_id"), r.text("span_id")), "%s %s", r.text("trace_id"), r.text("span_id"))
	}
}

var fetchedTraces = map[string]string{}

func traceHasSpan(t *testing.T, traceID, spanID string) bool {
	t.Helper()
	if fetchedTraces[traceID] == "" {
		var answer json.RawMessage
		require.NoError(t, getJSON(shared.Tempo+"/api/traces/"+traceID, &answer))
		fetchedTraces[traceID] = string(answer)
	}
	return strings.Contains(fetchedTraces[traceID], spanBase64(t, spanID))
}

// spanBase64 is a span id as Tempo's JSON has it.
func spanBase64(t *testing.T, spanID string) string {
	t.Helper()
	raw, err := hex.DecodeString(spanID)
	require.NoError(t, err)
	return base64.StdEncoding.EncodeToString(raw)
}

// requireLogLink follows the links of a run and of its job to the real Loki.
func requireLogLink(t *testing.T, loki string, frame *data.Frame, r row) {
	t.Helper()
	for _, field := range []string{"run_id", "job_id"} {
		expr := linksOf(t, frame, field, r)["loki"][0]["expr"].(string)
		q := url.Values{"query": {expr}, "limit": {"10"}, "start": {strconv.FormatInt(time.Now().Add(-time.Hour).UnixNano(), 10)}}
		var answer struct {
			Data struct {
				Result []json.RawMessage `json:"result"`
			} `json:"data"`
		}
		require.NoError(t, getJSON(loki+"/loki/api/v1/query_range?"+q.Encode(), &answer), expr)
		require.NotEmpty(t, answer.Data.Result, expr)
	}
}
