// Package runs finds runs of Windmill flows in Tempo: one run whole, across traces, or a list of the latest.
package runs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

const (
	maxTraces     = 20_000 // of one search
	spansPerTrace = 100    // the most that Tempo allows to ask for by default
	parallel      = 4      // requests at a time
	smallBatch    = 100    // ids in one request: short enough a URL for every proxy
	largeBatch    = 400    // ids in one request when there are very many
)

// Traces is what this package asks of Tempo. *tempo.Client is one.
type Traces interface {
	Search(ctx context.Context, r tempo.SearchRequest) (tempo.SearchResult, error)
	Trace(ctx context.Context, traceID string, start, end time.Time) (tempo.TraceResult, error)
}

// Notice is something that users should know about an answer.
type Notice struct {
	Warning bool // something may be missing or wrong; else it is only good to know
	Text    string
}

// Cost is what an answer took.
type Cost struct {
	Requests        int
	InspectedBytes  int64
	InspectedTraces int64
}

// Reader reads runs. It is safe for concurrent use.
type Reader struct {
	traces Traces
	now    func() time.Time
	limits Limits
	// records are those of ends of jobs; nil: none are read.
	records Records
}

// New makes a reader. now may be nil: the clock.
func New(traces Traces, now func() time.Time) *Reader {
	if now == nil {
		now = time.Now
	}
	return &Reader{traces: traces, now: now, limits: defaultLimits}
}

// Over gives a reader with the same limits that asks others for traces.
func (r *Reader) Over(traces Traces) *Reader {
	over := *r
	over.traces = traces
	return &over
}

// session is the work for one query: it counts requests and remembers what was asked.
type session struct {
	traces  Traces
	now     time.Time
	limits  Limits
	records Records

	windows Windows

	mu      sync.Mutex
	queries []string
	notices []Notice
	cost    Cost
}

func (r *Reader) session() *session {
	now := r.now()
	return &session{traces: r.traces, now: now, limits: r.limits, records: r.records, windows: Windows{now}}
}

// notice adds a notice once.
func (s *session) notice(warning bool, format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := Notice{warning, fmt.Sprintf(format, args...)}
	if !slices.Contains(s.notices, n) {
		s.notices = append(s.notices, n)
	}
}

// take claims one request. false: the limit is reached.
func (s *session) take(display string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cost.Requests >= s.limits.Requests {
		return false
	}
	s.cost.Requests++
	s.queries = append(s.queries, display)
	return true
}

func (s *session) remaining() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limits.Requests - s.cost.Requests
}

// executed lists what was asked, sorted, because requests run side by side.
func (s *session) executed() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(s.queries)))
}

// spec is one search.
type spec struct {
	filter     string // the spanset's condition
	display    string // how the condition is shown to users; empty: as it is
	within     Range
	limit      int
	mostRecent bool
}

// search runs one search with all of Windmill's tags selected.
func (s *session) search(ctx context.Context, q spec) (tempo.SearchResult, error) {
	const selection = " } | select(windmill tags)"
	display := "{ " + either(q.display, q.filter) + selection
	if !s.take(display) {
		return tempo.SearchResult{}, s.budget()
	}
	defer upstream.MeterOf(ctx).Time(display)()
	text := "{ " + q.filter + " } | " + tempo.EachSpan + " | " + tempo.SelectWindmill
	if q.mostRecent {
		text += " with (most_recent=true)"
	}
	res, err := s.traces.Search(ctx, tempo.SearchRequest{
		Query: text, Start: q.within.From, End: q.within.To, Limit: q.limit, SpansPerTrace: spansPerTrace,
	})
	s.mu.Lock()
	s.cost.InspectedBytes += res.Stats.InspectedBytes
	s.cost.InspectedTraces += res.Stats.InspectedTraces
	s.mu.Unlock()
	return res, err
}

// trace fetches one trace whole, without a bound of time. A trace that is not there has no spans.
func (s *session) trace(ctx context.Context, traceID string) ([]windmill.Span, error) {
	display := "trace " + traceID
	if !s.take(display) {
		return nil, s.budget()
	}
	defer upstream.MeterOf(ctx).Time(display)()
	res, err := s.traces.Trace(ctx, traceID, time.Time{}, time.Time{})
	if res.Partial {
		s.notice(true, "Tempo gave trace %s only in part: steps may be missing.", traceID)
	}
	return res.Spans, err
}

// oneOf is the condition that an attribute is one of the ids, and how it is shown: long lists are cut.
func oneOf(ids []string, attributes ...string) (filter, display string) {
	var full, short []string
	shown := ids
	if len(ids) > 10 {
		shown = ids[:3]
	}
	for _, a := range attributes {
		full = append(full, tempo.AnyOf(a, ids))
		text := tempo.AnyOf(a, shown)
		if len(shown) < len(ids) {
			text += fmt.Sprintf(" (and %d more)", len(ids)-len(shown))
		}
		short = append(short, text)
	}
	return strings.Join(full, " || "), strings.Join(short, " || ")
}

// batches cuts sorted ids so that few requests are needed and their URLs stay short where that is possible.
func batches(ids []string) [][]string {
	size := min(max((len(ids)+7)/8, smallBatch), largeBatch)
	return slices.Collect(slices.Chunk(ids, size))
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
