package frame

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"
)

func TestStepLogs(t *testing.T) {
	at, level, job := time.Unix(1, 5).UTC(), "error", "j"
	line := LogLine{Time: at, Body: "boom", Level: &level, Labels: map[string]string{"job_id": job, "b": `"`}, JobID: &job}
	other := line
	other.Labels = map[string]string{"job_id": job}
	f := StepLogs([]LogLine{line, line, other, {Time: at, Body: "boom"}}, Info{Queries: []string{"{a=\"b\"}"}}, allLinks, "bo+")
	require.Equal(t, "timestamp, body, severity, id, labels, job_id, workspace, step, trace_id, span_id", names(f))
	require.Equal(t, data.FrameTypeLogLines, f.Meta.Type)
	require.Equal(t, data.FrameTypeVersion{0, 0}, f.Meta.TypeVersion)
	require.EqualValues(t, data.VisTypeLogs, f.Meta.PreferredVisualization)
	require.Equal(t, map[string]any{"frame": "step-logs", "version": Version, "searchWords": []string{"bo+"}}, f.Meta.Custom)

	at0 := func(name string, row int) any {
		field, _ := f.FieldByName(name)
		v, _ := field.ConcreteAt(row)
		return v
	}
	require.Equal(t, at, at0("timestamp", 0))
	require.JSONEq(t, `{"b":"\"","job_id":"j"}`, string(at0("labels", 0).(json.RawMessage)))
	require.JSONEq(t, `{}`, string(at0("labels", 3).(json.RawMessage)))
	severity, _ := f.FieldByName("severity")
	require.True(t, severity.NilAt(3), "unknown is null")
	ids := map[any]bool{}
	for i := range f.Rows() {
		ids[at0("id", i)] = true
	}
	require.Len(t, ids, 4, "each line has an id of its own")
	again := StepLogs([]LogLine{line}, Info{}, allLinks, "")
	first, _ := again.FieldByName("id")
	require.Equal(t, at0("id", 0), first.At(0), "the id is the same at the next answer")
	require.NotContains(t, again.Meta.Custom, "searchWords")
}

func TestLinksToLogs(t *testing.T) {
	titles := func(l Links) (list []string) {
		for _, link := range l.ofJob("w") {
			if link.URL != "" || link.Internal != nil {
				list = append(list, link.Title)
			}
		}
		return list
	}
	require.Equal(t, []string{"Logs of this job in Loki", "Job in Windmill"}, titles(allLinks), "no log lines without Loki")
	l := allLinks
	l.HasLogs, l.StreamSelector = true, `{app="w"}`
	require.Equal(t, []string{"Log lines of this job", "Logs of this job in Loki", "Job in Windmill"}, titles(l))
	raw, err := json.Marshal(l.ofJob("w")[1].Internal.Query)
	require.NoError(t, err)
	require.JSONEq(t, `{"refId":"A","queryType":"range","expr":"{app=\"w\"} | job_id=\"${__value.raw}\""}`, string(raw))
}
