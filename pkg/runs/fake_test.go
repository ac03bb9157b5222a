package runs

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/stretchr/testify/require"
)

// fakeTempo answers the searches of this package over a list of spans as Tempo does: by trace, cut at the limits.
type fakeTempo struct {
	t     *testing.T
	spans []windmill.Span

	mu       sync.Mutex
	searches []tempo.SearchRequest
	fetched  []string
	fail     func(query string) error // nil: nothing fails
	failID   error                    // of a trace by id
	partial  bool
	capped   bool // spans per trace are limited although each span is a set of its own
}

func (f *fakeTempo) Trace(_ context.Context, id string, _, _ time.Time) (tempo.TraceResult, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fetched = append(f.fetched, id)
	if f.failID != nil {
		return tempo.TraceResult{}, f.failID
	}
	res := tempo.TraceResult{Partial: f.partial}
	for _, s := range f.spans {
		if s.TraceID == id {
			res.Spans = append(res.Spans, s)
		}
	}
	return res, nil
}

func (f *fakeTempo) Search(ctx context.Context, r tempo.SearchRequest) (tempo.SearchResult, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.searches = append(f.searches, r)
	if err := ctx.Err(); err != nil {
		return tempo.SearchResult{}, err
	}
	if f.fail != nil {
		if err := f.fail(r.Query); err != nil {
			return tempo.SearchResult{}, err
		}
	}
	spansets, _, ok := strings.Cut(r.Query, " | by(span:id) | select(")
	require.True(f.t, ok, r.Query)
	return f.answer(r, strings.Split(strings.TrimSuffix(strings.TrimPrefix(spansets, "{ "), " }"), " } && { ")), nil
}

func (f *fakeTempo) answer(r tempo.SearchRequest, conditions []string) tempo.SearchResult {
	matching := make([]map[string][]windmill.Span, len(conditions))
	latest := map[string]time.Time{}
	for i, c := range conditions {
		matching[i] = map[string][]windmill.Span{}
		p := &parser{text: c}
		cond := p.or(f.t)
		require.Empty(f.t, p.text, "not understood: %s", c)
		for _, s := range f.spans {
			if s.End().Before(r.Start) || s.Start.After(r.End) || !cond(s) {
				continue
			}
			matching[i][s.TraceID] = append(matching[i][s.TraceID], s)
			if s.Start.After(latest[s.TraceID]) {
				latest[s.TraceID] = s.Start
			}
		}
	}
	var traces []string
	for id := range latest {
		if !slices.ContainsFunc(matching, func(m map[string][]windmill.Span) bool { return len(m[id]) == 0 }) {
			traces = append(traces, id)
		}
	}
	slices.SortFunc(traces, func(a, b string) int { return latest[b].Compare(latest[a]) })
	res := tempo.SearchResult{Traces: min(len(traces), r.Limit), Truncated: len(traces) > r.Limit}
	for _, id := range traces[:res.Traces] {
		var spans []windmill.Span
		for _, m := range matching {
			spans = append(spans, m[id]...)
		}
		if f.capped && len(spans) > r.SpansPerTrace {
			spans, res.Truncated = spans[:r.SpansPerTrace], true
		}
		res.Spans = append(res.Spans, spans...)
	}
	return res
}

// parser reads the conditions that this package writes.
type parser struct{ text string }

type predicate func(windmill.Span) bool

func (p *parser) eat(token string) bool {
	p.text = strings.TrimLeft(p.text, " ")
	if rest, ok := strings.CutPrefix(p.text, token); ok {
		p.text = strings.TrimLeft(rest, " ")
		return true
	}
	return false
}

func (p *parser) or(t *testing.T) predicate {
	left := p.and(t)
	for p.eat("||") {
		a, b := left, p.and(t)
		left = func(s windmill.Span) bool { return a(s) || b(s) }
	}
	return left
}

func (p *parser) and(t *testing.T) predicate {
	left := p.one(t)
	for p.eat("&&") {
		a, b := left, p.one(t)
		left = func(s windmill.Span) bool { return a(s) && b(s) }
	}
	return left
}

var comparison = regexp.MustCompile(`^([a-z_.]+) (=~|!=|>=|=) ("(?:[^"\\]|\\.)*"|[a-z0-9.µ]+)`)

func (p *parser) one(t *testing.T) predicate {
	if p.eat("(") {
		inner := p.or(t)
		require.True(t, p.eat(")"), p.text)
		return inner
	}
	m := comparison.FindStringSubmatch(p.text)
	require.NotNil(t, m, "not understood: %s", p.text)
	p.text = p.text[len(m[0]):]
	value, err := strconv.Unquote(m[3])
	if err != nil {
		value = m[3]
	}
	switch {
	case m[1] == "duration":
		d, err := time.ParseDuration(value)
		require.NoError(t, err)
		return func(s windmill.Span) bool { return s.Duration >= d }
	case m[1] == "status":
		return func(s windmill.Span) bool { return s.Failed }
	case m[2] == "!=" && value == "nil":
		return func(s windmill.Span) bool { return tagOf(t, s, m[1]) != "" }
	case m[2] == "=~":
		if !strings.ContainsAny(value, `\\.*+?()[]`) { // plain alternatives, such as ids
			set := map[string]bool{}
			for _, v := range strings.Split(value, "|") {
				set[v] = true
			}
			return func(s windmill.Span) bool { return set[tagOf(t, s, m[1])] }
		}
		re := regexp.MustCompile("^(?:" + value + ")$")
		return func(s windmill.Span) bool { v := tagOf(t, s, m[1]); return v != "" && re.MatchString(v) }
	}
	return func(s windmill.Span) bool { return tagOf(t, s, m[1]) == value }
}

func tagOf(t *testing.T, s windmill.Span, attribute string) string {
	switch attribute {
	case "name":
		return s.Name
	case "span.job_id":
		return s.JobID
	case "span.parent_job":
		return s.ParentJob
	case "span.root_job":
		return s.RootJob
	case "span.script_path":
		return s.ScriptPath
	case "span.flow_step_id":
		return s.Step
	case "span.workspace_id":
		return s.Workspace
	case "span.worker":
		return s.Worker
	case "span.worker_id": // the span's reader puts it into Worker
		return ""
	case "span.tag":
		return s.Tag
	case "span.language":
		return s.Language
	case "span.job_kind":
		return s.JobKind
	case "span.script_hash":
		return s.ScriptHash
	case "span.success":
		return s.Success
	}
	require.Fail(t, "no such attribute", attribute)
	return ""
}

var errDown = errors.New("tempo is down")
