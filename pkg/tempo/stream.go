package tempo

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/tempo/pkg/tempopb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Progress is how far a streamed search has come. Tempo cuts a search into jobs; their number is known after a while.
type Progress struct {
	CompletedJobs, TotalJobs int
	Blocks                   int   // that the search looks into
	InspectedBytes           int64 // so far
}

// Part is what one message of a streamed search brings.
type Part struct {
	Spans    []windmill.Span // those of this message; a trace that has changed comes again
	Progress Progress        // of the search up to now
}

// Stream searches over Tempo's gRPC endpoint, which gives what it finds while it searches. It is safe for concurrent
// use. Its errors are *upstream.Error; where Tempo cannot be asked over gRPC at all, their cause is upstream.ErrNoRPC.
type Stream struct {
	conn *upstream.Conn
	rpc  tempopb.StreamingQuerierClient
}

// NewStream makes a stream on a connection.
func NewStream(conn *upstream.Conn) *Stream {
	return &Stream{conn: conn, rpc: tempopb.NewStreamingQuerierClient(conn.Interface())}
}

// Close ends the connection.
func (s *Stream) Close() { s.conn.Close() }

// Search runs a TraceQL search and tells watch of each message as it comes. The result is that of Client.Search.
func (s *Stream) Search(ctx context.Context, r SearchRequest, watch func(Part)) (SearchResult, error) {
	r = r.withDefaults()
	found := newFound()
	err := s.conn.Call(ctx, "Search", func(ctx context.Context) (int64, error) {
		answers, err := s.rpc.Search(ctx, searchMessage(r), grpc.ForceCodec(codec{}))
		if err != nil {
			return 0, err
		}
		return s.receive(ctx, answers, found, func(m *tempopb.SearchResponse) {
			spans, _ := searchSpans(m, r.SpansPerTrace)
			watch(Part{Spans: spans, Progress: progressOf(m.Metrics)})
		})
	})
	if err != nil {
		return SearchResult{}, err
	}
	return searchResult(found.response(), r.Limit, r.SpansPerTrace), nil
}

// receive takes in the messages of a search and gives their size in bytes.
func (s *Stream) receive(ctx context.Context, answers tempopb.StreamingQuerier_SearchClient, found *found, each func(*tempopb.SearchResponse)) (size int64, err error) {
	most := s.conn.MaxBody(ctx)
	for messages := 0; ; messages++ {
		m, err := answers.Recv()
		if errors.Is(err, io.EOF) {
			return size, nil
		}
		if err != nil {
			if messages > 0 && status.Code(err) == codes.Unavailable {
				return size, s.conn.BrokeOff(err)
			}
			return size, err
		}
		if size += int64(m.Size()); size > most {
			return size, s.conn.TooLarge()
		}
		each(m)
		found.add(m)
	}
}

func searchMessage(r SearchRequest) *tempopb.SearchRequest {
	m := &tempopb.SearchRequest{Query: Align(r.Query), Limit: uint32(r.Limit), SpansPerSpanSet: uint32(r.SpansPerTrace)}
	start, end := wholeSeconds(r.Start, r.End)
	m.Start, m.End = uint32(start), uint32(end)
	return m
}

func progressOf(m *tempopb.SearchMetrics) Progress {
	if m == nil {
		return Progress{}
	}
	return Progress{
		CompletedJobs: int(m.CompletedJobs), TotalJobs: int(m.TotalJobs), Blocks: int(m.TotalBlocks),
		InspectedBytes: int64(min(m.InspectedBytes, math.MaxInt64)),
	}
}

// found puts the messages of one search together. Each has only the traces that are new or have changed.
type found struct {
	traces  map[string]*tempopb.TraceSearchMetadata
	metrics *tempopb.SearchMetrics
}

func newFound() *found { return &found{traces: map[string]*tempopb.TraceSearchMetadata{}} }

func (f *found) add(m *tempopb.SearchResponse) {
	if m.Metrics != nil {
		f.metrics = m.Metrics
	}
	for _, t := range m.Traces {
		if t == nil {
			continue
		}
		if known := f.traces[t.TraceID]; known != nil {
			t.SpanSets = append(t.SpanSets, known.SpanSets...) // each span counts once in the end
		}
		f.traces[t.TraceID] = t
	}
}

// response is what Tempo would have answered at once: the newest traces first.
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
