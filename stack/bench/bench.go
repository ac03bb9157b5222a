// Package bench measures the plugin against the real servers and prints a line for each figure, with its target:
//
//	figure: NAME VALUE UNIT (target <= NUMBER)
//
// Where time is involved the figure that counts is a ratio of two things measured in the same run.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/flowsteps/windmill-datasource/stack/build"
	"github.com/flowsteps/windmill-datasource/stack/progress"
	"github.com/flowsteps/windmill-datasource/stack/servers"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// bench is what the measurements share.
type bench struct {
	figures  *figures
	servers  *servers.Stack
	binary   string // the built plugin
	plugin   process
	recorder *recorder
	direct   source // with the upstreams themselves
	recorded source // with the recorder before them

	run   simulator.Run // the large one
	calls []call        // its upstream requests

	manyFrom, manyTo time.Time // of the many small runs
}

// part is a group of measurements that can be made by itself.
type part struct {
	name, about string
	measure     func(*bench, context.Context) error
}

var parts = []part{
	{"pure", "what is done without servers", (*bench).pure},
	{"large", "a run of 10,000 jobs", (*bench).large},
	{"list", "a list of 1,000 runs", (*bench).list},
	{"dashboard", "a dashboard", (*bench).dashboard},
	{"added", "the time that the plugin adds", (*bench).added},
}

// Parts names what Run can measure by itself.
func Parts() []string {
	var names []string
	for _, p := range parts {
		names = append(names, p.name)
	}
	return names
}

// Run measures everything, or only the parts named. The error names the counts and amounts of memory that are beyond
// their targets; times that are do not fail, because they depend on the machine.
func Run(ctx context.Context, out io.Writer, only ...string) error {
	for _, name := range only {
		if !slices.Contains(Parts(), name) {
			return fmt.Errorf("there is no part %q, only %s", name, strings.Join(Parts(), ", "))
		}
	}
	backend.Logger, log.DefaultLogger = log.NewNullLogger(), log.NewNullLogger() // the plugin logs each query
	report := progress.New(out)
	binary, err := build.PluginBinary(ctx, report)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "flow-steps-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	config, err := tempoConfig(dir)
	if err != nil {
		return err
	}
	wanted := func(name string) bool { return len(only) == 0 || slices.Contains(only, name) }
	stack, err := servers.StartEmbedded(ctx, servers.Options{Dir: dir, TempoConfig: config, Loki: wanted("added"), Progress: report})
	if err != nil {
		return err
	}
	defer stack.Stop()
	b := &bench{figures: &figures{out: out}, servers: stack, binary: binary, recorder: &recorder{}}
	defer b.recorder.close()
	if err := b.connect(); err != nil {
		return err
	}
	defer b.plugin.Close()
	var broken []error
	for _, p := range parts {
		if !wanted(p.name) {
			continue
		}
		if err := p.measure(b, ctx); err != nil {
			broken = append(broken, fmt.Errorf("%s: %w", p.about, err)) // the others can still be measured
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(append(broken, b.figures.verdict())...)
}

// tempoConfig writes the shipped configuration with longer lives of blocks. When Tempo has completed a block, its
// search finds nothing of the past in it until the list of blocks is read again (blocklist_poll, 30 s): that would
// be measured as a very fast answer.
func tempoConfig(dir string) (string, error) {
	shipped, err := servers.Config("tempo.yaml")
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(shipped)
	if err != nil {
		return "", err
	}
	const short, long = "max_block_duration: 5m", "max_block_duration: 1h"
	if !strings.Contains(string(text), short) {
		return "", fmt.Errorf("%s has no %q: change package bench too", shipped, short)
	}
	file := filepath.Join(dir, "tempo.yaml")
	return file, os.WriteFile(file, []byte(strings.Replace(string(text), short, long, 1)), 0o600)
}

// connect starts the plugin and puts the recorder before its upstreams.
func (b *bench) connect() error {
	tempo, err := b.recorder.before(b.servers.Tempo)
	if err != nil {
		return err
	}
	prometheus, err := b.recorder.before(b.servers.Prometheus)
	if err != nil {
		return err
	}
	b.direct = newSource("direct", b.servers.Tempo, b.servers.Prometheus)
	b.recorded = newSource("recorded", tempo, prometheus)
	b.plugin, err = startProcess(b.binary)
	return err
}
