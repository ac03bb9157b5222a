package suite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/flowsteps/windmill-datasource/stack/build"
	"github.com/flowsteps/windmill-datasource/stack/servers"
)

// Names of stages that others need.
const (
	npmPackages  = "npm packages"
	pluginBuilt  = "the plugin, its pages and the workbench are built"
	serversBuilt = "the real servers are built"
)

// stages is the whole suite. What is quick to fail comes first.
func stages() []stage {
	check, test := []string{Go, Lint}, []string{Go}
	checkWeb, testWeb := []string{Web, Lint}, []string{Web}
	integration, e2e := []string{Integration}, []string{E2E}
	return []stage{
		{check, "gofmt", nil, gofmt},
		{check, "go vet", nil, inModules("go", "vet", "./...")},
		{check, "go vet of the integration tests", nil, in("stack", "go", "vet", "-tags", "integration,victoria", "./...")},
		{check, "staticcheck", nil, staticcheck},
		{test, "go tests of the plugin", nil, in(".", "go", "test", "-race", "./...")},
		{test, "go tests of the stack", nil, in("stack", "go", "test", "-race", "./...")},
		{nil, npmPackages, nil, buildNodeModules},
		{checkWeb, "types", []string{npmPackages}, in(".", "npm", "run", "--silent", "typecheck")},
		{checkWeb, "lint", []string{npmPackages}, in(".", "npm", "run", "--silent", "lint")},
		{testWeb, "web unit tests", []string{npmPackages}, in(".", "npm", "run", "--silent", "test:ci")},
		{nil, pluginBuilt, []string{npmPackages}, buildPlugin},
		{nil, serversBuilt, nil, buildServers},
		{integration, "tests of the embedded server", []string{serversBuilt}, in("stack/backends/embedded", "go", "test", "-vet=all", ".")},
		{integration, "integration tests", []string{serversBuilt, pluginBuilt}, in("stack", "go", "test", "-tags", "integration", "-timeout", "20m", "-p", "1", "./...")},
		{integration, "VictoriaMetrics in place of Prometheus, where it is installed", []string{serversBuilt}, victoriaMetrics},
		{e2e, "end-to-end tests in a browser", []string{serversBuilt, pluginBuilt}, endToEnd},
	}
}

// victoriaMetrics runs the tests that need Debian's package victoria-metrics, which cannot be had as a Go module.
// Without it nothing is wrong with the repository, but the summary's line alone would hide that nothing was tested.
func victoriaMetrics(ctx context.Context, r *runner) error {
	if _, err := exec.LookPath(servers.VictoriaMetricsBinary); err != nil {
		r.report.Note("NOT TESTED: %s is not installed. On Debian: apt-get install victoria-metrics", servers.VictoriaMetricsBinary)
		return nil
	}
	return r.command(ctx, "stack", "go", "test", "-tags", "integration,victoria", "-run", "^TestVictoriaMetrics", "./integration")
}

// in runs a program in one directory.
func in(dir, name string, args ...string) func(context.Context, *runner) error {
	return func(ctx context.Context, r *runner) error { return r.command(ctx, dir, name, args...) }
}

// inModules runs a program in the plugin's module and in the stack's.
func inModules(name string, args ...string) func(context.Context, *runner) error {
	return func(ctx context.Context, r *runner) error {
		return errors.Join(r.command(ctx, ".", name, args...), r.command(ctx, "stack", name, args...))
	}
}

func gofmt(ctx context.Context, r *runner) error {
	cmd := exec.CommandContext(ctx, "gofmt", "-l", "pkg", "stack", "Magefile.go")
	cmd.Dir = r.root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("gofmt: %w: %s", err, strings.TrimSpace(stderr.String()))
	}
	if len(out) > 0 {
		return fmt.Errorf("run gofmt -w on these files:\n%s", out)
	}
	return nil
}

// staticcheck is a tool of the plugin's module; the same binary checks the stack's. The embedded server is
// left to go vet and its tests: staticcheck would read all of Tempo first.
func staticcheck(ctx context.Context, r *runner) error {
	tool := exec.CommandContext(ctx, "go", "tool", "-n", "staticcheck")
	tool.Dir = r.root
	tool.Env = append(os.Environ(), "GOWORK=off")
	path, err := tool.Output()
	if err != nil {
		return fmt.Errorf("cannot build staticcheck: %w", err)
	}
	binary := strings.TrimSpace(string(path))
	return errors.Join(
		r.command(ctx, ".", binary, "./..."),
		r.command(ctx, "stack", binary, "-tags", "integration,victoria", "./..."),
	)
}

func buildNodeModules(ctx context.Context, r *runner) error {
	return build.NodeModules(ctx, r.report)
}

func buildPlugin(ctx context.Context, r *runner) error {
	if err := build.Frontend(ctx, r.report); err != nil {
		return err
	}
	if err := build.WorkbenchPage(ctx, r.report); err != nil {
		return err
	}
	if _, err := build.PluginBinary(ctx, r.report); err != nil {
		return err
	}
	for _, program := range []string{"workbench", "simulator"} {
		if _, err := build.Program(ctx, program, r.report); err != nil {
			return err
		}
	}
	return nil
}

func buildServers(ctx context.Context, r *runner) error {
	var errs []error
	for _, name := range build.Servers() {
		if _, err := build.Server(ctx, name, r.report); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
