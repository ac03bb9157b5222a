// Package bench measures the plugin against the real servers and prints a line for each figure, with its target:
//
//	figure: NAME VALUE UNIT (target <= NUMBER)
//
// Where time is involved the figure that counts is a ratio of two things measured in the same run.
package bench

import (
	"context"
	"fmt"
	"io"
	"os"
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

// Run measures everything. The error names the counts and amounts of memory that are beyond their targets; times that
// are do not fail, because they depend on the machine.
func Run(ctx context.Context, out io.Writer) error {
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
	stack, err := servers.StartEmbedded(ctx, servers.Options{Dir: dir, Progress: report})
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
	for _, part := range []struct {
		name    string
		measure func(context.Context) error
	}{
		{"what is done without servers", b.pure},
		{"a run of 10,000 jobs", b.large},
		{"decoding the answers", b.decode},
		{"a list of 1,000 runs", b.list},
		{"a dashboard", b.dashboard},
		{"the time that the plugin adds", b.added},
	} {
		if err := part.measure(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return b.figures.verdict()
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
