package group

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPanicIsTheErrorOfTheGroup(t *testing.T) {
	g, ctx := WithContext(context.Background())
	g.Go(func() error { panic("secret of a bug") })
	err := g.Wait()
	var panicked *Panic
	require.ErrorAs(t, err, &panicked)
	require.Equal(t, "secret of a bug", panicked.Value)
	require.NotContains(t, err.Error(), "secret", "the value is for the log")
	require.Error(t, ctx.Err(), "the others are told to stop")
}

func TestTheZeroValueRunsAllAndGivesTheFirstError(t *testing.T) {
	var g Group
	g.SetLimit(1)
	first := errors.New("first")
	ran := 0
	g.Go(func() error { ran++; return first })
	g.Go(func() error { ran++; return errors.New("second") })
	require.ErrorIs(t, g.Wait(), first)
	require.Equal(t, 2, ran)
}

func TestAnErrorCancelsTheRest(t *testing.T) {
	g, ctx := WithContext(context.Background())
	g.Go(func() error { return errors.New("broken") })
	g.Go(func() error { <-ctx.Done(); return ctx.Err() })
	require.EqualError(t, g.Wait(), "broken")
}
