package build

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/flowsteps/windmill-datasource/stack/progress"
)

// Frontend builds the data source's and the panel's bundles into dist/ with webpack. The npm packages
// must be installed.
func Frontend(ctx context.Context, report *progress.Reporter) error {
	return npmScript(ctx, report, "building the plugin's pages", "build",
		[]string{"src", "plugin.json", "webpack.config.ts", ".config", "tsconfig.json", "package.json", "package-lock.json", "README.md", "CHANGELOG.md", "LICENSE"},
		[]string{"dist/module.js", "dist/panel/module.js", "dist/plugin.json"})
}

// WorkbenchPage builds the page of the workbench. The npm packages must be installed.
func WorkbenchPage(ctx context.Context, report *progress.Reporter) error {
	return npmScript(ctx, report, "building the workbench's page", "workbench:build",
		[]string{"stack/workbench/web", "tsconfig.json", ".config", "package.json", "package-lock.json"},
		[]string{"stack/workbench/web/dist/index.html"})
}

func npmScript(ctx context.Context, report *progress.Reporter, name, script string, inputs, outputs []string) error {
	root, err := Root()
	if err != nil {
		return err
	}
	return step{
		name: name, root: root, inputs: inputs, outputs: outputs, skip: generated,
		run: func(ctx context.Context, stage *progress.Stage) error {
			npm := command{dir: root, onLine: func(line string) { stage.Detail("%s", shorten(line)) }}
			return npm.run(ctx, "npm", "run", "--silent", script)
		},
	}.do(ctx, report)
}

// generated leaves what a build itself writes out of its key.
func generated(path string) bool {
	switch filepath.Base(path) {
	case "dist", "node_modules", "coverage":
		return true
	}
	return false
}

// PluginBinary builds the plugin's backend for this machine into dist/, with the target of Grafana's SDK
// that also writes the manifest of its sources, and returns the binary's path.
func PluginBinary(ctx context.Context, report *progress.Reporter) (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	binary := filepath.Join("dist", fmt.Sprintf("gpx_windmill_%s_%s", runtime.GOOS, runtime.GOARCH))
	err = step{
		name: "building the plugin's backend", root: root, skip: notCompiled,
		inputs:  []string{"pkg", "go.mod", "go.sum", "Magefile.go", "plugin.json", "package.json"},
		recipe:  runtime.Version(),
		outputs: []string{binary, "dist/go_plugin_build_manifest"},
		needs:   need{warm: gigabyte, cold: 2 * gigabyte, module: "github.com/grafana/grafana-plugin-sdk-go@*"},
		run: func(ctx context.Context, stage *progress.Stage) error {
			mage := command{dir: root, env: []string{"GOWORK=off"}, onLine: func(line string) { stage.Detail("%s", shorten(line)) }}
			return mage.run(ctx, "go", "tool", "mage", "build:backend")
		},
	}.do(ctx, report)
	if err != nil {
		return "", err
	}
	return filepath.Join(root, binary), nil
}

// Program builds one of the stack's own programs (stack/cmd/NAME) into bin/ and returns its path.
// Go's own cache decides what has to be compiled.
func Program(ctx context.Context, name string, report *progress.Reporter) (path string, err error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	path = filepath.Join(root, "bin", name)
	unlock, err := lock(ctx, path+".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	stage := report.Start("building the " + name)
	defer func() { stage.Done(err) }()
	compile := command{dir: filepath.Join(root, "stack"), env: []string{"GOWORK=off"}, onLine: func(line string) { stage.Detail("%s", shorten(line)) }}
	return path, compile.run(ctx, "go", "build", "-buildvcs=false", "-o", path, "./cmd/"+name)
}
