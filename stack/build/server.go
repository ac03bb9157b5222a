package build

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/flowsteps/windmill-datasource/stack/progress"
)

// server is how one of the real servers is built: a package of the module graph of one nested module.
type server struct {
	module  string // directory below stack/backends
	pkg     string
	tags    string
	ldflags string
	needs   need
}

// tempoVersion names the commit that the embedded module pins, a little after this release candidate.
const tempoVersion = "2.8.0-rc.0+87c2dc380cec"

var serverSpecs = map[string]server{
	"embedded": {
		module: "embedded", pkg: ".",
		ldflags: "-X github.com/grafana/tempo/cmd/tempo/build.Version=" + tempoVersion,
		needs:   need{warm: gigabyte, cold: 4 * gigabyte, module: "github.com/grafana/tempo@*"},
	},
	"tempo": {
		module: "embedded", pkg: "github.com/grafana/tempo/cmd/tempo",
		ldflags: "-X main.Version=" + tempoVersion,
		needs:   need{warm: gigabyte, cold: 4 * gigabyte, module: "github.com/grafana/tempo@*"},
	},
	"prometheus": {
		module: "prometheus", pkg: "github.com/prometheus/prometheus/cmd/prometheus",
		tags:    "remove_all_sd", // one of the cloud discoveries needs a module that the proxy lacks
		ldflags: "-X github.com/prometheus/common/version.Version=3.16.0",
		needs:   need{warm: gigabyte, cold: 3 * gigabyte, module: "github.com/prometheus/prometheus@v0.316.0"},
	},
	"loki": {
		module: "loki", pkg: "github.com/grafana/loki/v3/cmd/loki",
		ldflags: "-X github.com/grafana/loki/v3/pkg/util/build.Version=3.7.8",
		needs:   need{warm: gigabyte, cold: 6 * gigabyte, module: "github.com/grafana/loki/v3@*"},
	},
	"otelcol": {
		module: "otelcol", pkg: ".",
		needs: need{warm: gigabyte, cold: 2 * gigabyte, module: "go.opentelemetry.io/collector@v0.160.0"},
	},
}

// Servers lists the names that Server takes, sorted.
func Servers() []string {
	return slices.Sorted(maps.Keys(serverSpecs))
}

// Server builds one of the real servers into bin/ of the repository and returns the path of its binary.
// Without a change to its module since the last build it returns at once and runs no other program.
func Server(ctx context.Context, name string, report *progress.Reporter) (string, error) {
	spec, ok := serverSpecs[name]
	if !ok {
		return "", fmt.Errorf("there is no server %q: build one of %s", name, strings.Join(Servers(), ", "))
	}
	root, err := Root()
	if err != nil {
		return "", err
	}
	binary := filepath.Join("bin", name)
	err = step{
		name:    "building " + name,
		root:    root,
		inputs:  []string{filepath.Join("stack", "backends", spec.module)},
		skip:    notCompiled,
		recipe:  strings.Join([]string{runtime.Version(), spec.pkg, spec.tags, spec.ldflags}, " "),
		outputs: []string{binary},
		needs:   spec.needs,
		run: func(ctx context.Context, stage *progress.Stage) error {
			return spec.compile(ctx, root, binary, stage)
		},
	}.do(ctx, report)
	if err != nil {
		return "", err
	}
	return filepath.Join(root, binary), nil
}

// notCompiled leaves out of a module's key what does not change its binary.
func notCompiled(path string) bool {
	name := filepath.Base(path)
	switch filepath.Ext(name) {
	case ".md", ".yaml", ".yml":
		return true
	}
	return strings.HasSuffix(name, "_test.go")
}

// packageLine matches the lines of go build -v: bare import paths.
var packageLine = regexp.MustCompile(`^[\w.~/-]+$`)

// compile downloads first and compiles then, to be able to tell the one from the other.
func (s server) compile(ctx context.Context, root, binary string, stage *progress.Stage) error {
	flags := []string{"-buildvcs=false"}
	if s.tags != "" {
		flags = append(flags, "-tags", s.tags)
	}
	dir := filepath.Join(root, "stack", "backends", s.module)
	packages, downloads := 0, 0
	list := command{dir: dir, env: []string{"GOWORK=off"}, onLine: func(line string) {
		if strings.HasPrefix(line, "go: downloading") {
			downloads++
			stage.Detail("downloading modules, %d so far", downloads)
		} else {
			packages++
		}
	}}
	stage.Detail("looking for modules to download")
	if err := list.run(ctx, "go", append(append([]string{"list", "-deps"}, flags...), s.pkg)...); err != nil {
		return err
	}

	compiled := 0
	stage.Detail("compiling %d packages", packages)
	compile := command{dir: dir, env: []string{"GOWORK=off"}, quiet: packageLine.MatchString, onLine: func(line string) {
		if packageLine.MatchString(line) {
			compiled++
			stage.Detail("compiled %d of at most %d packages", compiled, packages)
		}
	}}
	output := filepath.Join(root, binary)
	args := append([]string{"build", "-v", "-o", output + ".new", "-ldflags", strings.TrimSpace("-s -w " + s.ldflags)}, flags...)
	if err := compile.run(ctx, "go", append(args, s.pkg)...); err != nil {
		return err
	}
	return os.Rename(output+".new", output)
}
