package upstream

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"
)

const (
	// failuresInRow open the breaker: fewer than there are slots, so that who waits for one does not wait for a timeout.
	failuresInRow = 5
	// breakFor is how long a server is not asked then. After it one request tries whether it answers again.
	breakFor = 5 * time.Second
)

// errDown is the cause of an error when a server was not asked because it had failed several times in a row.
var errDown = errors.New("the server is down")

// breaker keeps requests from a server that is down, so that nobody waits for it. Answers of any status show that it is
// there, but for those of a proxy before it.
type breaker struct {
	steps *gobreaker.TwoStepCircuitBreaker[any]
	last  atomic.Pointer[Error]
}

func newBreaker(name string) *breaker {
	return &breaker{steps: gobreaker.NewTwoStepCircuitBreaker[any](gobreaker.Settings{
		Name: name, Timeout: breakFor,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failuresInRow },
		IsSuccessful: func(err error) bool { return !isDown(err) },
		IsExcluded:   func(err error) bool { return isUndecided(err) },
	})}
}

// open says that the server is not to be asked now.
func (b *breaker) open() bool { return b.steps.State() == gobreaker.StateOpen }

// allow lets a request through, unless the server is down. Tell done how it ended.
func (b *breaker) allow(ctx context.Context) (done func(error), ok bool) {
	if isProbe(ctx) {
		return func(error) {}, true
	}
	ended, err := b.steps.Allow()
	if err != nil {
		return nil, false
	}
	return func(err error) {
		if isDown(err) {
			b.last.Store(AsError(err))
		}
		ended(err)
	}, true
}

// isDown says that a server did not answer, or that a proxy said so.
func isDown(err error) bool {
	e := AsError(err)
	return e != nil && e.down
}

// isUndecided says that nothing is known: nobody waited long enough, or it is the way that cannot be gone.
func isUndecided(err error) bool {
	e := AsError(err)
	return e != nil && (e.Status == StatusCancelled || errors.Is(e, errTimeOver) || errors.Is(e, errTooLarge) ||
		errors.Is(e, errPoolFull) || errors.Is(e, ErrNoRPC))
}

// down is the error of a request that was not sent. A query that has seen the failure itself is told that, as if the
// request had been sent.
func (c *Client) down(m *Meter) *Error {
	last := c.breaker.last.Load()
	if seen := m.failure(c.name); seen != nil {
		return NewError(c.name, seen.Status, errDown, "%s", seen.Message)
	}
	if last == nil { // it is about to be told
		return NewError(c.name, http.StatusBadGateway, errDown, "%s is not asked for %s, because %d requests in a row failed.",
			c.name, breakFor, failuresInRow)
	}
	return NewError(c.name, last.Status, errDown, "%s is not asked for %s, because %d requests in a row failed: %s",
		c.name, breakFor, failuresInRow, last.Message)
}

type probeKey struct{}

// WithProbe makes calls under the context ask a server even if it is taken for down: a health check wants to know.
func WithProbe(ctx context.Context) context.Context { return context.WithValue(ctx, probeKey{}, true) }

func isProbe(ctx context.Context) bool { return ctx.Value(probeKey{}) != nil }
