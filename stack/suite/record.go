package suite

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/flowsteps/windmill-datasource/stack/build"
	"github.com/flowsteps/windmill-datasource/stack/progress"
	"github.com/flowsteps/windmill-datasource/stack/servers"
)

// dimensions are how the span metrics of the recorded servers differ: the line of tempo.yaml for each.
var dimensions = map[string]string{
	"full":  "",
	"stock": "dimensions: []",
	"raw":   "dimensions: [workspace_id, script_path, flow_step_id, language, tag]",
}

const shippedDimensions = "dimensions: [workspace_id, step_path, flow_step_id, language, tag, job_kind]"

// Record records the golden cases whose folder begins with prefix from real servers, which it starts and stops. Only
// the full ones have a Loki.
func Record(ctx context.Context, out io.Writer, prefix string) error {
	root, err := build.Root()
	if err != nil {
		return err
	}
	r := &runner{root: root, out: out, report: progress.New(out)}
	dir, err := os.MkdirTemp("", "record-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	args := []string{"test", "./pkg/plugin", "-count=1", "-run", "^TestRecord$", "-record.only", prefix}
	for name, line := range dimensions {
		config, err := tempoWith(filepath.Join(dir, name+".yaml"), line)
		if err != nil {
			return err
		}
		stack, err := servers.StartEmbedded(ctx, servers.Options{
			Dir: filepath.Join(dir, name), TempoConfig: config, Loki: name == "full", Progress: r.report,
		})
		if err != nil {
			return err
		}
		defer stack.Stop()
		args = append(args, "-record."+name, strings.Join([]string{stack.OTLP, stack.Tempo, stack.Prometheus, stack.Loki}, ","))
	}
	return r.command(ctx, ".", "go", args...)
}

// tempoWith writes the shipped configuration with other dimensions.
func tempoWith(file, line string) (string, error) {
	shipped, err := servers.Config("tempo.yaml")
	if err != nil || line == "" {
		return shipped, err
	}
	text, err := os.ReadFile(shipped)
	if err != nil {
		return "", err
	}
	if !strings.Contains(string(text), shippedDimensions) {
		return "", fmt.Errorf("%s has other dimensions than expected: change shippedDimensions too", shipped)
	}
	return file, os.WriteFile(file, []byte(strings.Replace(string(text), shippedDimensions, line, 1)), 0o600)
}
