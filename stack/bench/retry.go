package bench

import (
	"context"
	"fmt"
	"slices"
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
	var asked, replayed time.Duration
	turns := []func() error{
		func() error {
			began := time.Now()
			err := ask()
			asked = time.Since(began)
			return err
		},
		func() (err error) {
			replayed, err = replay(ctx, calls)
			return err
		},
	}
	for range times {
		err := b.steady(ctx, what, func() error {
			for _, turn := range turns {
				if err := turn(); err != nil {
					return err
				}
			}
			return nil
		})
		slices.Reverse(turns) // neither always finds what the other left in the servers' caches
		query, alone = append(query, asked.Seconds()), append(alone, replayed.Seconds())
		if err != nil {
			return nil, nil, err
		}
	}
	return query, alone, nil
}
