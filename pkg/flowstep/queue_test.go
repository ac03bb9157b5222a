package flowstep

import (
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/stretchr/testify/require"
)

func TestQueueSeries(t *testing.T) {
	from := time.Unix(6000, 0)
	wait := func(step string, at, seconds int) windmill.QueueWait {
		return windmill.QueueWait{ScriptPath: "f/x/loop-3/" + step, Step: step, Pulled: from.Add(time.Duration(at) * time.Second), Wait: time.Duration(seconds) * time.Second}
	}
	over := Intervals{From: from, To: from.Add(3*time.Minute + time.Second), Step: time.Minute}
	list, counted := QueueSeries([]windmill.QueueWait{
		wait("b", 1, 9), wait("a", 60, 4), wait("a", 1, 0), wait("a", 30, 1), wait("a", 61, 7), wait("hidden", 1, 1),
		wait("a", 0, 99), wait("a", 181, 99), // before the first interval, and after the last whole one
	}, []float64{0.5, 1}, over, func(k Key) bool { return k.Step != "hidden" }, func(Key) *string { return nil })
	require.Equal(t, 5, counted)
	require.Len(t, list, 4)
	values := func(s Series) (v []any) {
		for i, p := range s.Points {
			require.Equal(t, from.Add(time.Duration(i+1)*time.Minute), p.Time)
			if p.Value == nil {
				v = append(v, nil)
				continue
			}
			v = append(v, *p.Value)
		}
		return v
	}
	require.Equal(t, Key{StepPath: "f/x", Step: "a"}, list[0].Key, "iterations are folded")
	require.Equal(t, []any{1.0, 7.0, nil}, values(list[0]))
	require.Equal(t, []any{4.0, 7.0, nil}, values(list[1]))
	require.Equal(t, "b", list[2].Key.Step)
	require.Equal(t, []any{9.0, nil, nil}, values(list[2]))
	require.InDelta(t, 2.5, quantileOf([]float64{1, 2, 3, 4}, 0.5), 1e-9)
}
