package bench

import (
	"context"
	"fmt"
	"time"
)

const (
	tries       = 3
	betweenTime = 5 * time.Second
)

// steady makes one round of a measurement, and makes it anew when a server breaks it: on a busy machine Tempo now and
// then answers with an error, or closes a connection. It gives up after some tries.
func (b *bench) steady(ctx context.Context, what string, round func() error) error {
	for try := 1; ; try++ {
		err := round()
		if err == nil || ctx.Err() != nil {
			return err
		}
		if try == tries {
			return fmt.Errorf("gave up %s after %d tries: %w", what, tries, err)
		}
		b.figures.note("%s is tried again: %v", what, err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(betweenTime):
		}
	}
}

// alternating asks a query and replays its upstream requests in turns, and gives the seconds that each took.
func (b *bench) alternating(ctx context.Context, what string, times int, calls []call, ask func() error) (query, alone []float64, err error) {
	for range times {
		err := b.steady(ctx, what, func() error {
			began := time.Now()
			if err := ask(); err != nil {
				return err
			}
			asked := time.Since(began).Seconds()
			took, err := replay(ctx, calls)
			if err != nil {
				return err
			}
			query, alone = append(query, asked), append(alone, took.Seconds())
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return query, alone, nil
}
