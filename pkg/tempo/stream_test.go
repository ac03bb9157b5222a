package tempo

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/grafana/tempo/pkg/tempopb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// faulty is a server for what a real Tempo cannot be made to do.
type faulty struct {
	tempopb.UnimplementedStreamingQuerierServer
	search func(*tempopb.SearchRequest, tempopb.StreamingQuerier_SearchServer) error
}

func (f *faulty) Search(r *tempopb.SearchRequest, to tempopb.StreamingQuerier_SearchServer) error {
	return f.search(r, to)
}

// streaming starts a server and gives a stream to it, and the client of the same address.
func streaming(t *testing.T, search func(*tempopb.SearchRequest, tempopb.StreamingQuerier_SearchServer) error, change ...func(*upstream.Options)) (*Stream, *Client) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer(grpc.ForceServerCodec(codec{}))
	tempopb.RegisterStreamingQuerierServer(server, &faulty{search: search})
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return dial(t, "http://"+listener.Addr().String(), change...)
}

func dial(t *testing.T, url string, change ...func(*upstream.Options)) (*Stream, *Client) {
	t.Helper()
	o := upstream.Options{Name: "Tempo", URL: url}
	for _, c := range change {
		c(&o)
	}
	up, err := upstream.New(o)
	require.NoError(t, err)
	t.Cleanup(up.Close)
	conn, err := upstream.Dial(up, o, "")
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	return NewStream(conn), New(up)
}

func message(jobs uint32, traces ...*tempopb.TraceSearchMetadata) *tempopb.SearchResponse {
	return &tempopb.SearchResponse{Traces: traces, Metrics: &tempopb.SearchMetrics{
		CompletedJobs: jobs, TotalJobs: 2, TotalBlocks: 5, InspectedBytes: uint64(100 * jobs), InspectedTraces: jobs,
	}}
}

func traceOf(id string, start uint64, spans ...string) *tempopb.TraceSearchMetadata {
	t := &tempopb.TraceSearchMetadata{TraceID: id, StartTimeUnixNano: start}
	for _, s := range spans {
		t.SpanSets = append(t.SpanSets, &tempopb.SpanSet{Matched: 1, Spans: []*tempopb.Span{{SpanID: s, StartTimeUnixNano: start}}})
	}
	return t
}

func ignore(Part) {}

func TestStreamPutsMessagesTogether(t *testing.T) {
	var got *tempopb.SearchRequest
	heard := make(chan struct{}, 1)
	s, _ := streaming(t, func(r *tempopb.SearchRequest, to tempopb.StreamingQuerier_SearchServer) error {
		got = r
		_ = to.Send(message(1, traceOf("1", 10, "a")))
		<-heard
		_ = to.Send(message(1)) // nothing new
		return to.Send(message(2, traceOf("2", 20, "c"), traceOf("1", 10, "a", "b")))
	})
	var parts []Part
	ctx, meter := upstream.WithMeter(context.Background(), 0, time.Now)
	res, err := s.Search(ctx, SearchRequest{Query: "{}", Start: time.Unix(1000, 5), End: time.Unix(2000, 1), Limit: 2},
		func(p Part) {
			parts = append(parts, p)
			heard <- struct{}{}
		})
	require.NoError(t, err)
	assert.EqualValues(t, 1000, got.Start)
	assert.EqualValues(t, 2001, got.End)
	assert.EqualValues(t, 2, got.Limit)
	assert.EqualValues(t, 3, got.SpansPerSpanSet)
	require.Len(t, meter.Usage(), 1)
	assert.Equal(t, 1, meter.Usage()[0].Requests)
	assert.Positive(t, meter.Usage()[0].Bytes)

	var ids []string
	for _, span := range res.Spans {
		ids = append(ids, strings.TrimLeft(span.TraceID, "0")+strings.TrimLeft(span.SpanID, "0"))
	}
	assert.ElementsMatch(t, []string{"2c", "1a", "1b"}, ids, "each span once")
	assert.Equal(t, "2c", ids[0], "the newest trace first")
	assert.Equal(t, 2, res.Traces)
	assert.True(t, res.Truncated, "the limit is reached")
	assert.EqualValues(t, 200, res.Stats.InspectedBytes)

	require.Len(t, parts, 2)
	assert.Len(t, parts[0].Spans, 1)
	assert.Equal(t, Progress{CompletedJobs: 1, TotalJobs: 2, Blocks: 5, InspectedBytes: 100}, parts[0].Progress)
	assert.Len(t, parts[1].Spans, 2, "only those that are new")
	assert.Equal(t, 2, parts[1].Progress.CompletedJobs)
}

func TestStreamErrors(t *testing.T) {
	for code, want := range map[codes.Code]struct {
		status int
		text   string
	}{
		codes.InvalidArgument:   {400, "Tempo rejected the query (status 400). It says: oh."},
		codes.Unauthenticated:   {401, "Tempo refused the credentials (status 401): check them in the data source's settings. It says: oh."},
		codes.PermissionDenied:  {403, "Tempo refused the credentials (status 403): check them in the data source's settings. It says: oh."},
		codes.ResourceExhausted: {429, "Tempo has too many requests to answer this one now (status 429): try again later. It says: oh."},
		codes.Internal:          {502, "Tempo failed (status 500). It says: oh."},
	} {
		s, _ := streaming(t, func(*tempopb.SearchRequest, tempopb.StreamingQuerier_SearchServer) error {
			return status.Error(code, "oh")
		})
		_, err := s.Search(context.Background(), SearchRequest{Query: "{}"}, ignore)
		require.Error(t, err, code)
		assert.Equal(t, want.text, err.Error())
		assert.Equal(t, want.status, upstream.AsError(err).Status)
		assert.Equal(t, "downstream", upstream.AsError(err).Source.String())
		assert.NotErrorIs(t, err, upstream.ErrNoRPC, code)
	}
}

func TestStreamBreaksOff(t *testing.T) {
	s, _ := streaming(t, func(_ *tempopb.SearchRequest, to tempopb.StreamingQuerier_SearchServer) error {
		_ = to.Send(message(1, traceOf("1", 10, "a")))
		return status.Error(codes.Unavailable, "going away")
	})
	_, err := s.Search(context.Background(), SearchRequest{Query: "{}"}, ignore)
	require.ErrorContains(t, err, "broke off in the middle of its answer: try again.")
	assert.NotErrorIs(t, err, upstream.ErrNoRPC, "HTTP would only hide it")
}

func TestStreamIsBounded(t *testing.T) {
	s, _ := streaming(t, func(_ *tempopb.SearchRequest, to tempopb.StreamingQuerier_SearchServer) error {
		for range 20 {
			_ = to.Send(message(1, traceOf("1", 10, strings.Repeat("a", 100))))
		}
		return nil
	}, func(o *upstream.Options) { o.MaxBody = 1000 })
	_, err := s.Search(context.Background(), SearchRequest{Query: "{}"}, ignore)
	assert.EqualError(t, err, "Tempo answered with more than 1000 bytes for one query: ask for less (a shorter time range, more filters or a lower limit), or raise \"Megabytes per query\" in the data source's settings.")
}

// hangs waits for the client to give up and closes gone then.
func hangs(gone chan struct{}) func(*tempopb.SearchRequest, tempopb.StreamingQuerier_SearchServer) error {
	return func(_ *tempopb.SearchRequest, to tempopb.StreamingQuerier_SearchServer) error {
		_ = to.Send(message(1))
		<-to.Context().Done()
		close(gone)
		return to.Context().Err()
	}
}

func TestStreamTimesOut(t *testing.T) {
	gone := make(chan struct{})
	s, _ := streaming(t, hangs(gone), func(o *upstream.Options) {
		o.HTTP.Timeouts = &httpclient.TimeoutOptions{Timeout: 50 * time.Millisecond}
	})
	heard := false
	_, err := s.Search(context.Background(), SearchRequest{Query: "{}"}, func(Part) { heard = true })
	require.ErrorContains(t, err, "did not answer in time")
	assert.Equal(t, http.StatusGatewayTimeout, upstream.AsError(err).Status)
	if heard { // on a busy machine the time may be over before the server is reached
		<-gone
	}
}

func TestStreamIsCancelled(t *testing.T) {
	gone := make(chan struct{})
	s, client := streaming(t, hangs(gone), func(o *upstream.Options) { o.MaxConcurrent = 1 })
	ctx, cancel := context.WithCancel(context.Background())
	w := client.Watched(s, &recorder{part: func(int, Part) { cancel() }})
	_, err := w.Search(ctx, SearchRequest{Query: "{}"})
	require.Error(t, err)
	assert.Equal(t, upstream.StatusCancelled, upstream.AsError(err).Status)
	<-gone // the server was told

	ctx, cancel = context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, _, err = client.up.Get(ctx, "/", nil, "*/*")
	assert.NotErrorIs(t, err, context.DeadlineExceeded, "the only slot is free again")
}

// recorder is a watcher.
type recorder struct {
	part func(int, Part)

	mu     sync.Mutex
	parts  []Part
	reason []error
}

func (r *recorder) Part(search int, p Part) {
	r.mu.Lock()
	r.parts = append(r.parts, p)
	r.mu.Unlock()
	if r.part != nil {
		r.part(search, p)
	}
}

func (r *recorder) NotStreamed(reason error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reason = append(r.reason, reason)
}

// TestWithoutStreamsOverHTTP has servers that speak HTTP alone: an old Tempo, or a proxy before a new one.
func TestWithoutStreamsOverHTTP(t *testing.T) {
	for name, server := range map[string]*httptest.Server{
		"HTTP/1 alone":        httptest.NewServer(body(`{"traces":[{"traceID":"1"}]}`)),
		"HTTP/2 without gRPC": http2Server(body(`{"traces":[{"traceID":"1"}]}`)),
	} {
		t.Run(name, func(t *testing.T) {
			defer server.Close()
			s, client := dial(t, server.URL)
			r := &recorder{}
			w := client.Watched(s, r)
			for range 2 {
				res, err := w.Search(context.Background(), SearchRequest{Query: "{}"})
				require.NoError(t, err)
				assert.Equal(t, 1, res.Traces)
			}
			require.Len(t, r.reason, 1, "said once")
			assert.ErrorIs(t, r.reason[0], upstream.ErrNoRPC)
			assert.ErrorContains(t, r.reason[0], "or a proxy before it, does not speak gRPC.")
		})
	}
	s, _ := dial(t, "http://127.0.0.1:1")
	_, err := s.Search(context.Background(), SearchRequest{Query: "{}"}, ignore)
	assert.EqualError(t, err, "Tempo at 127.0.0.1:1 refused the connection: is it running, and is the URL right?")
}

func http2Server(h http.Handler) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.Config.Protocols = &http.Protocols{}
	s.Config.Protocols.SetHTTP1(true)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	return s
}

func TestStreamCarriesCredentials(t *testing.T) {
	var got metadata.MD
	s, _ := streaming(t, func(_ *tempopb.SearchRequest, to tempopb.StreamingQuerier_SearchServer) error {
		got, _ = metadata.FromIncomingContext(to.Context())
		return status.Error(codes.InvalidArgument, "password-s3cret and "+strings.Join(got.Get("authorization"), ""))
	}, func(o *upstream.Options) {
		o.HTTP.BasicAuth = &httpclient.BasicAuthOptions{User: "ann", Password: "password-s3cret"}
		o.HTTP.Header = http.Header{upstream.TenantHeader: {"team-a"}, "X-One": {"header-s3cret"}}
	})
	_, err := s.Search(context.Background(), SearchRequest{Query: "{}"}, ignore)
	require.Error(t, err)
	assert.Equal(t, []string{"Basic YW5uOnBhc3N3b3JkLXMzY3JldA=="}, got.Get("authorization"))
	assert.Equal(t, []string{"team-a"}, got.Get("x-scope-orgid"))
	assert.Equal(t, []string{"header-s3cret"}, got.Get("x-one"))
	assert.NotContains(t, err.Error(), "s3cret")
	assert.NotContains(t, err.Error(), "YW5u")
}
