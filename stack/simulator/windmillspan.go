package simulator

import (
	"encoding/hex"
	"time"

	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Windmill gives spans as the plugin reads them from Tempo, without a Tempo: for tests and benchmarks in memory.
func Windmill(spans []Span) []windmill.Span {
	out := make([]windmill.Span, len(spans))
	for i, span := range spans {
		out[i] = span.windmill()
	}
	return out
}

func (s Span) windmill() windmill.Span {
	out := windmill.Span{
		TraceID: hex.EncodeToString(s.TraceId), SpanID: hex.EncodeToString(s.SpanId), ParentID: hex.EncodeToString(s.ParentSpanId),
		Service: s.Service, Name: s.Name,
		Start:    time.Unix(0, int64(s.StartTimeUnixNano)).UTC(),
		Duration: time.Duration(s.EndTimeUnixNano - s.StartTimeUnixNano),
		Failed:   s.Status.GetCode() == tracev1.Status_STATUS_CODE_ERROR, StatusMessage: s.Status.GetMessage(),
	}
	for _, a := range s.Attributes {
		if to := tagOf(&out, a.Key); to != nil {
			*to = a.Value.GetStringValue()
		}
	}
	return out
}

// tagOf is the field for an attribute; nil for one that the plugin does not read.
func tagOf(s *windmill.Span, key string) *string {
	switch key {
	case "job_id":
		return &s.JobID
	case "parent_job":
		return &s.ParentJob
	case "root_job":
		return &s.RootJob
	case "flow_step_id":
		return &s.Step
	case "script_path":
		return &s.ScriptPath
	case "workspace_id":
		return &s.Workspace
	case "worker":
		return &s.Worker
	case "language":
		return &s.Language
	case "tag":
		return &s.Tag
	case "job_kind":
		return &s.JobKind
	case "script_hash":
		return &s.ScriptHash
	case "created_by":
		return &s.CreatedBy
	case "trigger_kind":
		return &s.TriggerKind
	case "trigger":
		return &s.Trigger
	case "success":
		return &s.Success
	case "error.name":
		return &s.ErrorName
	case "error.message":
		return &s.ErrorMessage
	}
	return nil
}
