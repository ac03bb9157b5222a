package tempo

import (
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/tempo/pkg/tempopb"
	common "github.com/grafana/tempo/pkg/tempopb/common/v1"
	resource "github.com/grafana/tempo/pkg/tempopb/resource/v1"
	trace "github.com/grafana/tempo/pkg/tempopb/trace/v1"
)

// searchSpans gives each span of a search once. cut: some trace had more spans than it was asked for.
func searchSpans(r *tempopb.SearchResponse, spansPerTrace int) (spans []windmill.Span, cut bool) {
	type id struct{ trace, span string }
	seen := map[id]bool{}
	for _, t := range r.Traces {
		traceID := padHex(t.TraceID, 32)
		for _, set := range t.SpanSets {
			if int(set.Matched) > len(set.Spans) || (set.Matched == 0 && len(set.Spans) >= spansPerTrace) {
				cut = true
			}
			for _, s := range set.Spans {
				if seen[id{traceID, s.SpanID}] {
					continue
				}
				seen[id{traceID, s.SpanID}] = true
				spans = append(spans, searchSpan(traceID, s))
			}
		}
	}
	return spans, cut
}

func searchSpan(traceID string, s *tempopb.Span) windmill.Span {
	out := windmill.Span{
		TraceID:  traceID,
		SpanID:   padHex(s.SpanID, 16),
		Name:     s.Name,
		Start:    unixNano(s.StartTimeUnixNano),
		Duration: time.Duration(min(s.DurationNanos, math.MaxInt64)),
	}
	for _, kv := range s.Attributes {
		value := text(kv.GetValue())
		if kv.GetKey() != "name" {
			setSearchTag(&out, kv.GetKey(), value)
		} else if out.Name == "" {
			out.Name = value
		}
	}
	return out
}

// setSearchTag puts an attribute of a search answer where it belongs. Intrinsic fields arrive as if they were
// attributes.
func setSearchTag(s *windmill.Span, key, value string) {
	switch key {
	case "service.name":
		s.Service = value
	case "status":
		s.Failed = value == "error"
	case "statusMessage":
		s.StatusMessage = value
	default:
		setTag(s, key, value)
	}
}

// traceSpans gives the spans of a trace by start time.
func traceSpans(t *tempopb.Trace) []windmill.Span {
	var spans []windmill.Span
	if t == nil {
		return nil
	}
	for _, rs := range t.ResourceSpans {
		service := serviceName(rs.GetResource())
		for _, ss := range rs.GetScopeSpans() {
			for _, s := range ss.GetSpans() {
				if s != nil {
					spans = append(spans, traceSpan(service, s))
				}
			}
		}
	}
	slices.SortStableFunc(spans, func(a, b windmill.Span) int { return a.Start.Compare(b.Start) })
	return spans
}

func traceSpan(service string, s *trace.Span) windmill.Span {
	out := windmill.Span{
		TraceID: padHex(hex.EncodeToString(s.TraceId), 32),
		SpanID:  padHex(hex.EncodeToString(s.SpanId), 16),
		Service: service,
		Name:    s.Name,
		Start:   unixNano(s.StartTimeUnixNano),
	}
	if s.EndTimeUnixNano > s.StartTimeUnixNano {
		out.Duration = time.Duration(min(s.EndTimeUnixNano-s.StartTimeUnixNano, math.MaxInt64))
	}
	if parent := hex.EncodeToString(s.ParentSpanId); strings.Trim(parent, "0") != "" {
		out.ParentID = padHex(parent, 16)
	}
	if st := s.Status; st != nil {
		out.Failed = st.Code == trace.Status_STATUS_CODE_ERROR
		out.StatusMessage = st.Message
	}
	for _, kv := range s.Attributes {
		setTag(&out, kv.GetKey(), text(kv.GetValue()))
	}
	for _, e := range s.Events {
		if done, ok := completion(e); ok {
			out.Completed = append(out.Completed, done)
		}
	}
	return out
}

// completion reads the record of a job's end that is an event of a span.
func completion(e *trace.Span_Event) (windmill.Completion, bool) {
	return windmill.CompletionOf(unixNano(e.GetTimeUnixNano()), e.GetName(), func(name string) string {
		for _, kv := range e.GetAttributes() {
			if kv.GetKey() == name {
				return text(kv.GetValue())
			}
		}
		return ""
	})
}

func serviceName(r *resource.Resource) string {
	for _, kv := range r.GetAttributes() {
		if kv.GetKey() == "service.name" {
			return text(kv.GetValue())
		}
	}
	return ""
}

// setTag puts a span attribute where it belongs; others are ignored.
func setTag(s *windmill.Span, key, value string) {
	switch key {
	case "job_id":
		s.JobID = windmill.IDOrNone(value)
	case "parent_job":
		s.ParentJob = windmill.IDOrNone(value)
	case "root_job":
		s.RootJob = windmill.IDOrNone(value)
	case "flow_step_id":
		s.Step = value
	case "script_path":
		s.ScriptPath = value
	case "workspace_id":
		s.Workspace = value
	case "worker":
		s.Worker = value
	case "worker_id": // as Windmill's documentation has it; attributes come in any order
		if s.Worker == "" {
			s.Worker = value
		}
	case "language":
		s.Language = value
	case "tag":
		s.Tag = value
	case "job_kind":
		s.JobKind = value
	case "script_hash":
		s.ScriptHash = value
	case "created_by":
		s.CreatedBy = value
	case "trigger_kind":
		s.TriggerKind = value
	case "trigger":
		s.Trigger = value
	case "success":
		s.Success = value
	case "error.name":
		s.ErrorName = value
	case "error.message":
		s.ErrorMessage = value
	case "otel.status_description": // for a while Windmill left a failure's message in this tag, without setting the status
		if s.StatusMessage == "" {
			s.StatusMessage = value
		}
	}
}

// text gives an attribute's value as text: Windmill's are strings, but a collector may have changed them.
func text(v *common.AnyValue) string {
	switch v := v.GetValue().(type) {
	case *common.AnyValue_StringValue:
		return v.StringValue
	case *common.AnyValue_BoolValue:
		return strconv.FormatBool(v.BoolValue)
	case *common.AnyValue_IntValue:
		return strconv.FormatInt(v.IntValue, 10)
	case *common.AnyValue_DoubleValue:
		return strconv.FormatFloat(v.DoubleValue, 'g', -1, 64)
	default:
		return ""
	}
}

// padHex restores the leading zeros that Tempo's search drops.
func padHex(id string, digits int) string {
	id = strings.ToLower(id)
	if len(id) >= digits {
		return id
	}
	return strings.Repeat("0", digits-len(id)) + id
}

func unixNano(n uint64) time.Time { return time.Unix(0, int64(min(n, math.MaxInt64))).UTC() }
