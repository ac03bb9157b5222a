package simulator

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func damaged(t *testing.T, spans []Span, d Damage) ([]Span, map[string]int) {
	t.Helper()
	d.Seed = 1
	damager, err := NewDamager(d)
	require.NoError(t, err)
	out, harms := damager.Apply(testStart.Add(time.Hour), spans)
	kinds := map[string]int{}
	for _, harm := range harms {
		kinds[harm.Kind]++
	}
	return out, kinds
}

func TestDamage(t *testing.T) {
	spans := shippedHour(t, 1).Spans
	n := len(spans)
	out, harms := damaged(t, spans, Damage{DropSpans: 0.1})
	require.InDelta(t, 0.1, float64(harms[HarmDropped])/float64(n), 0.03)
	require.Len(t, out, n-harms[HarmDropped])

	out, harms = damaged(t, spans, Damage{DropTraces: 0.1})
	gone := map[string]bool{}
	for _, span := range spans {
		gone[string(span.TraceId)] = true
	}
	for _, span := range out {
		delete(gone, string(span.TraceId))
	}
	for _, span := range out {
		require.False(t, gone[string(span.TraceId)], "a trace is lost as a whole")
	}
	require.NotEmpty(t, gone)
	require.Len(t, out, n-harms[HarmTrace])

	out, harms = damaged(t, spans, Damage{Duplicate: 0.1})
	require.NotZero(t, harms[HarmDuplicate])
	require.Len(t, out, n+harms[HarmDuplicate])

	out, harms = damaged(t, spans, Damage{CutTraces: 3})
	require.Len(t, out, n-harms[HarmCut])
	perTrace := map[string]int{}
	for _, span := range out {
		perTrace[string(span.TraceId)]++
		require.LessOrEqual(t, perTrace[string(span.TraceId)], 3)
	}

	out, harms = damaged(t, spans, Damage{DropParents: 1})
	require.Len(t, out, n-harms[HarmParent])
	for _, span := range out {
		require.False(t, span.isFlow())
	}
}

func TestSkewedClocks(t *testing.T) {
	spans := shippedHour(t, 1).Spans
	before := spans[0].StartTimeUnixNano
	out, harms := damaged(t, spans, Damage{ClockSkew: 5 * time.Second})
	require.Equal(t, 4, harms[HarmSkew], "one for each host")
	require.Equal(t, before, spans[0].StartTimeUnixNano, "the spans themselves are left alone")
	byHost := map[string]time.Duration{}
	for i, span := range out {
		skew := span.End().Sub(spans[i].End())
		require.LessOrEqual(t, skew.Abs(), 5*time.Second)
		if known, ok := byHost[span.Host]; ok {
			require.Equal(t, known, skew)
		}
		byHost[span.Host] = skew
	}
}

func TestLateSpans(t *testing.T) {
	spans := shippedHour(t, 1).Spans
	damager, err := NewDamager(Damage{Late: 1, LateBy: time.Minute})
	require.NoError(t, err)
	out, harms := damager.Apply(spans[0].End(), spans[:10])
	require.Empty(t, out)
	require.Len(t, harms, 10)
	out, harms = damager.Apply(spans[9].End().Add(time.Minute), nil)
	require.Len(t, out, 10)
	require.Empty(t, harms)
	_, err = NewDamager(Damage{Late: 0.1})
	require.ErrorContains(t, err, "late spans need a delay")
	_, err = NewDamager(Damage{DropSpans: 2})
	require.ErrorContains(t, err, "between 0 and 1")
}

func TestACycleOfParents(t *testing.T) {
	batch := simulate(t, time.Minute, of("modules: [{id: a, rawscript: go, duration: 1s}]\n"))
	out, harms := damaged(t, batch.Spans, Damage{Cycles: 1})
	require.Equal(t, map[string]int{HarmCycle: 1}, harms)
	run := onlyRun(t, batch)
	require.Equal(t, run.Jobs[1].JobID, spanNamed(t, Batch{Spans: out}, "job").Attribute("parent_job"))
	require.Empty(t, spanNamed(t, batch, "job").Attribute("parent_job"))
}
