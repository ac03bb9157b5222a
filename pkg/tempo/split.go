package tempo

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

const (
	// DefaultLongestURL is how long a request line is at most, in bytes: nginx and Apache take 8 KiB, with method and
	// version.
	DefaultLongestURL = 7 << 10
	// shortestURL is what every proxy takes.
	shortestURL = 1 << 10
	// partsAtOnce is how many parts of one search are asked at a time.
	partsAtOnce = 4
)

// id is a job's id in a list as AnyOf writes it.
const id = `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`

// idList is a condition that an attribute is one of several jobs' ids.
var idList = regexp.MustCompile(`=~ "(` + id + `(?:\|` + id + `)+)"`)

// WithLongestURL gives a client with another bound for request lines, in bytes. A search for a long list of ids is
// asked in parts, or over the stream, if there is one.
func (c *Client) WithLongestURL(bytes int, stream *Stream) *Client {
	c.longest.Store(int64(bytes))
	c.stream = stream
	return c
}

// halved cuts the list of ids of a search in two. A search asks for a job by several of its attributes, each with
// the same list: what either half finds is what the whole finds. false: it has no such list.
func halved(query string) (first, second string, ok bool) {
	lists := idList.FindAllStringSubmatch(query, -1)
	if len(lists) == 0 {
		return "", "", false
	}
	list := lists[0][1]
	for _, l := range lists {
		if l[1] != list {
			return "", "", false
		}
	}
	ids := strings.Split(list, "|")
	middle := (len(ids) + 1) / 2
	with := func(ids []string) string {
		condition := `=~ "` + strings.Join(ids, "|") + `"`
		if len(ids) == 1 {
			condition = `= "` + ids[0] + `"`
		}
		return strings.ReplaceAll(query, `=~ "`+list+`"`, condition)
	}
	return with(ids[:middle]), with(ids[middle:]), true
}

// inParts cuts a search so that each request is short enough, as far as that can be done.
func (c *Client) inParts(r SearchRequest, longest int64) []SearchRequest {
	if c.lineLength(r) <= longest {
		return []SearchRequest{r}
	}
	first, second, ok := halved(r.Query)
	if !ok {
		return []SearchRequest{r}
	}
	one, other := r, r
	one.Query, other.Query = first, second
	return append(c.inParts(one, longest), c.inParts(other, longest)...)
}

// lineLength is how long the first line of a request is, in bytes.
func (c *Client) lineLength(r SearchRequest) int64 {
	u := c.up.URL(searchPath, nil)
	u.RawQuery = searchQuery(r).Encode()
	return int64(len("GET  HTTP/1.1\r\n") + len(u.RequestURI()))
}

// search asks for spans, in parts where one request would be too long. A proxy that takes less is found out.
func (c *Client) search(ctx context.Context, r SearchRequest) (SearchResult, error) {
	for {
		longest := c.longest.Load()
		parts := c.inParts(r, longest)
		if len(parts) > 1 && c.stream != nil && !c.PerUser() {
			found, err := c.stream.Search(ctx, r, func(Part) {})
			if err == nil || !errors.Is(err, upstream.ErrNoRPC) {
				return found, err
			}
		}
		found, err := c.searchParts(ctx, parts)
		if !isTooLong(err) || !c.shorten(r, longest) {
			return found, err
		}
	}
}

// isTooLong says that the request line, or the headers with it, was too long for somebody on the way.
func isTooLong(err error) bool {
	e := upstream.AsError(err)
	return e != nil && (e.Status == http.StatusRequestURITooLong || e.Status == http.StatusRequestHeaderFieldsTooLarge)
}

// shorten halves the bound for request lines for the rest of the data source's life. false: there is nothing to halve.
func (c *Client) shorten(r SearchRequest, longest int64) bool {
	if _, _, ok := halved(r.Query); !ok || longest <= shortestURL {
		return false
	}
	next := max(min(longest, c.lineLength(r))/2, shortestURL)
	c.longest.CompareAndSwap(longest, next) // another search may have done it
	return true
}

func (c *Client) searchParts(ctx context.Context, parts []SearchRequest) (SearchResult, error) {
	if len(parts) == 1 {
		return c.searchOnce(ctx, parts[0])
	}
	found := make([]SearchResult, len(parts))
	g, ctx := group.WithContext(ctx)
	g.SetLimit(partsAtOnce)
	for i, p := range parts {
		g.Go(func() (err error) {
			found[i], err = c.searchOnce(ctx, p)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return SearchResult{}, err
	}
	return joined(found), nil
}

// joined is what several parts of one search have found: each span once.
func joined(parts []SearchResult) SearchResult {
	var out SearchResult
	seen, traces := map[spanKey]bool{}, map[string]bool{}
	for _, p := range parts {
		var fresh []windmill.Span
		for _, s := range p.Spans {
			key := spanKey{s.TraceID, s.SpanID}
			if !seen[key] {
				seen[key] = true
				fresh = append(fresh, s)
			}
			traces[s.TraceID] = true
		}
		out.Spans = append(out.Spans, fresh...)
		out.Truncated = out.Truncated || p.Truncated
		out.Stats.InspectedBytes += p.Stats.InspectedBytes
		out.Stats.InspectedTraces += p.Stats.InspectedTraces
	}
	out.Traces = len(traces)
	return out
}
