package tempo

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
)

// Watcher is told of searches while they run. Its methods are called from several goroutines.
type Watcher interface {
	// Part tells what a search has brought; search numbers the searches from 1.
	Part(search int, p Part)
	// NotStreamed tells, at most once, why searches are answered over HTTP from now on.
	NotStreamed(reason error)
}

// Watched is a Client whose searches are streamed to a watcher, for the time of one query. Where Tempo cannot be asked
// over gRPC it answers over HTTP.
type Watched struct {
	*Client
	stream   *Stream
	watcher  Watcher
	searches atomic.Int32
	off      atomic.Bool
}

// Watched makes a watched client of a client.
func (c *Client) Watched(stream *Stream, watcher Watcher) *Watched {
	return &Watched{Client: c, stream: stream, watcher: watcher}
}

// Search is Client.Search.
func (w *Watched) Search(ctx context.Context, r SearchRequest) (SearchResult, error) {
	if w.off.Load() {
		return w.Client.Search(ctx, r)
	}
	number := int(w.searches.Add(1))
	res, err := w.limits.search(ctx, r, func(r SearchRequest) (SearchResult, error) {
		return w.stream.Search(ctx, r, func(p Part) { w.watcher.Part(number, p) })
	})
	if errors.Is(err, upstream.ErrNoRPC) && ctx.Err() == nil {
		if w.off.CompareAndSwap(false, true) {
			w.watcher.NotStreamed(err)
		}
		return w.Client.Search(ctx, r)
	}
	return res, err
}
