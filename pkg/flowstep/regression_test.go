package flowstep

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/histogram"
	"github.com/stretchr/testify/require"
)

func TestByChance(t *testing.T) {
	// Worked out by hand: C(10,5)*C(10,0)/C(20,5) and so on.
	require.InDelta(t, 252.0/15504, byChance(5, 10, 0, 10), 1e-12)
	require.InDelta(t, 0.5, byChance(1, 10, 0, 10), 1e-12)
	require.InDelta(t, 1, byChance(0, 10, 3, 10), 1e-9)
	require.Equal(t, 1.0, byChance(0, 10, 0, 10), "nothing was slow")
	require.Less(t, byChance(300, 1000, 50, 1000), 1e-30)
	require.Greater(t, byChance(52_000, 1e6, 51_900, 1e6), 0.3)
}

// classic are the bounds of Tempo's classic buckets; native are those of its native histograms.
func classic(v float64) (lower, upper float64) {
	for upper = 0.002; upper < v; upper *= 2 {
		lower = upper
	}
	return lower, upper
}

func native(v float64) (lower, upper float64) {
	i := math.Ceil(8 * math.Log2(v))
	return math.Exp2((i - 1) / 8), math.Exp2(i / 8)
}

// window makes of durations what Prometheus knows of them.
func window(bounds func(float64) (float64, float64), durations []float64) Window {
	var h histogram.Histogram
	var sum float64
	for _, d := range durations {
		sum += d
		lower, upper := bounds(d)
		i := slices.IndexFunc(h, func(b histogram.Bucket) bool { return b.Lower == lower })
		if i < 0 {
			h = append(h, histogram.Bucket{Lower: lower, Upper: upper})
			i = len(h) - 1
		}
		h[i].Count++
	}
	slices.SortFunc(h, func(a, b histogram.Bucket) int { return int(math.Copysign(1, a.Lower-b.Lower)) })
	n := float64(len(durations))
	b, _ := h.BucketOf(0.95)
	var below float64
	for _, other := range h {
		if other.Upper <= b.Lower {
			below += other.Count
		}
	}
	return Window{Calls: &n, Mean: f(sum / n), Buckets: h, P95: f(b.Lower + (b.Upper-b.Lower)*(0.95*n-below)/b.Count)}
}

func repeat(n int, of ...float64) (list []float64) {
	for i := range n {
		list = append(list, of[i%len(of)])
	}
	return list
}

func TestRule(t *testing.T) {
	once := append(repeat(19, 0.5), 60)
	for name, tt := range map[string]struct {
		before, now []float64
		classic     Verdict
		native      Verdict
	}{
		"constant":                              {repeat(50, 0.5), repeat(50, 0.5), Normal, Normal},
		"constant beside a bound":               {repeat(50, 0.511), repeat(50, 0.513), Normal, Normal},
		"a little slower":                       {repeat(50, 0.4), repeat(50, 0.5), Normal, Normal},
		"twice as slow":                         {repeat(50, 0.5), repeat(50, 1.0), Slow, Slow},
		"four times as slow":                    {repeat(50, 0.3), repeat(50, 1.2), Slow, Slow},
		"twice as slow, five calls":             {repeat(5, 0.5), repeat(5, 1.0), Slow, Slow},
		"twice as slow, three of five calls":    {repeat(5, 0.5), append(repeat(2, 0.5), repeat(3, 1.0)...), Normal, Normal},
		"twice as slow, four calls":             {repeat(50, 0.5), repeat(4, 1.0), Unknown, Unknown},
		"four calls before":                     {repeat(4, 0.5), repeat(50, 1.0), Unknown, Unknown},
		"one outlier of twenty":                 {repeat(20, 0.5), once, Normal, Normal},
		"one outlier gone":                      {once, repeat(20, 0.5), Normal, Normal},
		"twice as fast":                         {repeat(50, 1.0), repeat(50, 0.5), Fast, Fast},
		"a tenth became much slower, 100 calls": {repeat(100, 0.5), repeat(100, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 5), Slow, Slow},
		"a tenth became much slower, 20 calls":  {repeat(20, 0.5), repeat(20, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 5), Normal, Normal},
	} {
		t.Run(name, func(t *testing.T) {
			_, v := Rule{}.Compare(window(classic, tt.before), window(classic, tt.now))
			require.Equal(t, tt.classic, v, "classic buckets")
			_, v = Rule{}.Compare(window(native, tt.before), window(native, tt.now))
			require.Equal(t, tt.native, v, "native buckets")
		})
	}
}

func TestRuleOptions(t *testing.T) {
	before, now := window(native, repeat(50, 0.5)), window(native, repeat(50, 1.0))
	_, v := Rule{Threshold: 2}.Compare(before, now)
	require.Equal(t, Normal, v)
	_, v = Rule{MinCalls: 51}.Compare(before, now)
	require.Equal(t, Unknown, v)
	change, v := Rule{}.Compare(Window{}, now)
	require.Nil(t, change)
	require.Equal(t, Unknown, v)
}

// TestRuleSeldomErrs lets steps run whose times spread widely but do not change: the rule may seldom call them slow.
func TestRuleSeldomErrs(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	draw := func(n int, factor float64) (list []float64) {
		for range n {
			list = append(list, factor*math.Exp(random.NormFloat64()*0.8))
		}
		return list
	}
	for _, n := range []int{5, 10, 20, 60, 300} {
		wrong, found := 0, 0
		const times = 1000
		for range times {
			before := draw(n, 0.4)
			if _, v := (Rule{}).Compare(window(classic, before), window(classic, draw(n, 0.4))); v == Slow {
				wrong++
			}
			if _, v := (Rule{}).Compare(window(classic, before), window(classic, draw(n, 1.6))); v == Slow {
				found++
			}
		}
		t.Logf("%d calls: %d of %d unchanged steps are called slow, and %d that take four times as long", n, wrong, times, found)
		require.Less(t, wrong, times/100)
		if n >= 60 {
			require.Greater(t, found, times*9/10)
		}
	}
}

// TestConstantStepsAreNormal compares steps that always take the same with the quantiles that buckets make of them.
func TestConstantStepsAreNormal(t *testing.T) {
	var bounds []float64
	for b := 0.002; b < 20; b *= 2 {
		bounds = append(bounds, b)
	}
	for kind, resolution := range map[string]histogram.Resolution{"classic": {Bounds: bounds}, "native": {Factor: math.Exp2(1.0 / 8)}} {
		buckets := classic
		if kind == "native" {
			buckets = native
		}
		for _, took := range []float64{0.0021, 0.1, 0.2561, 0.384, 0.5, 0.511, 0.512, 0.513, 1, 3.3, 10} {
			w := window(buckets, repeat(20, took))
			middle, _ := w.Buckets.BucketOf(0.5)
			b := Baseline{P50: f((middle.Lower + middle.Upper) / 2), P95: w.P95, Count: 20, Resolution: resolution}
			d := time.Duration(took * float64(time.Second))
			_, v := compare(&d, b)
			require.Equal(t, Normal, v, "%s: %v s", kind, took)
			d *= 5
			_, v = compare(&d, b)
			require.Equal(t, Slow, v, "%s: five times %v s", kind, took)
			d /= 25
			_, v = compare(&d, b)
			require.Equal(t, Fast, v, "%s: a fifth of %v s", kind, took)
		}
	}
}
