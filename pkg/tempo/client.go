package tempo

import (
	"context"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/tempo/pkg/tempopb"
)

const (
	acceptJSON     = "application/json"
	acceptProtobuf = "application/protobuf"

	defaultTraces        = 20 // Tempo's own when no limit is sent
	defaultSpansPerTrace = 3
)

// Client asks one Tempo. It is safe for concurrent use. Its errors are *upstream.Error.
type Client struct {
	up      *upstream.Client
	limits  *limits
	longest *atomic.Int64 // request line, in bytes
	stream  *Stream       // for long searches; nil: there is none
}

// New makes a client on an upstream.
func New(up *upstream.Client) *Client {
	c := &Client{up: up, limits: &limits{}, longest: &atomic.Int64{}}
	return c.WithLongestURL(DefaultLongestURL, nil)
}

// PerUser says that answers depend on the user who asks, so they must not be kept for others.
func (c *Client) PerUser() bool { return c.up.PerUser() }

// Search runs a TraceQL search, within the limits of Tempo's configuration. The spans must not be changed: an equal
// search at the same time gets the same.
func (c *Client) Search(ctx context.Context, r SearchRequest) (SearchResult, error) {
	return c.limits.search(ctx, r, func(r SearchRequest) (SearchResult, error) { return c.search(ctx, r) })
}

const searchPath = "/api/search"

func searchQuery(r SearchRequest) url.Values {
	query := timeBounds(r.Start, r.End)
	query.Set("q", Align(r.Query))
	if r.Limit > 0 {
		query.Set("limit", strconv.Itoa(r.Limit))
	}
	if r.SpansPerTrace > 0 {
		query.Set("spss", strconv.Itoa(r.SpansPerTrace))
	}
	return query
}

// searchOnce asks for spans with one request.
func (c *Client) searchOnce(ctx context.Context, r SearchRequest) (SearchResult, error) {
	query := searchQuery(r)
	r = r.withDefaults()
	found, err := c.up.Decode(ctx, searchPath, query, acceptJSON, "search answer", func(body io.Reader) (any, error) {
		return decodeSearch(body, r.Limit, r.SpansPerTrace)
	})
	if err != nil {
		return SearchResult{}, err
	}
	return found.(SearchResult), nil
}

// withDefaults fills in what Tempo takes when it is not sent.
func (r SearchRequest) withDefaults() SearchRequest {
	if r.Limit <= 0 {
		r.Limit = defaultTraces
	}
	if r.SpansPerTrace <= 0 {
		r.SpansPerTrace = defaultSpansPerTrace
	}
	return r
}

func searchResult(response *tempopb.SearchResponse, limit, spansPerTrace int) SearchResult {
	spans, cut := searchSpans(response, spansPerTrace)
	out := SearchResult{
		Spans:     spans,
		Traces:    len(response.Traces),
		Truncated: cut || len(response.Traces) >= limit,
	}
	if m := response.Metrics; m != nil {
		out.Stats.InspectedBytes = int64(min(m.InspectedBytes, math.MaxInt64))
		out.Stats.InspectedTraces = int64(m.InspectedTraces)
	}
	return out
}

// Trace fetches a trace by its id (hex digits, leading zeros optional). Zero times send no bound; Tempo is
// faster with them. A trace that Tempo does not know has no spans and is no error.
func (c *Client) Trace(ctx context.Context, traceID string, start, end time.Time) (TraceResult, error) {
	if !isTraceID(traceID) {
		return TraceResult{}, upstream.NewError(c.up.Name(), http.StatusBadRequest, nil,
			"%q is no trace id: it must be up to 32 hexadecimal digits.", cut(traceID, 64))
	}
	query := timeBounds(start, end)
	found, err := c.up.Decode(ctx, "/api/v2/traces/"+traceID, query, acceptProtobuf, "trace", func(from io.Reader) (any, error) {
		return readTrace(from, func(body []byte, charge func(int64) error) (TraceResult, error) {
			response, err := decodeTraceByID(body, charge)
			if err != nil {
				return TraceResult{}, err
			}
			return TraceResult{Spans: traceSpans(response.Trace), Partial: response.Status == tempopb.PartialStatus_PARTIAL}, nil
		})
	})
	if isNotFound(err) {
		return c.traceV1(ctx, traceID, query) // Tempo before 2.6 has no v2
	}
	if err != nil {
		return TraceResult{}, err
	}
	return found.(TraceResult), nil
}

// readTrace reads an answer whole and decodes it.
func readTrace(from io.Reader, decode func([]byte, func(int64) error) (TraceResult, error)) (any, error) {
	body, err := io.ReadAll(from)
	if err != nil {
		return nil, err
	}
	return decode(body, func(bytes int64) error { return upstream.Charge(from, bytes) })
}

func (c *Client) traceV1(ctx context.Context, traceID string, query url.Values) (TraceResult, error) {
	found, err := c.up.Decode(ctx, "/api/traces/"+traceID, query, acceptProtobuf, "trace", func(from io.Reader) (any, error) {
		return readTrace(from, func(body []byte, charge func(int64) error) (TraceResult, error) {
			trace, err := decodeTrace(body, charge)
			return TraceResult{Spans: traceSpans(trace)}, err
		})
	})
	if isNotFound(err) {
		said := upstream.AsError(err).Answer()
		if !strings.Contains(strings.ToLower(string(said)), "page not found") && !isMarkup(said) {
			return TraceResult{}, nil
		}
	}
	if err != nil {
		return TraceResult{}, err
	}
	return found.(TraceResult), nil
}

// TagValues gives the values of an attribute, sorted, without the empty one. Tempo reads the query loosely:
// it heeds only simple conditions joined by &&, and none at all if there is an ||. Of a range that is longer than Tempo
// allows the newest part is asked, which counts as truncated.
func (c *Client) TagValues(ctx context.Context, r TagValuesRequest) (values []string, truncated bool, err error) {
	asked := r
	asked.Start, truncated = c.limits.newest(r.Start, r.End)
	found, err := c.tagValues(ctx, asked)
	if err != nil && c.limits.learn(err) {
		if asked.Start, truncated = c.limits.newest(r.Start, r.End); truncated {
			found, err = c.tagValues(ctx, asked)
		}
	}
	if err != nil {
		return nil, false, err
	}
	if truncated {
		c.limits.tellCut(ctx)
	}
	slices.Sort(found)
	values = slices.Compact(found)
	if r.Limit > 0 && len(values) > r.Limit {
		return values[:r.Limit], true, nil
	}
	return values, truncated, nil
}

func (c *Client) tagValues(ctx context.Context, r TagValuesRequest) ([]string, error) {
	query := timeBounds(r.Start, r.End)
	if r.Query != "" {
		query.Set("q", Align(r.Query))
	}
	if r.Limit > 0 {
		query.Set("limit", strconv.Itoa(r.Limit+2)) // one to see that there are more, one for the empty value
	}
	_, body, err := c.up.Get(ctx, "/api/v2/search/tag/"+url.PathEscape(r.Tag)+"/values", query, acceptJSON)
	if err != nil {
		return nil, err
	}
	values, err := decodeTagValues(body)
	if err != nil {
		return nil, c.up.Unreadable("list of values", err)
	}
	return values, nil
}

// Version is the version that Tempo says it is; "" if it was built without one.
func (c *Client) Version(ctx context.Context) (string, error) {
	return c.up.Version(ctx, "/api/status/buildinfo")
}

// timeBounds are start and end in seconds, where they are given.
func timeBounds(start, end time.Time) url.Values {
	v := url.Values{}
	from, to := wholeSeconds(start, end)
	if !start.IsZero() {
		v.Set("start", strconv.FormatInt(from, 10))
	}
	if !end.IsZero() {
		v.Set("end", strconv.FormatInt(to, 10))
	}
	return v
}

// wholeSeconds gives a range in Unix seconds; the end is rounded up so that nothing is lost. Zero times give 0.
func wholeSeconds(start, end time.Time) (from, to int64) {
	if !start.IsZero() {
		from = start.Unix()
	}
	if end.IsZero() {
		return from, 0
	}
	to = end.Unix()
	if end.Nanosecond() > 0 {
		to++
	}
	if !start.IsZero() && to <= from {
		to = from + 1 // Tempo refuses an empty range
	}
	return from, to
}

func isNotFound(err error) bool {
	e := upstream.AsError(err)
	return e != nil && e.Status == http.StatusNotFound
}

func isMarkup(body []byte) bool {
	return strings.HasPrefix(strings.TrimSpace(string(body[:min(len(body), 64)])), "<")
}

func isTraceID(s string) bool {
	for _, r := range s {
		if !strings.ContainsRune("0123456789abcdefABCDEF", r) {
			return false
		}
	}
	return s != "" && len(s) <= 32
}

func cut(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return s
}
