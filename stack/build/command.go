package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"
)

const (
	keptLines = 25              // of a failed command's output
	killDelay = 5 * time.Second // between asking a command to stop and killing it
)

// ansi matches the colours that npm and webpack write.
var ansi = regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")

// command runs a program whose output is watched and not shown; the last lines of it are in the error.
type command struct {
	dir    string
	env    []string          // in addition to the environment
	onLine func(line string) // called for each line of output, may be nil
	quiet  func(line string) bool
	// first keeps the first lines for the error, not the last: npm says what is wrong and then explains
	// its command at length.
	first bool
}

// run fails with a sentence that names the program, followed by its last lines.
func (c command) run(ctx context.Context, name string, args ...string) error {
	tail := &lineWriter{onLine: c.onLine, quiet: c.quiet, first: c.first}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.env...)
	cmd.Stdout, cmd.Stderr = tail, tail
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = killDelay
	err := cmd.Run()
	tail.flush()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("%s is not installed or not in PATH: install it and try again", name)
	case tail.contains("no space left on device"):
		return fmt.Errorf("no disk space left while running %s: free some and try again", name)
	}
	return fmt.Errorf("%s failed (%w); it says:\n%s", commandLine(name, args), err, tail.text())
}

// commandLine names the program and its first arguments, enough to recognise it by.
func commandLine(name string, args []string) string {
	const shown = 3
	if len(args) > shown {
		args = args[:shown]
	}
	return strings.Join(append([]string{name}, args...), " ")
}

// lineWriter keeps the last lines, or the first, of what is written to it.
type lineWriter struct {
	onLine func(string)
	quiet  func(string) bool // lines that say nothing about a failure
	first  bool

	mu      sync.Mutex
	partial bytes.Buffer
	lines   []string
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, b := range p {
		if b == '\n' || b == '\r' {
			w.endLine()
			continue
		}
		w.partial.WriteByte(b)
	}
	return len(p), nil
}

func (w *lineWriter) endLine() {
	line := strings.TrimRight(ansi.ReplaceAllString(w.partial.String(), ""), " \t")
	w.partial.Reset()
	if line == "" {
		return
	}
	if w.onLine != nil {
		w.onLine(line)
	}
	if w.quiet != nil && w.quiet(line) {
		return
	}
	if len(w.lines) == keptLines {
		if w.first {
			return
		}
		w.lines = w.lines[1:]
	}
	w.lines = append(w.lines, line)
}

func (w *lineWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.endLine()
}

func (w *lineWriter) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.lines, "\n")
}

func (w *lineWriter) contains(part string) bool {
	return strings.Contains(w.text(), part)
}
