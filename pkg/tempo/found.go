package tempo

import (
	"slices"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/tempo/pkg/tempopb"
)

// found puts the messages of one streamed search together. Each has only the traces that are new or have changed.
type found struct {
	request SearchRequest
	traces  map[string]*tempopb.TraceSearchMetadata
	metrics *tempopb.SearchMetrics
	told    map[spanKey]bool
	now     Progress
}

type spanKey struct{ trace, span string }

func newFound(r SearchRequest) *found {
	return &found{request: r, traces: map[string]*tempopb.TraceSearchMetadata{}, told: map[spanKey]bool{}}
}

// add takes in a message. news: there is something in it that was not known.
func (f *found) add(m *tempopb.SearchResponse) (p Part, news bool) {
	if m.Metrics != nil {
		f.metrics = m.Metrics
	}
	before := f.now
	f.now = progressOf(f.metrics)
	p = Part{Spans: f.untold(m), Progress: f.now}
	for _, t := range m.Traces {
		if known := f.traces[t.TraceID]; known != nil {
			t.SpanSets = append(t.SpanSets, known.SpanSets...) // each span counts once in the end
		}
		f.traces[t.TraceID] = t
	}
	return p, len(p.Spans) > 0 || f.now != before
}

// untold gives the spans of a message that none before had.
func (f *found) untold(m *tempopb.SearchResponse) (fresh []windmill.Span) {
	spans, _ := searchSpans(m, f.request.SpansPerTrace)
	for _, s := range spans {
		if id := (spanKey{s.TraceID, s.SpanID}); !f.told[id] {
			f.told[id] = true
			fresh = append(fresh, s)
		}
	}
	return fresh
}

// result is what Tempo would have answered at once: the newest traces first.
func (f *found) result() SearchResult {
	return searchResult(f.response(), f.request.Limit, f.request.SpansPerTrace)
}

func (f *found) response() *tempopb.SearchResponse {
	r := &tempopb.SearchResponse{Metrics: f.metrics}
	for _, t := range f.traces {
		r.Traces = append(r.Traces, t)
	}
	slices.SortFunc(r.Traces, func(a, b *tempopb.TraceSearchMetadata) int {
		switch {
		case a.StartTimeUnixNano > b.StartTimeUnixNano:
			return -1
		case a.StartTimeUnixNano < b.StartTimeUnixNano:
			return 1
		case a.TraceID < b.TraceID:
			return -1
		}
		return 1
	})
	return r
}
