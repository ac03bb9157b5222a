package upstream

import (
	"context"
	"errors"
	"net/http"
)

// account is where a call books what it holds: with its query, or, without one, by itself.
func (c *Client) account(m *Meter) *account {
	if c.pool == nil {
		return nil
	}
	if m == nil {
		a := c.pool.open()
		a.closed = true // with its only call
		return a
	}
	return m.account(c.pool)
}

// begin waits for a slot and counts the call as one under way. Call end when it is over, with its error.
func (c *Client) begin(b *body) (end func(error), err error) {
	b.held.change(1, 1)
	err = c.acquire(b.ctx, b.meter)
	b.held.change(0, -1)
	if err != nil {
		b.held.change(-1, 0)
		return nil, err
	}
	done, ok := c.breaker.allow(b.ctx)
	end = func(err error) {
		c.slots.Release(1)
		if err != nil {
			b.held.free(b.reserved) // nothing is kept of it
		}
		b.held.change(-1, 0)
		if ok {
			b.meter.sawFailure(err)
			done(err)
		}
	}
	switch {
	case !ok:
		err = c.down(b.meter)
	case !b.meter.reserve(0):
		err = c.tooMuch(b.meter, errTooLarge)
	default:
		return end, nil
	}
	end(err)
	return nil, err
}

// acquire waits for a slot, but not for longer than one answer may take: then the server is overloaded, or down.
func (c *Client) acquire(ctx context.Context, m *Meter) error {
	if c.breaker.open() && !isProbe(ctx) {
		return c.down(m)
	}
	waiting, cancel := context.WithTimeout(ctx, c.wait)
	defer cancel()
	err := c.slots.Acquire(waiting, 1)
	if err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
		if err != nil {
			return c.failed(ctx, err)
		}
		return nil
	}
	return NewError(c.name, http.StatusGatewayTimeout, errBusy,
		"%s has answered none of the %d requests of this data source that are under way for %s: try again later, or ask for less at a time.",
		c.name, c.places, c.wait)
}

var errBusy = errors.New("all places are taken")

// unreached is the error of a request that got no answer.
func (c *Client) unreached(ctx context.Context, err error) *Error {
	e := c.failed(ctx, err)
	e.down = e.Status != StatusCancelled && !TimeOver(ctx) && !isRedirect(err)
	return e
}

func isRedirect(err error) bool {
	var redirect *redirectError
	return errors.As(err, &redirect) || errors.Is(err, errTooManyRedirects)
}
