package progress

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestALogGetsALineForStartAndEnd(t *testing.T) {
	var out bytes.Buffer
	r := New(&out)
	r.elapsed = func(time.Time) time.Duration { return 83 * time.Second }

	r.Start("compiling tempo").Done(nil)
	r.Start("installing npm packages").Done(errors.New("no network"))
	r.Start("compiling loki").DoneWith(nil, "already built")
	r.Note("look at %s", "http://localhost:3000")

	want := strings.Join([]string{
		"... compiling tempo",
		"ok  compiling tempo, 1m23s",
		"... installing npm packages",
		"FAILED  installing npm packages, 1m23s",
		"... compiling loki",
		"ok  compiling loki, 1m23s (already built)",
		"look at http://localhost:3000",
		"",
	}, "\n")
	if got := out.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestATerminalRedrawsTheRunningStage(t *testing.T) {
	var out bytes.Buffer
	r := New(&out)
	r.terminal = true
	r.elapsed = func(time.Time) time.Duration { return 2 * time.Second }

	stage := r.Start("compiling tempo")
	stage.Detail("%d packages", 12)
	r.mu.Lock()
	r.show(stage)
	r.mu.Unlock()
	stage.Done(nil)

	got := out.String()
	for _, part := range []string{"... compiling tempo, 2s", "\r\x1b[2K... compiling tempo, 2s: 12 packages", "\r\x1b[2Kok  compiling tempo, 2s\n"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is missing in %q", part, got)
		}
	}
}

func TestTimesAreRounded(t *testing.T) {
	for d, want := range map[time.Duration]string{
		1234 * time.Millisecond:               "1.2s",
		74*time.Second + 321*time.Millisecond: "1m14s",
	} {
		if got := format(d); got != want {
			t.Errorf("format(%d) = %q, want %q", d, got, want)
		}
	}
}
