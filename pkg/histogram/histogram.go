// Package histogram holds what a latency histogram tells of executions: how many lie in which bucket, and so
// between which bounds a quantile lies. It is pure.
package histogram

import (
	"cmp"
	"math"
	"slices"
)

// Bucket counts the executions that took more than Lower and at most Upper, in seconds.
type Bucket struct {
	Lower, Upper float64 // Upper may be +Inf
	Count        float64 // as a server estimates it: seldom a whole number
}

// Compare orders buckets by their bounds.
func (b Bucket) Compare(o Bucket) int {
	return cmp.Or(cmp.Compare(b.Lower, o.Lower), cmp.Compare(b.Upper, o.Upper))
}

// Histogram is a set of buckets that do not overlap, by their bounds. Empty ones may be missing.
type Histogram []Bucket

// Cumulative is a classic bucket as Prometheus stores it: the executions that took at most Upper seconds.
type Cumulative struct{ Upper, Count float64 }

// FromCumulative makes a histogram of classic buckets, in any order. Below the first bound begins at 0.
func FromCumulative(list []Cumulative) Histogram {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Cumulative) int { return cmp.Compare(a.Upper, b.Upper) })
	var out Histogram
	var before Cumulative
	for _, c := range list {
		// Servers estimate each bucket by itself, so that a count may be a trace smaller than the one below it.
		out = append(out, Bucket{Lower: before.Upper, Upper: c.Upper, Count: max(c.Count-before.Count, 0)})
		before = Cumulative{c.Upper, max(c.Count, before.Count)}
	}
	return out
}

// Total is the number of executions.
func (h Histogram) Total() (sum float64) {
	for _, b := range h {
		sum += b.Count
	}
	return sum
}

// BucketOf is the bucket in which a quantile (0 to 1) lies. False: the histogram is empty.
func (h Histogram) BucketOf(quantile float64) (Bucket, bool) {
	rank := quantile * h.Total()
	var seen float64
	var last Bucket
	for _, b := range h {
		if b.Count <= 0 {
			continue
		}
		last = b
		if seen += b.Count; seen >= rank {
			return b, true
		}
	}
	return last, last.Count > 0
}

// Quantile interpolates within the bucket of a quantile, as Prometheus does: evenly on a logarithmic scale, and
// evenly in a bucket that begins at 0 or has no end. nil: the histogram is empty.
func (h Histogram) Quantile(quantile float64) *float64 {
	b, ok := h.BucketOf(quantile)
	if !ok {
		return nil
	}
	var below float64
	for _, other := range h {
		if other.Compare(b) < 0 {
			below += other.Count
		}
	}
	part := min(max((quantile*h.Total()-below)/b.Count, 0), 1)
	v := b.Lower + (b.Upper-b.Lower)*part
	switch {
	case math.IsInf(b.Upper, 1):
		v = b.Lower
	case b.Lower > 0:
		v = b.Lower * math.Pow(b.Upper/b.Lower, part)
	}
	return &v
}

// Above counts the executions that certainly took longer than a bound: those in buckets that begin there or later.
func (h Histogram) Above(bound float64) (sum float64) {
	for _, b := range h {
		if b.Lower >= bound*(1-1e-9) {
			sum += b.Count
		}
	}
	return sum
}

// Resolution says how exact the quantiles of a kind of histogram are.
type Resolution struct {
	Bounds []float64 // upper bounds of classic buckets, ascending
	Factor float64   // of a native histogram: the next bound divided by a bound
}

// Around gives the bounds between which the true value lies when a quantile was interpolated to be v. A value at the
// last bound means: beyond it, so far that nothing tells.
func (r Resolution) Around(v float64) (lower, upper float64) {
	if r.Factor > 1 {
		return v / r.Factor, v * r.Factor
	}
	if len(r.Bounds) == 0 {
		return v, v
	}
	for _, b := range r.Bounds[:len(r.Bounds)-1] {
		if b >= v*(1-1e-9) {
			return lower, b
		}
		lower = b
	}
	last := r.Bounds[len(r.Bounds)-1]
	if v < last*(1-1e-9) {
		return lower, last
	}
	return last, math.Inf(1)
}
