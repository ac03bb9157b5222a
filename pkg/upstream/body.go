package upstream

import (
	"bufio"
	"context"
	"errors"
	"io"

	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
)

// readStep is how much is read at a time, in bytes: so much may be in memory beyond what was reserved for it.
const readStep = 64 << 10

// body is an answer while it is read: bounded, counted, reserved from what the query and all queries may hold, and with
// the error that ended it too early. What a compressed answer unpacks to is what counts.
type body struct {
	ctx   context.Context
	from  io.Reader
	most  int64 // bytes of one answer
	meter *Meter
	held  *account
	size  int64 // received
	err   error

	reserved int64 // of the pool
}

var errTooLarge = errors.New("the answer is too large")

// Read reads on, up to the bound.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.from.Read(p[:min(len(p), readStep)])
	if refused := b.receive(int64(n)); refused != nil {
		return 0, refused
	}
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

// receive takes note of bytes that have come.
func (b *body) receive(bytes int64) error {
	b.size += bytes
	if b.size > b.most {
		b.err = errTooLarge
		return errTooLarge
	}
	return b.charge(bytes)
}

// charge reserves memory from what the query may receive and from what all queries may hold.
func (b *body) charge(bytes int64) error {
	if bytes == 0 {
		return nil
	}
	if !b.meter.reserve(bytes) {
		b.err = errTooLarge
	} else if err := b.held.take(b.ctx, bytes); err != nil {
		b.err = err
	} else {
		b.reserved += bytes
		return nil
	}
	return b.err
}

// answerText is what decoders read.
type answerText struct {
	*bufio.Reader
	body *body
}

// Charge reserves memory for what a decoder makes of an answer, from what the query may receive. from is the reader
// that Client.Decode gave the decoder; of any other nothing is reserved. After an error the decoder must stop.
func Charge(from io.Reader, bytes int64) error {
	if text, ok := from.(answerText); ok {
		return text.body.charge(bytes)
	}
	return nil
}

func (c *Client) readAll(b *body, from io.Reader) ([]byte, error) {
	all, err := io.ReadAll(from)
	if err != nil {
		return nil, c.broken(b, err)
	}
	return all, nil
}

// broken is the error of an answer that could not be read to its end.
func (c *Client) broken(b *body, err error) error {
	switch {
	case errors.Is(err, errPoolFull):
		return c.poolFull()
	case errors.Is(err, errTooLarge), errors.Is(err, httpclient.ErrResponseBodyTooLarge):
		return c.tooMuch(b.meter, err)
	}
	return c.failed(b.ctx, err)
}
