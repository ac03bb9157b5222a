package flowstep

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestShares(t *testing.T) {
	at := func(minute int, v *float64) Point { return Point{base.Add(time.Duration(minute) * time.Minute), v} }
	in := []Series{
		{Key: Key{Step: "a"}, Points: []Point{at(0, f(1)), at(1, f(0)), at(2, f(2))}},
		{Key: Key{Step: "b"}, Points: []Point{at(0, f(3)), at(1, f(0)), at(2, nil), at(3, f(4))}},
	}
	out := Shares(in)
	require.Equal(t, "b", out[1].Key.Step)
	require.Equal(t, []Point{at(0, f(0.25)), at(1, nil), at(2, f(1))}, out[0].Points, "nothing ran in minute 1")
	require.Equal(t, []Point{at(0, f(0.75)), at(1, nil), at(2, nil), at(3, f(1))}, out[1].Points)
	require.InDelta(t, 1, *in[0].Points[0].Value, 0, "what came in is unchanged")
}
