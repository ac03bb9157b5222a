//go:build mage

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	// mage:import sdk
	sdk "github.com/grafana/grafana-plugin-sdk-go/build"
	"github.com/magefile/mage/mg"
)

// Aliases are the names by which the documentation calls these targets.
var Aliases = map[string]any{
	"demo:full":        DemoFull,
	"test:go":          TestGo,
	"test:web":         TestWeb,
	"test:integration": TestIntegration,
	"test:e2e":         TestE2E,
	"test:grafana":     TestGrafana,
	"bench:panel":      BenchPanel,
	"build:plugin":     BuildPlugin,
	"build:frontend":   BuildFrontend,
	"build:backend":    BuildBackend,
	"build:servers":    BuildServers,
}

// Demo builds and runs everything: real servers, simulator, plugin, and an installed Grafana or the workbench
// (set DEMO_ONCE to end after the table).
func Demo(ctx context.Context) error { return stack(ctx, "demo") }

// DemoFull (or demo:full) is the demo with collector, Loki, Tempo and Prometheus as processes of their own.
func DemoFull(ctx context.Context) error { return stack(ctx, "demo", "-full") }

// Test runs every check and test: Go, TypeScript, integration against the real servers, end to end in a browser.
func Test(ctx context.Context) error { return stack(ctx, "test") }

// TestGo (or test:go) checks formatting, runs vet and staticcheck, and the Go unit tests with the race detector.
func TestGo(ctx context.Context) error { return stack(ctx, "test", "go") }

// TestWeb (or test:web) checks types, lints and runs the unit tests of the TypeScript.
func TestWeb(ctx context.Context) error { return stack(ctx, "test", "web") }

// TestIntegration (or test:integration) runs the tests against the real servers.
func TestIntegration(ctx context.Context) error { return stack(ctx, "test", "integration") }

// TestE2E (or test:e2e) drives the workbench in a headless browser.
func TestE2E(ctx context.Context) error { return stack(ctx, "test", "e2e") }

// TestGrafana (or test:grafana) tests in a real Grafana: at GRAFANA_URL, else the one in GRAFANA_HOME or on the PATH.
func TestGrafana(ctx context.Context) error { return stack(ctx, "test-grafana") }

// Record records the answers of real servers for the golden cases whose folder begins with the prefix ("" is all of
// them).
func Record(ctx context.Context, prefix string) error { return stack(ctx, "record", prefix) }

// Lint runs the checks of the tests that execute nothing: formatting, vet, staticcheck, types and ESLint.
func Lint(ctx context.Context) error { return stack(ctx, "test", "lint") }

// Build builds the plugin into dist/ and the real servers into bin/.
func Build(ctx context.Context) error {
	return errors.Join(stack(ctx, "plugin"), stack(ctx, "build"))
}

// BuildPlugin (or build:plugin) builds the plugin into dist/: its pages and, for this machine, its backend.
func BuildPlugin(ctx context.Context) error { return stack(ctx, "plugin") }

// BuildFrontend (or build:frontend) builds the plugin's pages into dist/.
func BuildFrontend(ctx context.Context) error { return stack(ctx, "pages") }

// BuildBackend (or build:backend) builds the plugin's backend for this machine into dist/, with its manifest.
func BuildBackend() error { return sdk.Build{}.Backend() }

// BuildAll builds the plugin's backend for every platform into dist/, with its manifest.
func BuildAll() { sdk.BuildAll() }

// BuildServers (or build:servers) builds Tempo, Prometheus, Loki and the collector into bin/.
func BuildServers(ctx context.Context) error { return stack(ctx, "build") }

// Bench measures the plugin against the real servers and prints a line for each figure, with its target.
func Bench(ctx context.Context) error { return stack(ctx, "bench") }

// BenchPanel (or bench:panel) measures the panel in Chromium, against a demo of its own, and prints a line for each
// figure.
func BenchPanel(ctx context.Context) error { return stack(ctx, "bench-panel") }

// Coverage runs the Go tests of the plugin with the coverage report that Grafana's build action reads.
func Coverage() error { return sdk.Coverage() }

// Package builds the plugin for every platform and packs it as two archives, data source and panel, in artifacts/.
func Package(ctx context.Context) error {
	if err := stack(ctx, "pages"); err != nil {
		return err
	}
	mg.CtxDeps(ctx, BuildAll)
	return stack(ctx, "package")
}

// Clean removes what was built and the demo's data; npm packages and Go's caches stay.
func Clean() error {
	var errs []error
	for _, path := range []string{"dist", "bin", ".demo", "artifacts", "coverage", "test-results", "playwright-report", filepath.Join("stack", "workbench", "web", "dist")} {
		errs = append(errs, os.RemoveAll(path))
	}
	return errors.Join(errs...)
}

// stack builds the stack's command, which does the work, and runs it. It is a module of its own, so that
// the plugin's module does not depend on what only development needs.
func stack(ctx context.Context, args ...string) error {
	binary, err := filepath.Abs(filepath.Join("bin", "stack"))
	if err != nil {
		return err
	}
	if err := run(ctx, "stack", "go", "build", "-buildvcs=false", "-o", binary, "./cmd/stack"); err != nil {
		return fmt.Errorf("cannot build the stack's command: %w", err)
	}
	return run(ctx, ".", binary, args...)
}

// run runs a program on this terminal. When ctx ends, or mage itself, the program is asked to stop and
// given the time to end what it started.
func run(ctx context.Context, dir, name string, args ...string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go cancelWithParent(ctx, cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 4 * time.Second // mage itself waits five
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return mg.Fatalf(max(1, exit.ExitCode()), "%s %s failed, see above", filepath.Base(name), strings.Join(args, " "))
	case ctx.Err() != nil:
		return nil // it was asked to stop and did
	}
	return err
}

// cancelWithParent cancels when mage is gone. Asked to terminate, mage just ends and leaves this compiled
// magefile behind.
func cancelWithParent(ctx context.Context, cancel func()) {
	parent := os.Getppid()
	for ctx.Err() == nil && os.Getppid() == parent {
		time.Sleep(time.Second)
	}
	cancel()
}
