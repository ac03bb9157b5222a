package bench

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// figures prints what was measured, and remembers which count or amount of memory is beyond its target.
type figures struct {
	out    io.Writer
	missed []string
}

// plain prints a figure that has no target.
func (f *figures) plain(name string, value float64, unit string) {
	f.print(name, value, unit, "")
}

// aim prints a figure with a target that depends on the machine, such as a time: missing it is no failure.
func (f *figures) aim(name string, value float64, unit string, target float64) {
	f.print(name, value, unit, " (target <= "+number(target)+")")
}

// must prints a figure whose target must be met on every machine: a count, or an amount of memory.
func (f *figures) must(name string, value float64, unit string, target float64) {
	f.aim(name, value, unit, target)
	if value > target {
		f.missed = append(f.missed, name)
	}
}

// note prints a line that is no figure.
func (f *figures) note(format string, args ...any) {
	_, _ = fmt.Fprintf(f.out, "... "+format+"\n", args...)
}

func (f *figures) print(name string, value float64, unit, target string) {
	_, _ = fmt.Fprintf(f.out, "figure: %s %s %s%s\n", name, number(value), unit, target)
}

// verdict is an error that names the figures beyond their targets, nil if there are none.
func (f *figures) verdict() error {
	if len(f.missed) == 0 {
		return nil
	}
	return fmt.Errorf("beyond the target: %s", strings.Join(f.missed, ", "))
}

// number has no more digits than a reader needs.
func number(v float64) string {
	switch {
	case v == math.Trunc(v) || math.Abs(v) >= 1000:
		return fmt.Sprintf("%.0f", v)
	case math.Abs(v) >= 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// highest is the largest of some values.
func highest(values []float64) float64 { return slices.Max(values) }

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}
