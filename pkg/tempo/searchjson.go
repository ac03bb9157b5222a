package tempo

import (
	"encoding/json"
	"strconv"

	"github.com/grafana/tempo/pkg/tempopb"
	common "github.com/grafana/tempo/pkg/tempopb/common/v1"
)

// The JSON of a search answer, as far as it is read. jsonpb knows it all, but parses each level of nesting anew:
// five MB/s, and a run of 10,000 jobs is 30 MB.
type (
	jsonSearch struct {
		Traces  []*jsonTrace `json:"traces"`
		Metrics *jsonMetrics `json:"metrics"`
	}
	jsonTrace struct {
		TraceID  string          `json:"traceID"`
		SpanSets []*jsonSpanSet  `json:"spanSets"`
		SpanSet  json.RawMessage `json:"spanSet"` // repeats the first of SpanSets; old versions of Tempo have it alone
	}
	jsonSpanSet struct {
		Spans   []*jsonSpan `json:"spans"`
		Matched uint32      `json:"matched"`
	}
	jsonSpan struct {
		SpanID     string          `json:"spanID"`
		Name       string          `json:"name"`
		Start      json.Number     `json:"startTimeUnixNano"` // numbers of 64 bits are strings, as a rule
		Duration   json.Number     `json:"durationNanos"`
		Attributes []jsonAttribute `json:"attributes"`
	}
	jsonAttribute struct {
		Key   string `json:"key"`
		Value struct {
			String *string         `json:"stringValue"`
			Bool   *bool           `json:"boolValue"`
			Int    json.Number     `json:"intValue"`
			Double json.RawMessage `json:"doubleValue"` // "NaN" is a string
		} `json:"value"`
	}
	jsonMetrics struct {
		InspectedTraces uint32      `json:"inspectedTraces"`
		InspectedBytes  json.Number `json:"inspectedBytes"`
	}
)

func (s *jsonSearch) message() (*tempopb.SearchResponse, error) {
	out := &tempopb.SearchResponse{}
	if m := s.Metrics; m != nil {
		n, err := unsigned(m.InspectedBytes)
		if err != nil {
			return nil, err
		}
		out.Metrics = &tempopb.SearchMetrics{InspectedTraces: m.InspectedTraces, InspectedBytes: n}
	}
	for _, t := range s.Traces {
		if t == nil {
			continue
		}
		trace, err := t.message()
		if err != nil {
			return nil, err
		}
		out.Traces = append(out.Traces, trace)
	}
	return out, nil
}

func (t *jsonTrace) message() (*tempopb.TraceSearchMetadata, error) {
	out := &tempopb.TraceSearchMetadata{TraceID: t.TraceID}
	sets := t.SpanSets
	if len(sets) == 0 && len(t.SpanSet) > 0 {
		var set *jsonSpanSet
		if err := json.Unmarshal(t.SpanSet, &set); err != nil {
			return nil, err
		}
		sets = []*jsonSpanSet{set}
	}
	for _, s := range sets {
		if s == nil {
			continue
		}
		set := &tempopb.SpanSet{Matched: s.Matched, Spans: make([]*tempopb.Span, 0, len(s.Spans))}
		for _, span := range s.Spans {
			if span == nil {
				continue
			}
			message, err := span.message()
			if err != nil {
				return nil, err
			}
			set.Spans = append(set.Spans, message)
		}
		out.SpanSets = append(out.SpanSets, set)
	}
	return out, nil
}

func (s *jsonSpan) message() (*tempopb.Span, error) {
	start, err := unsigned(s.Start)
	if err != nil {
		return nil, err
	}
	duration, err := unsigned(s.Duration)
	if err != nil {
		return nil, err
	}
	out := &tempopb.Span{SpanID: s.SpanID, Name: s.Name, StartTimeUnixNano: start, DurationNanos: duration}
	out.Attributes = make([]*common.KeyValue, 0, len(s.Attributes))
	for i := range s.Attributes {
		kv, err := s.Attributes[i].message()
		if err != nil {
			return nil, err
		}
		out.Attributes = append(out.Attributes, kv)
	}
	return out, nil
}

func (a *jsonAttribute) message() (*common.KeyValue, error) {
	value := &common.AnyValue{}
	switch v := a.Value; {
	case v.String != nil:
		value.Value = &common.AnyValue_StringValue{StringValue: *v.String}
	case v.Bool != nil:
		value.Value = &common.AnyValue_BoolValue{BoolValue: *v.Bool}
	case v.Int != "":
		n, err := strconv.ParseInt(string(v.Int), 10, 64)
		if err != nil {
			return nil, err
		}
		value.Value = &common.AnyValue_IntValue{IntValue: n}
	case len(v.Double) > 0:
		var f float64
		if json.Unmarshal(v.Double, &f) == nil { // NaN and infinities stay unknown
			value.Value = &common.AnyValue_DoubleValue{DoubleValue: f}
		}
	}
	return &common.KeyValue{Key: a.Key, Value: value}, nil
}

func unsigned(n json.Number) (uint64, error) {
	if n == "" {
		return 0, nil
	}
	return strconv.ParseUint(string(n), 10, 64)
}
