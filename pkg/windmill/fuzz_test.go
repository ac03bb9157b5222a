package windmill_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/stretchr/testify/require"
)

// FuzzBuild makes spans and log lines out of bytes: every parent, kind, path, time and outcome is possible, cycles,
// clocks that disagree, copies and nonsense too. What must always hold is asked, and that the order makes no
// difference.
func FuzzBuild(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("0123456789abcdefghijklmnopqrstuvwxyz0123456789"))
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 1, 0, 2, 3, 4, 5, 6, 7, 2, 1, 9, 9, 9, 9, 9, 9})
	f.Add([]byte{0, 16, 16, 0, 1, 1, 0, 9, 1, 0, 0, 1, 2, 3, 1, 20, 200, 0, 1, 2, 3, 4, 5, 30, 201, 1, 9, 8, 7, 6, 5, 40, 202, 2, 1, 1, 1, 1, 1, 50})
	f.Fuzz(func(t *testing.T, raw []byte) {
		e := evidenceOf(raw)
		run := windmill.BuildWith(id(0), e)
		check(t, run, e)
		want := describe(run)
		e.Spans = append(e.Spans, e.Spans[:len(e.Spans)/3]...)
		shuffle(rand.New(rand.NewPCG(uint64(len(raw)), 7)), e)
		require.Equal(t, want, describe(windmill.BuildWith(id(0), e)), "neither order nor copies matter")
	})
}

// evidenceOf reads a span or a log line from each eight bytes.
func evidenceOf(raw []byte) windmill.Evidence {
	e := windmill.Evidence{}
	if len(raw) > 0 && raw[0]%3 != 0 {
		e.Now = base.Add(time.Duration(raw[0]) * time.Minute)
	}
	for ; len(raw) >= 8 && len(e.Spans)+len(e.Sightings) < 500; raw = raw[8:] {
		if raw[0] >= 200 {
			e.Sightings = append(e.Sightings, sightingOf(raw))
		} else {
			e.Spans = append(e.Spans, spanOf(raw, len(e.Spans)))
		}
	}
	return e
}

func pick[T any](list []T, b byte) T { return list[int(b)%len(list)] }

func spanOf(raw []byte, n int) windmill.Span {
	names := []string{"job", "job a", "job_postprocessing a", "job postprocessing", "full_job", "request", ""}
	paths := []string{"", "f/x", "f/x/a", "f/x/loop-1", "f/x/loop-1/c", "f/x/forloop-2", "f/x/branchall-0", "f/x/a/tools/t", "f/x/forloop-0"}
	kinds := []string{"", "flow", "flownode", "flowscript", "script", "identity", "aiagent", "flowpreview", "dependencies"}
	steps := []string{"", "a", "b", "failure", "preprocessor"}
	s := windmill.Span{
		TraceID: fmt.Sprint(raw[1] % 3), SpanID: fmt.Sprint(n - int(raw[5]%2)), JobID: id(raw[0] % 16), ParentJob: id(raw[1] % 17),
		RootJob: id(raw[2] % 17), Name: pick(names, raw[3]), ScriptPath: pick(paths, raw[4]), JobKind: pick(kinds, raw[5]),
		Step: pick(steps, raw[6]), Start: at(raw[7]), Duration: time.Duration(int8(raw[6])) * time.Millisecond,
		Failed: raw[3]%5 == 0, Success: pick([]string{"", "true", "false"}, raw[2]), Tag: pick([]string{"x", "y"}, raw[4]),
		Worker: pick([]string{"w1", "w2"}, raw[7]),
	}
	if s.Failed && raw[4]%4 == 0 {
		s.StatusMessage = "job already completed by another worker"
	}
	return s
}

func sightingOf(raw []byte) windmill.Sighting {
	kinds := []windmill.SightingKind{windmill.SightingFetched, windmill.SightingPushed, windmill.SightingWaited, ""}
	s := windmill.Sighting{
		Kind: pick(kinds, raw[0]), Time: at(raw[7]), JobID: id(raw[1] % 17), RootJob: id(raw[2] % 17), ScheduledFor: at(raw[3]),
		Wait: time.Duration(int8(raw[4])) * time.Second, Step: pick([]string{"", "", "a"}, raw[4]),
		JobKind: pick([]string{"", "", "flow", "flowscript", "aiagent"}, raw[5]),
	}
	if s.Kind == windmill.SightingPushed {
		s.Children = []string{id(raw[2] % 17), id(raw[3] % 17), id(raw[5] % 17)}
	} else {
		s.ParentJob = id(raw[6] % 17)
	}
	return s
}

// at gives times of a few hundred milliseconds, now and then of minutes, and none at all.
func at(b byte) time.Time {
	switch {
	case b == 255:
		return time.Time{}
	case b > 240:
		return base.Add(time.Duration(b-240) * time.Minute)
	}
	return base.Add(time.Duration(b) * time.Millisecond)
}

// id gives one of 16 job ids whose times lie around base, some of them random; 16 is none.
func id(n byte) string {
	switch {
	case n == 16:
		return ""
	case n > 12:
		return fmt.Sprintf("f0000000-0000-4000-8000-0000000000%02x", n)
	}
	ms := base.UnixMilli() + int64(n)*3 - 20
	return fmt.Sprintf("%08x-%04x-7000-8000-0000000000%02x", ms>>16, ms&0xffff, n)
}
