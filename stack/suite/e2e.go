package suite

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/flowsteps/windmill-datasource/stack/build"
	"github.com/flowsteps/windmill-datasource/stack/demo"
	"github.com/flowsteps/windmill-datasource/stack/progress"
)

// browsers are the names under which Chromium is installed, the most likely one first.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

var errNoBrowser = errors.New("no Chromium is installed: install it (on Debian: apt-get install chromium) or set CHROMIUM_PATH")

// endToEnd runs the browser's tests against a demo of their own, with simulated flows behind it, and Loki with their
// logs.
func endToEnd(ctx context.Context, r *runner) error {
	return inBrowser(ctx, r, "e2e", true)
}

// BenchPanel measures the panel in Chromium against a demo of its own, and prints a line for each figure.
func BenchPanel(ctx context.Context, out io.Writer) error {
	root, err := build.Root()
	if err != nil {
		return err
	}
	return inBrowser(ctx, &runner{root: root, out: out, report: progress.New(out)}, "bench:panel", false)
}

// inBrowser starts a demo (full: with Loki and the collector), runs a script of package.json with the workbench's
// address, and ends the demo.
func inBrowser(ctx context.Context, r *runner, script string, full bool) error {
	browser, err := findBrowser()
	if err != nil {
		return err
	}
	return demo.Run(ctx, demo.Options{
		Name: strings.ReplaceAll(script, ":", "-"), Full: full, Workbench: true, Port: demo.AnyPort, Out: r.out,
		Use: func(ctx context.Context, address string) error {
			env := []string{"WORKBENCH_URL=" + address, "CHROMIUM_PATH=" + browser}
			return r.commandWith(ctx, env, ".", "npm", "run", "--silent", script)
		},
	})
}

func findBrowser() (string, error) {
	if path := os.Getenv("CHROMIUM_PATH"); path != "" {
		return path, nil
	}
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoBrowser
}
