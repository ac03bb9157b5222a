package flowstep

import "time"

// Series is a figure of one step over time.
type Series struct {
	Key      Key
	Flow     *string // nil: unknown
	Quantile float64 // 0..1; 0 for what is no quantile
	Points   []Point
	Matchers string // of its series in Prometheus; empty: there are none
}

// Point is a value at a time. nil is unknown: nothing ran, for most figures.
type Point struct {
	Time  time.Time
	Value *float64
}

// Shares turns the seconds that steps took into their shares of the total, moment by moment. A moment in which nothing
// ran at all has no shares.
func Shares(list []Series) []Series {
	totals := map[int64]float64{}
	for _, s := range list {
		for _, p := range s.Points {
			if p.Value != nil {
				totals[p.Time.UnixNano()] += *p.Value
			}
		}
	}
	out := make([]Series, len(list))
	for i, s := range list {
		out[i] = s
		out[i].Points = make([]Point, len(s.Points))
		for j, p := range s.Points {
			out[i].Points[j].Time = p.Time
			if total := totals[p.Time.UnixNano()]; p.Value != nil && total > 0 {
				share := *p.Value / total
				out[i].Points[j].Value = &share
			}
		}
	}
	return out
}
