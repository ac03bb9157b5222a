package tempo

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/tempo/pkg/tempopb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// stage is a server whose searches each wait for the test before every message.
type stage struct {
	began atomic.Int32 // searches
	ended atomic.Int32
	next  chan *tempopb.SearchResponse // closed: the search ends
	fail  error                        // how it ends
}

func (s *stage) search(_ *tempopb.SearchRequest, to tempopb.StreamingQuerier_SearchServer) error {
	s.began.Add(1)
	defer s.ended.Add(1)
	for {
		select {
		case <-to.Context().Done():
			return to.Context().Err()
		case m, more := <-s.next:
			if !more {
				return s.fail
			}
			if err := to.Send(m); err != nil {
				return err
			}
		}
	}
}

// panel is a watcher of one search.
type panel struct {
	parts  chan Part
	result SearchResult
	err    error
	cancel context.CancelFunc
	left   chan struct{}
}

func open(t *testing.T, s *Stream, r SearchRequest) *panel {
	ctx, cancel := context.WithCancel(t.Context())
	p := &panel{parts: make(chan Part, 100), cancel: cancel, left: make(chan struct{})}
	go func() {
		defer close(p.left)
		p.result, p.err = s.Search(ctx, r, func(part Part) { p.parts <- part })
	}()
	return p
}

// spans waits until a panel has been told of as many spans.
func (p *panel) spans(n int) (ids []string, progress Progress) {
	for len(ids) < n {
		part := <-p.parts
		for _, s := range part.Spans {
			ids = append(ids, s.SpanID[15:])
		}
		progress = part.Progress
	}
	return ids, progress
}

// openTwo has two panels with the same query in the middle of its search.
func openTwo(t *testing.T, server *stage, s *Stream) []*panel {
	list := []*panel{open(t, s, SearchRequest{Query: "{}"})}
	server.next <- message(1, traceOf("1", 10, "a"))
	list = append(list, open(t, s, SearchRequest{Query: "{}"}))
	for _, p := range list {
		p.spans(1)
	}
	return list
}

func TestEqualSearchesShareOneStream(t *testing.T) {
	server := &stage{next: make(chan *tempopb.SearchResponse)}
	s, _ := streaming(t, server.search)
	r := SearchRequest{Query: "{}", Limit: 2}
	first := open(t, s, r)
	server.next <- message(1, traceOf("1", 10, "a"))
	ids, _ := first.spans(1)
	require.Equal(t, []string{"a"}, ids)

	late, leaver := open(t, s, r), open(t, s, r)
	for _, p := range []*panel{late, leaver} {
		ids, progress := p.spans(1)
		require.Equal(t, []string{"a"}, ids, "what came before")
		require.Equal(t, 1, progress.CompletedJobs)
	}
	leaver.cancel()
	<-leaver.left
	require.Equal(t, upstream.StatusCancelled, upstream.AsError(leaver.err).Status)

	server.next <- message(2, traceOf("1", 10, "a", "b"), traceOf("2", 20, "c"))
	close(server.next)
	for _, p := range []*panel{first, late} {
		<-p.left
		require.NoError(t, p.err)
		ids, progress := p.spans(2)
		require.ElementsMatch(t, []string{"b", "c"}, ids, "each span is told once")
		require.Equal(t, 2, progress.CompletedJobs)
	}
	require.Len(t, first.result.Spans, 3)
	require.Equal(t, first.result, late.result)
	require.EqualValues(t, 1, server.began.Load())
}

func TestAFailureReachesAllPanels(t *testing.T) {
	server := &stage{next: make(chan *tempopb.SearchResponse), fail: status.Error(codes.Internal, "oh")}
	s, _ := streaming(t, server.search)
	list := openTwo(t, server, s)
	close(server.next)
	for _, p := range list {
		<-p.left
		require.EqualError(t, p.err, "Tempo failed (status 500). It says: oh.")
	}
	require.EqualValues(t, 1, server.began.Load())
}

func TestAStreamEndsWithTheLastPanel(t *testing.T) {
	server := &stage{next: make(chan *tempopb.SearchResponse)}
	s, _ := streaming(t, server.search)
	list := openTwo(t, server, s)
	for _, p := range list {
		require.Zero(t, server.ended.Load(), "somebody still listens")
		p.cancel()
		<-p.left
	}
	eventually(t, func() bool { return server.ended.Load() == 1 })
}

func TestWhatIsNotSharedBetweenStreams(t *testing.T) {
	for name, c := range map[string]struct {
		other  SearchRequest
		change func(*upstream.Options)
	}{
		"other queries":                 {SearchRequest{Query: "{ false }"}, func(*upstream.Options) {}},
		"other limits":                  {SearchRequest{Query: "{}", Limit: 1}, func(*upstream.Options) {}},
		"searches in the name of users": {SearchRequest{Query: "{}"}, func(o *upstream.Options) { o.HTTP.ForwardHTTPHeaders = true }},
	} {
		t.Run(name, func(t *testing.T) {
			server := &stage{next: make(chan *tempopb.SearchResponse)}
			s, _ := streaming(t, server.search, c.change)
			list := []*panel{open(t, s, SearchRequest{Query: "{}"}), open(t, s, c.other)}
			eventually(t, func() bool { return server.began.Load() == 2 })
			close(server.next)
			for _, p := range list {
				<-p.left
				assert.NoError(t, p.err)
			}
		})
	}
}

// What is too large for what one query may still receive is not too large for another.
func TestBoundsOfStreamedQueriesAreApart(t *testing.T) {
	server := &stage{next: make(chan *tempopb.SearchResponse)}
	s, _ := streaming(t, server.search)
	tight, _ := upstream.WithMeter(t.Context(), 20, time.Now)
	narrow := make(chan error, 1)
	go func() {
		_, err := s.Search(tight, SearchRequest{Query: "{}"}, ignore)
		narrow <- err
	}()
	server.next <- message(1)
	wide := open(t, s, SearchRequest{Query: "{}"})
	<-wide.parts
	server.next <- message(1, traceOf("1", 10, "a"))
	require.ErrorContains(t, <-narrow, "Tempo answered with more than")
	eventually(t, func() bool { return server.began.Load() == 2 && server.ended.Load() == 1 })
	server.next <- message(1, traceOf("1", 10, "a"))
	close(server.next)
	<-wide.left
	require.NoError(t, wide.err)
	require.Len(t, wide.result.Spans, 1)
}

func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, 20*time.Second, 2*time.Millisecond)
}
