package flowstep

import (
	"math"

	"github.com/flowsteps/windmill-datasource/pkg/histogram"
)

const (
	// DefaultThreshold is the change of the p95 from which on a step counts as slower: half as much again.
	DefaultThreshold = 0.5
	// DefaultMinCalls is how many calls both windows need: below five not even a step of which every call became
	// slower can be told from chance.
	DefaultMinCalls = 5
	// significance is how likely so many slow calls may be by chance.
	significance = 0.01
)

// Rule says when a step has become slower: docs/rules.md has it in words.
type Rule struct {
	Threshold float64 // change of the p95, 0.5 is +50 %; 0: DefaultThreshold
	MinCalls  int     // in both windows; 0: DefaultMinCalls
}

// Window is what one of two windows tells of a step. nil and empty are unknown; durations are seconds.
type Window struct {
	Calls, P95, Mean *float64
	Buckets          histogram.Histogram
}

// Compare gives the change of the p95 from one window to a later one, and a verdict on it: slow when the step has
// become slower by the rule, fast when the earlier window is slower than the later one by the same rule, unknown with
// too few calls, else normal.
func (r Rule) Compare(before, now Window) (change *float64, v Verdict) {
	if r.Threshold == 0 {
		r.Threshold = DefaultThreshold
	}
	if r.MinCalls == 0 {
		r.MinCalls = DefaultMinCalls
	}
	if now.P95 == nil || before.P95 == nil || *before.P95 <= 0 {
		return nil, Unknown
	}
	c := *now.P95 / *before.P95 - 1
	switch {
	case !r.enough(before) || !r.enough(now):
		return &c, Unknown
	case r.slower(before, now):
		return &c, Slow
	case r.slower(now, before):
		return &c, Fast
	}
	return &c, Normal
}

func (r Rule) enough(w Window) bool {
	// Prometheus extrapolates counts, so five calls may arrive as 4.99.
	return w.Calls != nil && math.Round(*w.Calls) >= float64(r.MinCalls) && w.Buckets.Total() > 0
}

// slower says that from one window to another the p95 grew by the threshold, that it is not chance, and that it is not
// the width of the buckets.
func (r Rule) slower(from, to Window) bool {
	if *to.P95 < *from.P95*(1+r.Threshold)*(1-1e-9) {
		return false
	}
	old, ok := from.Buckets.BucketOf(0.95)
	if !ok {
		return false
	}
	nowSlow, oldSlow := to.Buckets.Above(old.Upper), from.Buckets.Above(old.Upper)
	if byChance(nowSlow, to.Buckets.Total(), oldSlow, from.Buckets.Total()) >= significance {
		return false
	}
	current, _ := to.Buckets.BucketOf(0.95)
	if current.Lower >= old.Upper*(1+r.Threshold)*(1-1e-9) {
		return true
	}
	return to.Mean != nil && from.Mean != nil && *from.Mean > 0 && *to.Mean >= *from.Mean*(1+r.Threshold)
}

// byChance is the probability that, of a calls and b calls of which the given numbers are slow, at least so many of the
// a are slow although both are alike: Fisher's exact test, one-sided. It needs no least number of calls: few calls
// just cannot be improbable.
func byChance(slowA, a, slowB, b float64) float64 {
	slowA, a, slowB, b = math.Round(slowA), math.Round(a), math.Round(slowB), math.Round(b)
	slow, all := slowA+slowB, a+b
	if slow == 0 || a == 0 || b == 0 {
		return 1
	}
	p := math.Exp(choose(slow, slowA) + choose(all-slow, a-slowA) - choose(all, a))
	var sum float64
	for k := slowA; k <= min(slow, a); k++ {
		sum += p
		p *= (slow - k) * (a - k) / ((k + 1) * (all - slow - a + k + 1))
		if p < sum*1e-12 {
			break
		}
	}
	return min(sum, 1)
}

// choose is the logarithm of a binomial coefficient.
func choose(n, k float64) float64 {
	lg := func(x float64) float64 { v, _ := math.Lgamma(x + 1); return v }
	return lg(n) - lg(k) - lg(n-k)
}
