package upstream

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"
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
	group   singleflight.Group
	mu      sync.Mutex
	flights map[string]*flight
}

type flight struct {
	ctx     context.Context
	cancel  context.CancelFunc
	waiters int
}

func newSharing() *sharing { return &sharing{flights: map[string]*flight{}} }

// do runs call, or waits for an equal one. The error is the caller's own context's, or that of a call that panicked.
func (s *sharing) do(ctx context.Context, key string, call func(context.Context) answer) (answer, error) {
	f, result := s.join(ctx, key, call)
	defer s.leave(key, f)
	select {
	case <-ctx.Done():
		return answer{}, ctx.Err()
	case r := <-result:
		if r.Err != nil {
			return answer{}, r.Err
		}
		return r.Val.(answer), nil
	}
}

func (s *sharing) join(ctx context.Context, key string, call func(context.Context) answer) (*flight, <-chan singleflight.Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.flights[key]
	if f == nil {
		f = &flight{}
		// The values of the first caller's context stay (its trace, Grafana's configuration), its end does not.
		f.ctx, f.cancel = context.WithCancel(context.WithoutCancel(ctx))
		s.flights[key] = f
	}
	f.waiters++
	return f, s.group.DoChan(key, func() (v any, err error) {
		// singleflight would end the whole process.
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
		}()
		return call(f.ctx), nil
	})
}

func (s *sharing) leave(key string, f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.waiters--
	if f.waiters > 0 {
		return
	}
	f.cancel()
	delete(s.flights, key)
	s.group.Forget(key)
}

// requestKey is equal for requests that get the same answer. Not ok: the body cannot be read twice.
func requestKey(req *http.Request) (key string, ok bool) {
	var b strings.Builder
	b.WriteString(req.Method + " " + req.URL.String())
	for _, name := range slices.Sorted(maps.Keys(req.Header)) {
		fmt.Fprintf(&b, "\n%s: %q", name, req.Header[name])
	}
	b.WriteString("\n\n")
	if req.Body == nil || req.Body == http.NoBody {
		return b.String(), true
	}
	if req.GetBody == nil {
		return "", false
	}
	body, err := req.GetBody()
	if err != nil {
		return "", false
	}
	defer func() { _ = body.Close() }()
	if _, err := io.Copy(&b, body); err != nil {
		return "", false
	}
	return b.String(), true
}
