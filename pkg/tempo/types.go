// Package tempo is a client of Grafana Tempo's HTTP API, built on Tempo's own messages (tempopb).
// It asks nothing that only one version of Tempo understands (2.8 and 3.0 were tried).
package tempo

import (
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// SearchRequest is one TraceQL search.
type SearchRequest struct {
	Query string // TraceQL; end it with SelectWindmill to get Windmill's attributes
	// Start and End bound the search; the end is rounded up to a whole second. Zero: no bound is sent, and then
	// Tempo looks only at what it has not written to its store yet (the last minutes): give both to find the rest.
	Start, End    time.Time
	Limit         int // most traces to answer with; 0: Tempo's default (20)
	SpansPerTrace int // most spans of one trace (spss); 0: Tempo's default (3)
}

// Stats is what a search cost Tempo. Zero when Tempo did not say.
type Stats struct {
	InspectedBytes  int64
	InspectedTraces int64
}

// SearchResult is what a search found.
type SearchResult struct {
	Spans     []windmill.Span // in the order of Tempo's answer; each span once
	Traces    int             // number of traces in the answer
	Truncated bool            // the limit of traces or of spans per trace was reached: there may be more
	Stats     Stats
}

// TraceResult is one trace.
type TraceResult struct {
	Spans   []windmill.Span // by start time; empty for a trace that Tempo does not know
	Partial bool            // Tempo has said that spans are missing (too large, or a part of Tempo did not answer)
}

// TagValuesRequest asks for the values of one attribute.
type TagValuesRequest struct {
	Tag        string    // with its scope, e.g. "span.workspace_id" or "resource.service.name"
	Query      string    // TraceQL spanset that the spans must match, e.g. `{ span.workspace_id = "a" }`; may be empty
	Start, End time.Time // zero: no bound is sent
	Limit      int       // most values; 0: Tempo's own limit
}
