package tempo

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/tempo/pkg/tempopb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func manyIDs(n int) []string {
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprintf("0199a1b2-c3d4-4e5f-8a9b-%012d", i))
	}
	return ids
}

func childrenOf(ids []string) SearchRequest {
	return SearchRequest{
		Query: "{ (" + AnyOf("span.root_job", ids) + " || " + AnyOf("span.parent_job", ids) + `) && span.tag =~ "a|b" } | ` + EachSpan + " | " + SelectWindmill,
		Limit: 5000, SpansPerTrace: 100,
	}
}

var anyID = regexp.MustCompile(id)

// proxy answers as a Tempo behind a proxy that takes request lines of so many bytes: with a span for each id, and
// one that every request finds.
type proxy struct {
	most, status int

	mu      sync.Mutex
	lines   []int // of requests that were let through
	refused int
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	line := len("GET  HTTP/1.1\r\n") + len(r.RequestURI)
	if line > p.most {
		p.refused++
		w.WriteHeader(p.status)
		return
	}
	p.lines = append(p.lines, line)
	ids := anyID.FindAllString(r.URL.Query().Get("q"), -1)
	slices.Sort(ids)
	var traces []string
	for _, id := range append(slices.Compact(ids), "ffff") {
		traces = append(traces, fmt.Sprintf(`{"traceID":"%s","spanSets":[{"spans":[{"spanID":"1","attributes":[{"key":"language","value":{"stringValue":%q}}]}],"matched":1}]}`,
			id[len(id)-4:], id))
	}
	_, _ = w.Write([]byte(`{"traces":[` + strings.Join(traces, ",") + `],"metrics":{"inspectedTraces":1}}`))
}

func (p *proxy) client(t *testing.T) *Client {
	t.Helper()
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	up, err := upstream.New(upstream.Options{Name: "Tempo", URL: s.URL})
	require.NoError(t, err)
	t.Cleanup(up.Close)
	return New(up)
}

func TestLongSearchesAreAskedInParts(t *testing.T) {
	p := &proxy{most: DefaultLongestURL, status: http.StatusRequestURITooLong}
	found, err := p.client(t).Search(t.Context(), childrenOf(manyIDs(400)))
	require.NoError(t, err)
	assert.Zero(t, p.refused)
	assert.Equal(t, 401, found.Traces)
	assert.Len(t, found.Spans, 401, "what two parts find counts once")
	assert.Equal(t, int64(len(p.lines)), found.Stats.InspectedTraces)
	assert.LessOrEqual(t, len(p.lines), 8)

	p = &proxy{most: DefaultLongestURL}
	_, err = p.client(t).Search(t.Context(), childrenOf(manyIDs(50)))
	require.NoError(t, err)
	assert.Len(t, p.lines, 1)
}

func TestRequestLinesAreHalvedWhenAProxyRefusesThem(t *testing.T) {
	for _, status := range []int{http.StatusRequestURITooLong, http.StatusRequestHeaderFieldsTooLarge} {
		p := &proxy{most: 2000, status: status}
		c := p.client(t)
		found, err := c.Search(t.Context(), childrenOf(manyIDs(100)))
		require.NoError(t, err)
		assert.Equal(t, 101, found.Traces)
		refused := p.refused
		_, err = c.Search(t.Context(), childrenOf(manyIDs(100)))
		require.NoError(t, err)
		assert.Equal(t, refused, p.refused, "it is remembered")
		assert.LessOrEqual(t, slices.Max(p.lines), 2000)

		p = &proxy{most: 100, status: status} // nothing helps
		_, err = p.client(t).Search(t.Context(), childrenOf(manyIDs(100)))
		require.ErrorContains(t, err, fmt.Sprintf("(status %d)", status))
		assert.Less(t, p.refused, 200)
	}
}

func TestWhatHasNoListOfIDsIsNotCut(t *testing.T) {
	ids := manyIDs(4)
	for _, query := range []string{
		"{ span.job_id = " + Quote(ids[0]) + " }",
		`{ span.script_path =~ "f/a|f/b" }`,
		"{ " + AnyOf("span.job_id", ids) + " && " + AnyOf("span.root_job", ids[:2]) + " }", // each finds what the other allows
		"{ " + NoneOf("span.job_id", ids) + " }",
		"{ span.job_id !~ " + Quote(strings.Join(ids, "|")) + " }",
	} {
		_, _, ok := halved(query)
		assert.False(t, ok, query)
	}
	first, second, ok := halved("{ " + AnyOf("span.a", ids[:3]) + " || " + AnyOf("span.b", ids[:3]) + " }")
	require.True(t, ok)
	assert.Equal(t, "{ "+AnyOf("span.a", ids[:2])+" || "+AnyOf("span.b", ids[:2])+" }", first)
	assert.Equal(t, "{ "+AnyOf("span.a", ids[2:3])+" || "+AnyOf("span.b", ids[2:3])+" }", second)
}

// TestLongSearchesAreStreamedWhereThatIsOn: a message of gRPC may be long.
func TestLongSearchesAreStreamedWhereThatIsOn(t *testing.T) {
	streamed := 0
	s, _ := streaming(t, func(r *tempopb.SearchRequest, to tempopb.StreamingQuerier_SearchServer) error {
		streamed++
		return to.Send(message(1, traceOf("1", 10, "a")))
	})
	p := &proxy{most: DefaultLongestURL}
	c := p.client(t).WithLongestURL(DefaultLongestURL, s)
	found, err := c.Search(t.Context(), childrenOf(manyIDs(400)))
	require.NoError(t, err)
	assert.Len(t, found.Spans, 1)
	_, err = c.Search(t.Context(), childrenOf(manyIDs(10)))
	require.NoError(t, err)
	assert.Equal(t, 1, streamed)
	assert.Len(t, p.lines, 1, "short ones go over HTTP")

	gone, _ := dial(t, "http://127.0.0.1:1")
	c = (&proxy{most: DefaultLongestURL}).client(t).WithLongestURL(DefaultLongestURL, gone)
	found, err = c.Search(t.Context(), childrenOf(manyIDs(400)))
	require.NoError(t, err)
	assert.Len(t, found.Spans, 401, "HTTP stands in")
}
