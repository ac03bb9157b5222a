package flowstep

import (
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

// jobSpans are the spans of jobs themselves, by job.
func jobSpans(spans []TraceSpan) map[string]TraceSpan {
	found := map[string]TraceSpan{}
	for _, s := range spans {
		if tag(s, "outcome") != nil {
			found[s.JobID] = s
		}
	}
	return found
}

func tag(s TraceSpan, key string) any {
	for _, t := range s.Tags {
		if t.Key == key {
			return t.Value
		}
	}
	return nil
}

func TestTraceHasTheTrueHierarchy(t *testing.T) {
	run := nightly(3)
	spans, counts := Trace(run, run.Jobs, base.Add(time.Hour))
	byJob, ids := jobSpans(spans), map[string]bool{}
	require.Len(t, byJob, len(run.Jobs), "every job once")
	for _, s := range spans {
		require.Equal(t, windmill.TraceID(run.ID), s.TraceID, "one trace, whatever Windmill made of it")
		require.False(t, ids[s.SpanID], "span ids are unique")
		ids[s.SpanID] = true
	}
	for _, s := range spans {
		if s.ParentID != "" {
			require.True(t, ids[s.ParentID], "%s has a parent in the trace", s.Name)
		}
	}
	for _, j := range run.Jobs {
		s := byJob[j.ID]
		require.Equal(t, j.SpanID, s.SpanID, "links by span id find the job")
		require.Equal(t, *j.Duration, s.Duration)
		require.True(t, j.Start.Equal(s.Start))
		if j.Parent == nil {
			require.Empty(t, s.ParentID)
			require.Equal(t, "f/etl/nightly", s.Name)
			continue
		}
		require.Equal(t, byJob[j.Parent.ID].SpanID, s.ParentID)
	}
	require.Equal(t, "b[1]", byJob[jobAt(run, "b[1]").ID].Name)
	require.Equal(t, "c", byJob[jobAt(run, "b[1]/c").ID].Name)
	require.Equal(t, "windmill-worker", spans[0].Service)
	require.Equal(t, 4, counts.Derived, "three iterations and a sub-flow; the run itself has its full_job")
	require.Zero(t, counts.Running)
}

func jobAt(run *windmill.Run, path string) *windmill.Job {
	for _, j := range run.Jobs {
		if j.Path == path {
			return j
		}
	}
	return nil
}

func TestTraceShowsWaitsAndTransitions(t *testing.T) {
	b := windmilltest.New(base, 3)
	run := windmill.Build(b.Approved(0).ID, b.Spans)
	spans, counts := Trace(run, run.Jobs, base.Add(time.Hour))
	var names []string
	for _, s := range spans {
		names = append(names, s.Name)
	}
	require.Equal(t, []string{"f/ops/deploy", "a", "wait: approval", "b"}, names, "waits and transitions of milliseconds belong to their jobs")
	require.Equal(t, 1, counts.Waits)
	require.NotNil(t, tag(spans[1], "wait"))
	require.NotNil(t, tag(spans[1], "transition"))
	approval, second := spans[2], spans[3]
	require.Equal(t, second.Start, approval.Start.Add(approval.Duration), "a wait ends where the job starts")
	require.Greater(t, approval.Duration, 9*time.Minute)
	require.Equal(t, spans[0].SpanID, approval.ParentID)
	require.Empty(t, approval.OriginSpan, "no span of Tempo is a wait")
}

// TestTraceOfAShortRun: what is a hundredth of a run shows, however short.
func TestTraceOfAShortRun(t *testing.T) {
	b := windmilltest.New(base, 7)
	r := b.Flow("f/x", 0).Pull(20*time.Millisecond, 30*time.Millisecond)
	r.Inline("a", 25*time.Millisecond).Pull(60*time.Millisecond, 900*time.Millisecond).Process("uv", 70*time.Millisecond, 500*time.Millisecond).
		Process("python run", 510*time.Millisecond, 890*time.Millisecond).Post(900*time.Millisecond, 920*time.Millisecond)
	r.Full(20*time.Millisecond, 925*time.Millisecond, false)
	run := windmill.Build(r.ID, b.Spans)
	spans, _ := Trace(run, run.Jobs, base.Add(time.Hour))
	names, parents := []string{}, map[string]string{}
	for _, s := range spans {
		names = append(names, s.Name)
		parents[s.Name] = s.ParentID
	}
	require.Equal(t, []string{"wait: queue", "f/x", "wait: queue", "a", "uv", "python run", "transition"}, names)
	require.Equal(t, spans[3].SpanID, parents["uv"])
	require.Equal(t, spans[1].SpanID, spans[0].ParentID, "the run's own wait hangs below the run")
	require.NotEmpty(t, spans[6].OriginSpan)
}

func TestTraceOfWhatIsRunningOrUnknown(t *testing.T) {
	b := windmilltest.New(base, 5)
	r := b.Flow("f/x", 0).Pull(time.Second, 2*time.Second)
	r.Inline("a", time.Second).Post(3*time.Second, 4*time.Second)
	run := windmill.Build(r.ID, b.Spans)
	spans, counts := Trace(run, run.Jobs, base.Add(time.Minute))
	byJob := jobSpans(spans)
	root, a := byJob[run.ID], byJob[run.Jobs[1].ID]
	require.Equal(t, 59*time.Second, root.Duration, "elapsed so far")
	require.Equal(t, true, tag(root, "running"))
	require.NotEmpty(t, tag(root, "last_seen"))
	require.Zero(t, a.Duration)
	require.Equal(t, base.Add(3*time.Second), a.Start.UTC(), "the first sign of it")
	require.Equal(t, "unknown", tag(a, "time"))
	require.Equal(t, 1, counts.Running)
	require.Equal(t, 1, counts.Untimed)
}

func TestTraceOfAFailure(t *testing.T) {
	b := windmilltest.New(base, 6)
	run := windmill.Build(b.Failed(0).ID, b.Spans)
	spans, _ := Trace(run, run.Jobs, base.Add(time.Hour))
	second := jobSpans(spans)[jobAt(run, "b#2").ID]
	require.Equal(t, "b#2", second.Name)
	require.True(t, second.Failed)
	require.Equal(t, true, tag(second, "error"))
	require.Contains(t, second.Message, "503 from upstream")
	require.EqualValues(t, 2, tag(second, "attempt"))
}

func TestTraceKeepsSpanIdsApart(t *testing.T) {
	run := nightly(2)
	run.Jobs[1].SpanID = run.Jobs[2].SpanID
	run.Jobs[3].SpanID = ""
	spans, _ := Trace(run, run.Jobs, base)
	ids := map[string]bool{}
	for _, s := range spans {
		require.Len(t, s.SpanID, 16)
		require.False(t, ids[s.SpanID])
		ids[s.SpanID] = true
	}
}
