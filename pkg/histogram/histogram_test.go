package histogram

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFromCumulative(t *testing.T) {
	h := FromCumulative([]Cumulative{{math.Inf(1), 10}, {0.5, 4}, {1, 9}, {2, 8.999}})
	require.Equal(t, Histogram{{0, 0.5, 4}, {0.5, 1, 5}, {1, 2, 0}, {2, math.Inf(1), 1}}, h)
	require.InDelta(t, 10, h.Total(), 1e-9)
	require.Empty(t, FromCumulative(nil))
}

func TestBucketOf(t *testing.T) {
	h := Histogram{{0, 1, 90}, {1, 2, 0}, {2, 4, 10}}
	b, ok := h.BucketOf(0.5)
	require.True(t, ok)
	require.Equal(t, Bucket{0, 1, 90}, b)
	b, _ = h.BucketOf(0.95)
	require.Equal(t, Bucket{2, 4, 10}, b)
	b, _ = h.BucketOf(1)
	require.Equal(t, 4.0, b.Upper)
	_, ok = Histogram{{0, 1, 0}}.BucketOf(0.5)
	require.False(t, ok)
}

func TestAbove(t *testing.T) {
	h := Histogram{{0, 1, 5}, {1, 2, 3}, {2, 4, 2}}
	require.InDelta(t, 5, h.Above(1), 1e-9)
	require.InDelta(t, 2, h.Above(1.5), 1e-9, "of a bucket that holds the bound, nothing is certain")
	require.Zero(t, h.Above(5))
}

func TestAround(t *testing.T) {
	lower, upper := Resolution{Bounds: []float64{0.256, 0.512, 1.024}}.Around(0.499)
	require.Equal(t, []float64{0.256, 0.512}, []float64{lower, upper})
	lower, upper = Resolution{Bounds: []float64{0.256}}.Around(3)
	require.Equal(t, []float64{0.256, math.Inf(1)}, []float64{lower, upper})
	lower, upper = Resolution{Bounds: []float64{0.256, 0.512}}.Around(0.512)
	require.Equal(t, []float64{0.512, math.Inf(1)}, []float64{lower, upper}, "the quantile is beyond the last bound")
	lower, upper = Resolution{Bounds: []float64{0.256, 0.512}}.Around(0.5)
	require.Equal(t, []float64{0.256, 0.512}, []float64{lower, upper})
	lower, upper = Resolution{Factor: 2}.Around(3)
	require.Equal(t, []float64{1.5, 6}, []float64{lower, upper})
	lower, upper = Resolution{}.Around(3)
	require.Equal(t, []float64{3, 3}, []float64{lower, upper}, "nothing is known of the buckets")
}

func TestQuantile(t *testing.T) {
	h := Histogram{{0, 1, 50}, {1, 2, 0}, {2, 4, 40}, {4, math.Inf(1), 10}}
	for q, want := range map[float64]float64{0.25: 0.5, 0.5: 1, 0.7: 2 * math.Sqrt2, 0.9: 4, 0.99: 4} {
		require.InDelta(t, want, *h.Quantile(q), 1e-9, "%v", q)
	}
	require.Nil(t, Histogram{}.Quantile(0.5))
}
