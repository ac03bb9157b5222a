package windmill

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseID(t *testing.T) {
	id, err := ParseID(" 0199A1B2-C3D4-4e5f-8a9b-0c1d2e3f4a5b ")
	require.NoError(t, err)
	require.Equal(t, "0199a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b", id)
	for _, bad := range []string{"", "x", "0199a1b2c3d44e5f8a9b0c1d2e3f4a5b", "{0199a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b}", "0199a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5g", "0199a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b1", "0199a1b2_c3d4_4e5f_8a9b_0c1d2e3f4a5b"} {
		_, err := ParseID(bad)
		require.ErrorContains(t, err, "UUID", bad)
	}
}

func TestTraceAndSpanID(t *testing.T) {
	const id = "0199a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b"
	require.Equal(t, "0199a1b2c3d44e5f8a9b0c1d2e3f4a5b", TraceID(id), "leading zero kept")
	require.Equal(t, "8a9b0c1d2e3f4a5b", SpanID(id))
	require.Empty(t, TraceID("nothing"))
	require.Empty(t, SpanID("nothing"))
}

func TestIDTime(t *testing.T) {
	at, ok := IDTime("0199a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b")
	require.True(t, ok)
	require.Equal(t, time.UnixMilli(0x0199a1b2c3d4).UTC(), at)
	_, ok = IDTime("f199a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b")
	require.False(t, ok, "a random id far in the future")
	_, ok = IDTime("00000000-0000-4e5f-8a9b-0c1d2e3f4a5b")
	require.False(t, ok, "1970")
	_, ok = IDTime("no id")
	require.False(t, ok)
}

func TestPlausibleCreation(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 10, 0, time.UTC)
	var unknown time.Time
	require.True(t, plausibleCreation(start.Add(-time.Second), start, unknown))
	require.True(t, plausibleCreation(start.Add(time.Second), start, unknown), "clocks may differ")
	require.False(t, plausibleCreation(start.Add(2*time.Minute), start, unknown), "after the start")
	require.False(t, plausibleCreation(start.AddDate(0, -3, 0), start, unknown), "months before the start")
	require.True(t, plausibleCreation(start.AddDate(0, -1, 0), start, unknown), "a schedule pushes ahead")
	require.False(t, plausibleCreation(start.Add(-2*time.Minute), start, start.Add(-5*time.Second)), "before the parent")
	require.True(t, plausibleCreation(start.Add(-5500*time.Millisecond), start, start.Add(-5*time.Second)), "a little skew")
	require.True(t, plausibleCreation(start, unknown, unknown))
}

func TestPaths(t *testing.T) {
	for path, want := range map[string]string{
		"":                          "",
		"f/x":                       "f/x",
		"f/x/a":                     "f/x/a",
		"f/x/loop-0":                "f/x",
		"f/x/forloop-17/c":          "f/x",
		"f/x/branchone-1/loop-2/d":  "f/x",
		"f/x/branchall-0":           "f/x",
		"f/looped/loop-x/c":         "f/looped/loop-x/c",
		"f/x/loop-":                 "f/x/loop-",
		"f/x/loop-3b/c":             "f/x",
		"loop-1":                    "loop-1",
		"u/a/forloop-1/branchall-2": "u/a",
	} {
		require.Equal(t, want, StepPath(path), path)
	}
	s, ok := LastSegment("f/x/loop-0/branchone-12")
	require.True(t, ok)
	require.Equal(t, Segment{"branchone", 12}, s)
	require.False(t, s.Loop())
	for _, none := range []string{"", "loop-1", "f/x/loop-1/c", "f/x/loop-1b", "f/x/loop--1", "f/x/loop-99999999999999999999"} {
		_, ok := LastSegment(none)
		require.False(t, ok, none)
	}
	flow, ok := InlineFlow("f/x/a", "a")
	require.True(t, ok)
	require.Equal(t, "f/x", flow)
	for _, p := range [][2]string{{"f/x", "c"}, {"f/x/ba", "a"}, {"f/x/a", ""}, {"/a", "a"}} {
		_, ok := InlineFlow(p[0], p[1])
		require.False(t, ok, p)
	}
	require.Equal(t, "search", toolID("f/x/agent/tools/search"))
}

func TestSpanKinds(t *testing.T) {
	for _, c := range []struct {
		name, step string
		want       spanKind
	}{
		{"full_job", "", fullSpan}, {"job", "", jobSpan}, {"job a", "a", jobSpan}, {"job_postprocessing a", "a", postSpan},
		{"job postprocessing", "", postSpan}, {"job postprocessing", "postprocessing", jobSpan}, {"job_postprocessing", "", postSpan},
		{"jobs", "", foreignSpan}, {"request", "", foreignSpan}, {"", "", foreignSpan},
	} {
		require.Equal(t, c.want, kindOf(&Span{JobID: "j", Name: c.name, Step: c.step}), c.name)
	}
	require.Equal(t, foreignSpan, kindOf(&Span{Name: "job a"}), "a script's own span")
	require.True(t, IsUserKind(""))
	require.False(t, IsUserKind("flowdependencies"))
	require.False(t, IsUserKind("unassigned_flow"))
}

func TestJobOfTrace(t *testing.T) {
	id := PadTraceID("1A20c3a1bb410b229b4f7c4243c56bf")
	require.Equal(t, "01a20c3a1bb410b229b4f7c4243c56bf", id)
	created, ok := IDTime("01a20c3a-1bb4-10b2-29b4-f7c4243c56bf")
	require.True(t, ok)
	job, ok := JobOfTrace(id, created.Add(time.Minute))
	require.True(t, ok)
	require.Equal(t, "01a20c3a-1bb4-10b2-29b4-f7c4243c56bf", job)
	for _, seen := range []time.Time{created.Add(-time.Hour), created.Add(100 * 24 * time.Hour)} {
		_, ok = JobOfTrace(id, seen)
		require.False(t, ok, "the id of another program's trace")
	}
	_, ok = JobOfTrace("4bf92f3577b34da6a3ce929d0e0e4736", created)
	require.False(t, ok)
	_, ok = JobOfTrace("1a2", created)
	require.False(t, ok)
}
