// Package suite is what "mage test" runs: every check and test of the repository, from a fresh checkout,
// as named stages with their times. A failed stage does not keep the others from running, unless they
// need what it should have made.
package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/stack/build"
	"github.com/flowsteps/windmill-datasource/stack/progress"
)

const stopDelay = 10 * time.Second // between asking a stage's program to stop and killing it

// Parts of the suite, in the order in which they run.
const (
	Go          = "go"          // formatting, vet, staticcheck, unit tests with the race detector
	Web         = "web"         // types, lint and unit tests of the TypeScript
	Integration = "integration" // the plugin and the stack against the real servers
	E2E         = "e2e"         // the workbench in a browser
	Lint        = "lint"        // those stages of go and web that run no tests
)

// Parts lists every part. The first four together are the whole suite.
func Parts() []string { return []string{Go, Web, Integration, E2E, Lint} }

// stage is one step of the suite.
type stage struct {
	parts []string // none: runs only when needed
	name  string
	// needs are names of stages without whose success this one makes no sense.
	needs []string
	run   func(ctx context.Context, r *runner) error
}

// runner runs stages and keeps how they ended.
type runner struct {
	root   string
	out    io.Writer
	report *progress.Reporter
	ended  []result
}

type result struct {
	name    string
	elapsed time.Duration
	err     error
}

var errNeeded = errors.New("not run, because a stage that it needs failed")

// Run runs the given parts, or all without any, and prints a summary. It fails if a stage failed.
func Run(ctx context.Context, out io.Writer, parts ...string) error {
	for _, part := range parts {
		if !slices.Contains(Parts(), part) {
			return fmt.Errorf("there is no part %q of the tests: choose from %s", part, strings.Join(Parts(), ", "))
		}
	}
	if len(parts) == 0 {
		parts = Parts()
	}
	root, err := build.Root()
	if err != nil {
		return err
	}
	r := &runner{root: root, out: out, report: progress.New(out)}
	for _, s := range selectStages(stages(), parts) {
		r.do(ctx, s)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return r.summary()
}

// selectStages keeps the stages of the given parts and those that they need.
func selectStages(all []stage, parts []string) []stage {
	wanted := map[string]bool{}
	for _, s := range slices.Backward(all) { // what is needed stands before what needs it
		if wanted[s.name] || slices.ContainsFunc(s.parts, func(part string) bool { return slices.Contains(parts, part) }) {
			wanted[s.name] = true
			for _, need := range s.needs {
				wanted[need] = true
			}
		}
	}
	return slices.DeleteFunc(all, func(s stage) bool { return !wanted[s.name] })
}

func (r *runner) do(ctx context.Context, s stage) {
	start := time.Now()
	err := r.missing(s)
	if err == nil {
		r.report.Note("\n=== %s", s.name)
		err = s.run(ctx, r)
	}
	r.ended = append(r.ended, result{s.name, time.Since(start), err})
	if err != nil {
		r.report.Note("FAILED  %s: %v", s.name, err)
	}
}

// missing returns an error if a stage that s needs did not succeed.
func (r *runner) missing(s stage) error {
	for _, ended := range r.ended {
		if ended.err != nil && slices.Contains(s.needs, ended.name) {
			return fmt.Errorf("%w: %s", errNeeded, ended.name)
		}
	}
	return nil
}

func (r *runner) summary() error {
	failed := 0
	r.report.Note("\n=== Summary")
	for _, ended := range r.ended {
		mark := "ok    "
		if ended.err != nil {
			mark = "FAILED"
			failed++
		}
		r.report.Note("%s  %6s  %s", mark, ended.elapsed.Round(time.Second), ended.name)
	}
	r.report.Note("%d passed, %d failed", len(r.ended)-failed, failed)
	if failed > 0 {
		return fmt.Errorf("%d of %d stages failed", failed, len(r.ended))
	}
	return nil
}

// command runs a program in a directory of the repository; what it prints is shown as it comes.
func (r *runner) command(ctx context.Context, dir string, name string, args ...string) error {
	return r.commandWith(ctx, nil, dir, name, args...)
}

// commandWith is command with additional variables in the environment.
func (r *runner) commandWith(ctx context.Context, env []string, dir string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = filepath.Join(r.root, dir)
	cmd.Env = append(append(os.Environ(), "GOWORK=off"), env...)
	cmd.Stdout, cmd.Stderr = r.out, r.out
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = stopDelay
	err := cmd.Run()
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("%s is not installed or not in PATH: install it and try again", name)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}
