package windmilltest

import (
	"encoding/json"
	"strconv"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

type attribute struct {
	Key   string            `json:"key"`
	Value map[string]string `json:"value"`
}

// OTLP writes spans as the body of an OTLP/HTTP request in JSON (POST /v1/traces), with a derived step_path as the
// shipped collector configuration adds it when stepPath is set.
func OTLP(spans []windmill.Span, stepPath bool) ([]byte, error) {
	list := make([]map[string]any, 0, len(spans))
	for _, s := range spans {
		span := map[string]any{
			"traceId": s.TraceID, "spanId": s.SpanID, "name": s.Name, "kind": 1,
			"startTimeUnixNano": strconv.FormatInt(s.Start.UnixNano(), 10),
			"endTimeUnixNano":   strconv.FormatInt(s.End().UnixNano(), 10),
			"attributes":        attributes(s, stepPath),
		}
		if s.ParentID != "" {
			span["parentSpanId"] = s.ParentID
		}
		if s.Failed {
			span["status"] = map[string]any{"code": 2, "message": s.StatusMessage}
		}
		list = append(list, span)
	}
	return json.Marshal(map[string]any{"resourceSpans": []any{map[string]any{
		"resource":   map[string]any{"attributes": []attribute{{"service.name", map[string]string{"stringValue": "windmill-worker"}}}},
		"scopeSpans": []any{map[string]any{"scope": map[string]string{"name": "windmill"}, "spans": list}},
	}}})
}

func attributes(s windmill.Span, stepPath bool) []attribute {
	var list []attribute
	add := func(key, value string) {
		if value != "" {
			list = append(list, attribute{key, map[string]string{"stringValue": value}})
		}
	}
	add("job_id", s.JobID)
	add("parent_job", s.ParentJob)
	add("root_job", s.RootJob)
	add("flow_step_id", s.Step)
	add("script_path", s.ScriptPath)
	add("workspace_id", s.Workspace)
	add("worker", s.Worker)
	add("language", s.Language)
	add("tag", s.Tag)
	add("job_kind", s.JobKind)
	add("script_hash", s.ScriptHash)
	add("created_by", s.CreatedBy)
	add("trigger_kind", s.TriggerKind)
	add("success", s.Success)
	add("error.name", s.ErrorName)
	add("error.message", s.ErrorMessage)
	if stepPath {
		add("step_path", windmill.StepPath(s.ScriptPath))
	}
	return list
}
