package upstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/flowsteps/windmill-datasource/pkg/group"
)

// answer is the outcome of one call.
type answer struct {
	resp  *http.Response
	body  []byte
	value any // what the body was decoded to, in place of it
	size  int64
	err   error
}

// sharing makes one call of equal calls that are under way at the same time. A caller who gives up does not
// cancel the others; when all have given up, the call is cancelled.
type sharing struct {
	mu      sync.Mutex
	flights map[string]*flight
}

// flight is one call that is under way.
type flight struct {
	ctx     context.Context
	cancel  context.CancelFunc
	waiters int    // guarded by the mutex of sharing
	parts   *parts // of an answer that comes bit by bit

	done   chan struct{} // closed when the outcome is there
	answer answer
	err    error // of a call that panicked
}

func newSharing() *sharing { return &sharing{flights: map[string]*flight{}} }

// do runs call, or waits for an equal one. The error is the caller's own context's, or that of a call that panicked.
// watch gets the parts of the answer that are new since it was called last; first all that came before the caller did.
// Who takes long over them holds nobody up and gets more at a time. All have been watched when there is an answer.
func (s *sharing) do(ctx context.Context, key string, call func(context.Context, *parts) answer, watch func([]any)) (answer, error) {
	f := s.join(ctx, key, call)
	defer s.leave(key, f)
	for seen, over := 0, false; ; {
		news, more := f.parts.after(seen)
		switch {
		case ctx.Err() != nil:
			return answer{}, ctx.Err()
		case len(news) > 0:
			watch(news)
			seen += len(news)
			continue
		case over:
			return f.answer, f.err
		}
		select {
		case <-ctx.Done():
		case <-more:
		case <-f.done:
			over = true // parts may have come just before
		}
	}
}

func (s *sharing) join(ctx context.Context, key string, call func(context.Context, *parts) answer) *flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.flights[key]
	if f == nil {
		f = &flight{parts: newParts(), done: make(chan struct{})}
		// The values of the first caller's context stay (its trace, Grafana's configuration), its end does not.
		f.ctx, f.cancel = context.WithCancel(context.WithoutCancel(ctx))
		s.flights[key] = f
		go s.run(key, f, call)
	}
	f.waiters++
	return f
}

func (s *sharing) run(key string, f *flight, call func(context.Context, *parts) answer) {
	defer func() {
		if p := recover(); p != nil {
			f.err = group.Recovered(f.ctx, p)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.forget(key, f)
		close(f.done)
	}()
	f.answer = call(f.ctx, f.parts)
}

func (s *sharing) leave(key string, f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.waiters--
	if f.waiters == 0 {
		f.cancel()
		s.forget(key, f)
	}
}

// forget lets the next caller make a call of its own. The mutex is held.
func (s *sharing) forget(key string, f *flight) {
	if s.flights[key] == f {
		delete(s.flights, key)
	}
}

// parts are what has come of an answer so far, in order.
type parts struct {
	mu   sync.Mutex
	list []any
	more chan struct{} // closed when there are more than now
}

func newParts() *parts { return &parts{more: make(chan struct{})} }

func (p *parts) add(part any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, part)
	close(p.more)
	p.more = make(chan struct{})
}

// after gives all parts but the first n. more is closed when there is another one.
func (p *parts) after(n int) (news []any, more <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.list[n:], p.more
}

// shared makes one call of equal ones of all users, and counts it for the query. Calls are equal when their keys are; a
// call without a key is made by itself.
func (c *Client) shared(ctx context.Context, key string, call func(context.Context, *parts) answer, watch func([]any)) answer {
	m := MeterOf(ctx)
	held := m.account(c.pool)
	held.change(1, 1) // the caller waits for its answer
	defer held.change(-1, -1)
	counted := m.begin(c.name)
	a, led := c.sharedCall(ctx, key, call, watch)
	if !led {
		m.reserve(a.size) // another query has received it
	}
	if a.err != nil {
		a.size = 0 // nothing came of it, though it was spent
	}
	counted(a.size)
	return a
}

// sharedCall makes a call or waits for an equal one. led: it was made for this query.
func (c *Client) sharedCall(ctx context.Context, key string, call func(context.Context, *parts) answer, watch func([]any)) (a answer, led bool) {
	if err := ctx.Err(); err != nil {
		return answer{err: c.failed(ctx, err)}, false // nobody waits for it
	}
	share := c.share
	if share == nil || key == "" {
		share = newSharing()
	}
	leads := false
	a, err := share.do(ctx, key, func(ctx context.Context, p *parts) answer {
		leads = true
		return call(ctx, p)
	}, watch)
	if err != nil {
		return answer{err: c.failed(ctx, err)}, false
	}
	if !leads && (errors.Is(a.err, errTooLarge) || errors.Is(a.err, errPoolFull)) { // of the other query, which had received more before
		if a, err = newSharing().do(ctx, key, call, watch); err != nil {
			return answer{err: c.failed(ctx, err)}, false
		}
		return a, true
	}
	return a, leads
}

// requestKey is equal for requests that get the same answer. "": the body cannot be read twice.
func requestKey(req *http.Request) string {
	var b strings.Builder
	b.WriteString(req.Method + " " + req.URL.String())
	for _, name := range slices.Sorted(maps.Keys(req.Header)) {
		fmt.Fprintf(&b, "\n%s: %q", name, req.Header[name])
	}
	b.WriteString("\n\n")
	if req.Body == nil || req.Body == http.NoBody {
		return b.String()
	}
	if req.GetBody == nil {
		return ""
	}
	body, err := req.GetBody()
	if err != nil {
		return ""
	}
	defer func() { _ = body.Close() }()
	if _, err := io.Copy(&b, body); err != nil {
		return ""
	}
	return b.String()
}
