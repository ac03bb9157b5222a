package tempo

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/tempo/pkg/tempopb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// strict refuses as Tempo does (modules/frontend) what is beyond max_duration: 72h, max_result_limit: 500,
// max_spans_per_span_set: 50 and, of metrics, max_duration: 3h.
func strict(asked *[]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		number := func(name string) int64 {
			n, _ := strconv.ParseInt(q.Get(name), 10, 64)
			return n
		}
		*asked = append(*asked, r.URL.RawQuery)
		length := time.Duration(number("end")-number("start")) * time.Second
		metrics := strings.Contains(r.URL.Path, "metrics")
		switch {
		case metrics && length > 3*time.Hour:
			http.Error(w, "metrics query time range exceeds the maximum allowed duration of 3h0m0s", 400)
		case metrics:
			_, _ = w.Write([]byte(`{"series":[],"metrics":{}}`))
		case number("limit") > 500:
			http.Error(w, fmt.Sprintf("limit %d exceeds max limit 500", number("limit")), 400)
		case length > 72*time.Hour:
			http.Error(w, fmt.Sprintf("range specified by start and end exceeds 72h0m0s. received start=%d end=%d", number("start"), number("end")), 400)
		case number("spss") > 50:
			http.Error(w, fmt.Sprintf("spans per span set exceeds 50. received %d", number("spss")), 400)
		case strings.Contains(r.URL.Path, "/tag/"):
			_, _ = w.Write([]byte(`{"tagValues":[{"type":"string","value":"a"}],"metrics":{}}`))
		default:
			_, _ = w.Write([]byte(`{"traces":[` + strings.TrimSuffix(strings.Repeat(`{"traceID":"1"},`, int(number("limit"))), ",") + `],"metrics":{}}`))
		}
	}
}

func strictClient(t *testing.T) (c *Client, asked *[]string) {
	t.Helper()
	asked = new([]string)
	s := httptest.NewServer(strict(asked))
	t.Cleanup(s.Close)
	up, err := upstream.New(upstream.Options{Name: "Tempo", URL: s.URL})
	require.NoError(t, err)
	t.Cleanup(up.Close)
	return New(up), asked
}

const (
	saysDuration = "Tempo searches at most 72h at once (query_frontend.search.max_duration): of longer ranges only the newest part was searched. Ask for a shorter range, or raise it in Tempo."
	saysTraces   = "Tempo gives at most 500 traces for one search (query_frontend.search.max_result_limit): runs or steps may be missing. Ask for a shorter range, or raise it in Tempo."
)

func TestLimitsAreReadFromRefusals(t *testing.T) {
	c, asked := strictClient(t)
	end := time.Unix(1_790_000_000, 0)
	week := SearchRequest{Query: "{}", Start: end.Add(-7 * 24 * time.Hour), End: end, Limit: 20_000, SpansPerTrace: 100}
	ctx, m := upstream.WithMeter(t.Context(), 0, time.Now)
	found, err := c.Search(ctx, week)
	require.NoError(t, err)
	assert.Equal(t, 500, found.Traces)
	assert.True(t, found.Truncated)
	assert.Len(t, *asked, 4, "each of three limits is refused once")
	assert.Equal(t, []string{saysTraces, saysDuration}, m.Said())

	*asked = nil
	ctx, m = upstream.WithMeter(t.Context(), 0, time.Now)
	_, err = c.Search(ctx, week)
	require.NoError(t, err)
	require.Len(t, *asked, 1, "they are remembered")
	assert.Contains(t, (*asked)[0], fmt.Sprintf("start=%d", end.Add(-72*time.Hour).Unix()))
	assert.Equal(t, []string{saysTraces, saysDuration}, m.Said(), "and said again")

	ctx, m = upstream.WithMeter(t.Context(), 0, time.Now)
	_, err = c.Search(ctx, SearchRequest{Query: "{}", Start: end.Add(-time.Hour), End: end, Limit: 10})
	require.NoError(t, err)
	assert.Empty(t, m.Said(), "nothing is missing")

	values, truncated, err := c.TagValues(ctx, TagValuesRequest{Tag: "span.tag", Start: week.Start, End: end})
	require.NoError(t, err)
	assert.Equal(t, []string{"a"}, values)
	assert.True(t, truncated)
	assert.Equal(t, []string{saysDuration}, m.Said())
}

func TestLimitsOfValuesAndMetricsAreReadFromRefusals(t *testing.T) {
	c, asked := strictClient(t)
	end := time.Unix(1_790_000_000, 0)
	values, truncated, err := c.TagValues(t.Context(), TagValuesRequest{Tag: "span.tag", Start: end.Add(-7 * 24 * time.Hour), End: end})
	require.NoError(t, err)
	assert.Equal(t, []string{"a"}, values)
	assert.True(t, truncated)

	*asked = nil
	for range 2 {
		res, err := c.QueryRange(t.Context(), MetricsRequest{Query: "{} | rate()", Start: end.Add(-24 * time.Hour), End: end, Step: time.Minute})
		require.NoError(t, err)
		assert.WithinDuration(t, end.Add(-3*time.Hour), res.Start, 3*time.Minute)
	}
	assert.Len(t, *asked, 3, "the second knows")
	_, err = c.QueryRange(t.Context(), MetricsRequest{Query: "{} | rate()", Start: end.Add(-3 * time.Hour), End: end, Step: time.Minute})
	require.NoError(t, err)
}

func TestRefusalsThatNameNoLimitAreErrors(t *testing.T) {
	for _, says := range []string{"no", "limit 20 exceeds max limit 0", "range specified by start and end exceeds 1parsec", "limit 20 exceeds max limit 99999999999999999999"} {
		asked := 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked++
			http.Error(w, says, 400)
		}))
		up, err := upstream.New(upstream.Options{Name: "Tempo", URL: s.URL})
		require.NoError(t, err)
		_, err = New(up).Search(t.Context(), SearchRequest{Query: "{}", Limit: 20})
		require.ErrorContains(t, err, "Tempo rejected the query (status 400)")
		assert.Equal(t, 1, asked)
		s.Close()
		up.Close()
	}
}

type nobody struct{}

func (nobody) Part(int, Part)    {}
func (nobody) NotStreamed(error) {}

func TestLimitsOfStreamedSearches(t *testing.T) {
	var asked []uint32
	s, c := streaming(t, func(r *tempopb.SearchRequest, to tempopb.StreamingQuerier_SearchServer) error {
		asked = append(asked, r.Limit)
		if r.Limit > 500 {
			return status.Errorf(codes.InvalidArgument, "limit %d exceeds max limit 500", r.Limit)
		}
		return to.Send(&tempopb.SearchResponse{})
	})
	_, err := c.Watched(s, nobody{}).Search(t.Context(), SearchRequest{Query: "{}", Limit: 20_000})
	require.NoError(t, err)
	assert.Equal(t, []uint32{20_000, 500}, asked)
}
