package upstream

import (
	"context"
	"errors"
	"io"

	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
)

// body is an answer's body: bounded, counted, and with the error that ended it too early.
type body struct {
	from io.Reader
	most int64 // bytes
	size int64
	err  error
}

var errTooLarge = errors.New("the answer is too large")

// Read reads on, up to the bound.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	b.size += int64(n)
	if b.size > b.most {
		n, err = 0, errTooLarge
	}
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

func (c *Client) readAll(ctx context.Context, from io.Reader) ([]byte, error) {
	all, err := io.ReadAll(from)
	if err != nil {
		return nil, c.broken(ctx, err)
	}
	return all, nil
}

// broken is the error of an answer that could not be read to its end.
func (c *Client) broken(ctx context.Context, err error) error {
	if errors.Is(err, errTooLarge) || errors.Is(err, httpclient.ErrResponseBodyTooLarge) {
		return c.tooMuch(err)
	}
	return c.failed(ctx, err)
}
