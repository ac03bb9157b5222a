package tempo

import (
	"context"
	"errors"
	"io"
	"math"

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

// Part is what has come of a streamed search since the part before. It must not be changed: others may get the same.
type Part struct {
	Spans    []windmill.Span // that are new
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

// Search runs a TraceQL search and tells watch of what comes, as it comes. The result is that of Client.Search. Equal
// searches that are under way at the same time are one: who comes later is told first what has come so far.
func (s *Stream) Search(ctx context.Context, r SearchRequest, watch func(Part)) (SearchResult, error) {
	r = r.withDefaults()
	message := searchMessage(r)
	result, err := s.conn.Call(ctx, upstream.Call{
		Method:  "Search",
		Message: message.String(),
		Do: func(ctx context.Context, size upstream.Size, add func(any)) (any, error) {
			answers, err := s.rpc.Search(ctx, message, grpc.ForceCodec(codec{size}))
			if err != nil {
				return nil, err
			}
			found := newFound(r)
			err = s.receive(answers, func(m *tempopb.SearchResponse) {
				if p, news := found.add(m); news {
					add(p)
				}
			})
			return found.result(), err
		},
	}, func(parts []any) { watch(together(parts)) })
	if err != nil {
		return SearchResult{}, err
	}
	return result.(SearchResult), nil
}

// together makes one part of several.
func together(parts []any) Part {
	last := parts[len(parts)-1].(Part)
	if len(parts) == 1 {
		return last
	}
	all := Part{Progress: last.Progress}
	for _, p := range parts {
		all.Spans = append(all.Spans, p.(Part).Spans...)
	}
	return all
}

// receive takes in the messages of a search.
func (s *Stream) receive(answers tempopb.StreamingQuerier_SearchClient, each func(*tempopb.SearchResponse)) error {
	for messages := 0; ; messages++ {
		m, err := answers.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			if messages > 0 && status.Code(err) == codes.Unavailable {
				return s.conn.BrokeOff(err)
			}
			return err
		}
		each(m)
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
