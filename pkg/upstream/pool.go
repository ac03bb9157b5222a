package upstream

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// Pool bounds what all queries of a data source hold of answers at the same time. A query that would exceed it waits
// until others have ended: first those that hold something already, because they free it when they end, each in the
// order in which they came. It is safe for concurrent use.
type Pool struct {
	most int64 // bytes

	mu       sync.Mutex
	used     int64
	holders  map[*account]struct{} // accounts that hold something
	waiting  []*claim              // in order
	accounts uint64                // opened so far
}

// account is what one query holds. The pool's mutex guards it.
type account struct {
	pool   *Pool
	number uint64 // a later query has a larger one
	held   int64  // bytes
	calls  int    // that are under way
	idle   int    // of them, those that wait for others
	closed bool   // the query has ended
}

// claim is a wait for bytes.
type claim struct {
	of    *account
	bytes int64
	done  chan error // has room for the one outcome
}

// errPoolFull is the refusal of a claim that no other query's end could meet.
var errPoolFull = errors.New("too much is held by the queries under way")

// NewPool makes a pool of a number of bytes.
func NewPool(bytes int64) *Pool { return &Pool{most: bytes, holders: map[*account]struct{}{}} }

func (p *Pool) open() *account {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.accounts++
	return &account{pool: p, number: p.accounts}
}

// Held is how many bytes the queries under way hold.
func (p *Pool) Held() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.used
}

// take claims bytes, and waits for them where it must. The error is the context's or errPoolFull.
func (a *account) take(ctx context.Context, bytes int64) error {
	if a == nil {
		return nil
	}
	p := a.pool
	c := &claim{of: a, bytes: bytes, done: make(chan error, 1)}
	p.mu.Lock()
	p.waiting = append(p.waiting, c)
	a.idle++
	p.settle()
	p.mu.Unlock()
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Contains(p.waiting, c) {
		return <-c.done // it was met at the same moment: the account gives it back with the rest
	}
	p.drop(c)
	p.settle()
	return ctx.Err()
}

// settle meets the claims that can be met. When all that hold something wait for each other, the latest of them is
// refused, so that what it holds becomes free. The mutex is held.
func (p *Pool) settle() {
	for {
		c := p.next()
		switch {
		case c == nil:
			return
		case p.used+c.bytes <= p.most:
			p.drop(c)
			p.used += c.bytes
			c.of.held += c.bytes
			p.holders[c.of] = struct{}{}
			c.done <- nil
		case p.stuck():
			if c = p.latest(); c == nil {
				return
			}
			p.drop(c)
			c.done <- errPoolFull
		default:
			return
		}
	}
}

func (p *Pool) next() *claim {
	for _, c := range p.waiting {
		if c.of.held > 0 {
			return c
		}
	}
	if len(p.waiting) == 0 {
		return nil
	}
	return p.waiting[0]
}

// stuck says that nothing becomes free by itself.
func (p *Pool) stuck() bool {
	for a := range p.holders {
		if a.idle == 0 || a.idle < a.calls {
			return false
		}
	}
	return true
}

// latest is a claim of the latest query that holds something; of any when none does, since it wants more than there is.
func (p *Pool) latest() *claim {
	var found *claim
	for _, c := range p.waiting {
		if len(p.holders) > 0 && c.of.held == 0 {
			continue
		}
		if found == nil || c.of.number > found.of.number {
			found = c
		}
	}
	return found
}

func (p *Pool) drop(c *claim) {
	p.waiting = slices.DeleteFunc(p.waiting, func(other *claim) bool { return other == c })
	c.of.idle--
}

// change takes note of calls that begin (1) and end (-1), and of how many of them wait for others.
func (a *account) change(calls, idle int) {
	if a == nil {
		return
	}
	a.pool.mu.Lock()
	defer a.pool.mu.Unlock()
	a.calls += calls
	a.idle += idle
	a.pool.freeIfOver(a)
	a.pool.settle()
}

// free gives bytes back of which nothing is kept.
func (a *account) free(bytes int64) {
	if a == nil || bytes == 0 {
		return
	}
	a.pool.mu.Lock()
	defer a.pool.mu.Unlock()
	a.pool.give(a, bytes)
	a.pool.settle()
}

// close gives everything back, once no call is under way any more.
func (a *account) close() {
	if a == nil {
		return
	}
	a.pool.mu.Lock()
	defer a.pool.mu.Unlock()
	a.closed = true
	a.pool.freeIfOver(a)
	a.pool.settle()
}

func (p *Pool) freeIfOver(a *account) {
	if a.closed && a.calls == 0 {
		p.give(a, a.held)
	}
}

func (p *Pool) give(a *account, bytes int64) {
	a.held -= bytes
	p.used -= bytes
	if a.held == 0 {
		delete(p.holders, a)
	}
}
