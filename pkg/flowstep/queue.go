package flowstep

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Intervals are the times of the points of series: From + Step, From + 2 Step and so on up to To. Each covers the
// Step before it.
type Intervals struct {
	From, To time.Time
	Step     time.Duration
}

// size is the number of points.
func (n Intervals) size() int { return int(n.To.Sub(n.From) / n.Step) }

// index is the point that covers a time. false: none does.
func (n Intervals) index(t time.Time) (int, bool) {
	since := t.Sub(n.From)
	if since <= 0 {
		return 0, false
	}
	i := int((since - 1) / n.Step) // the end of an interval belongs to it
	return i, i < n.size()
}

// QueueSeries gives quantiles of the waits of each step over time, exact for the waits that are given: between two of
// them a quantile is interpolated. A point without a wait is unknown. keep chooses steps; flow names the flow of one.
// counted is how many waits lie in the intervals.
func QueueSeries(waits []windmill.QueueWait, quantiles []float64, over Intervals, keep func(Key) bool, flow func(Key) *string) (list []Series, counted int) {
	bySteps := map[Key][][]float64{}
	for _, w := range waits {
		key := Key{Workspace: w.Workspace, StepPath: windmill.StepPath(w.ScriptPath), Step: w.Step}
		i, ok := over.index(w.Pulled)
		if !ok || !keep(key) {
			continue
		}
		if bySteps[key] == nil {
			bySteps[key] = make([][]float64, over.size())
		}
		bySteps[key][i] = append(bySteps[key][i], w.Wait.Seconds())
		counted++
	}
	for key, intervals := range bySteps {
		for _, sample := range intervals {
			slices.Sort(sample)
		}
		for _, q := range quantiles {
			list = append(list, Series{Key: key, Flow: flow(key), Quantile: q, Points: quantilePoints(intervals, q, over)})
		}
	}
	slices.SortFunc(list, compareSeries)
	return list, counted
}

func quantilePoints(intervals [][]float64, q float64, over Intervals) []Point {
	points := make([]Point, len(intervals))
	for i, sorted := range intervals {
		points[i].Time = over.From.Add(time.Duration(i+1) * over.Step)
		if len(sorted) > 0 {
			v := quantileOf(sorted, q)
			points[i].Value = &v
		}
	}
	return points
}

// quantileOf is the q-quantile of sorted values, which are at least one.
func quantileOf(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	below := int(at)
	above := min(below+1, len(sorted)-1)
	return sorted[below] + (at-math.Floor(at))*(sorted[above]-sorted[below])
}

func compareSeries(a, b Series) int {
	name := func(s Series) string { return s.Key.Workspace + "\x00" + s.Key.StepPath + "\x00" + s.Key.Step }
	if c := strings.Compare(name(a), name(b)); c != 0 {
		return c
	}
	if a.Quantile < b.Quantile {
		return -1
	}
	return 1
}
