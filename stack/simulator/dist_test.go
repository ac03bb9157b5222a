package simulator

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDistributionsHaveTheirQuantiles(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(d Dist) []time.Duration {
		var out []time.Duration
		for range 20000 {
			out = append(out, d.sample(r))
		}
		slices.Sort(out)
		return out
	}
	lognormal := draw(Dist{P50: time.Second, P95: 3 * time.Second})
	require.InDelta(t, 1, lognormal[10000].Seconds(), 0.05)
	require.InDelta(t, 3, lognormal[19000].Seconds(), 0.2)
	require.LessOrEqual(t, lognormal[19999], 9*time.Second)
	uniform := draw(Dist{Min: time.Second, Max: 2 * time.Second})
	require.GreaterOrEqual(t, uniform[0], time.Second)
	require.LessOrEqual(t, uniform[19999], 2*time.Second)
	require.InDelta(t, 1.5, uniform[10000].Seconds(), 0.05)
	constant := draw(Dist{Constant: time.Second, Jitter: 100 * time.Millisecond})
	require.GreaterOrEqual(t, constant[0], time.Second)
	require.LessOrEqual(t, constant[19999], 1100*time.Millisecond)
}
