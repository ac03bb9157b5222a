// Package servers runs the real back ends as child processes, from the configuration files that
// docker-compose.yml mounts too (stack/config): the embedded default, which is Tempo and Prometheus in
// one process, or the full stack, where collector, Tempo, Prometheus and Loki are processes of their own.
//
// Integration tests start one with a directory and take the URLs:
//
//	stack, err := servers.StartEmbedded(ctx, servers.Options{Dir: t.TempDir()})
//	...
//	defer stack.Stop()
//
// The binaries are built on the first use and kept in bin/ of the repository.
package servers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/stack/build"
	"github.com/flowsteps/windmill-datasource/stack/progress"
)

const (
	defaultWALRead = 500 * time.Millisecond
	startAttempts  = 3
)

// Options say where and how to run the servers. Only Dir is required.
type Options struct {
	Dir   string // takes the data and, below logs/, the log files
	Ports Ports  // 0 takes a free port

	// Files to use in place of those of stack/config. See Config for the path of one of those.
	TempoConfig, PrometheusConfig, LokiConfig, CollectorConfig string
	// Env sets variables of the configuration files, e.g. "TEMPO_SPAN_METRICS_SLACK=24h".
	Env []string
	// WALRead is how often the embedded Tempo's remote write looks for new samples; zero means 500ms.
	// Tempo as a process of its own takes 15s, which cannot be changed.
	WALRead time.Duration
	// Loki starts a Loki beside the embedded Tempo and Prometheus. The full stack always has one.
	Loki bool

	Logger   *slog.Logger       // told what was started and where; nil: nobody
	Progress *progress.Reporter // shows the building of the servers; nil: nobody
}

// URLs are where the servers answer, without a path. Empty: not part of the stack.
type URLs struct {
	Tempo      string // HTTP API
	TempoOTLP  string // Tempo's own OTLP receiver over HTTP
	Prometheus string
	Loki       string
	OTLP       string // where to send spans (and logs in the full stack) over HTTP: the collector, else Tempo
}

// Stack is a set of running servers.
type Stack struct {
	URLs
	Ports Ports
	Dir   string

	processes []*Process
}

// Build builds one of the servers (see build.Servers) and returns the path of its binary.
func Build(ctx context.Context, name string, report *progress.Reporter) (string, error) {
	return build.Server(ctx, name, report)
}

// Config is the path of a file of stack/config, e.g. "tempo-stock.yaml".
func Config(name string) (string, error) {
	root, err := build.Root()
	if err != nil {
		return "", err
	}
	return filepath.Join(root, "stack", "config", name), nil
}

// StartEmbedded builds and runs Tempo and Prometheus in one process and waits until both are ready.
// Stop it; ctx bounds the start only.
func StartEmbedded(ctx context.Context, opts Options) (*Stack, error) {
	return start(ctx, opts, embeddedServers)
}

// StartFull builds and runs the collector, Loki, Tempo and Prometheus and waits until all are ready.
// Stop it; ctx bounds the start only.
func StartFull(ctx context.Context, opts Options) (*Stack, error) {
	return start(ctx, opts, fullServers)
}

// start tries again with other free ports when one was taken between choosing and using it.
func start(ctx context.Context, opts Options, plan func(context.Context, Options) ([]server, error)) (*Stack, error) {
	if err := opts.setDefaults(); err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		chosen := opts
		if err := chosen.Ports.fill(); err != nil {
			return nil, err
		}
		list, err := plan(ctx, chosen)
		if err != nil {
			return nil, err
		}
		stack, err := startAll(ctx, chosen, list)
		if err == nil {
			return stack, nil
		}
		if !errors.Is(err, errPortInUse) || attempt == startAttempts {
			return nil, err
		}
	}
}

func (o *Options) setDefaults() error {
	if o.Dir == "" {
		return errors.New("servers.Options.Dir is empty: give a directory for the servers' data")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return fmt.Errorf("cannot find the directory for the servers' data: %w", err)
	}
	o.Dir = dir
	if o.WALRead == 0 {
		o.WALRead = defaultWALRead
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Progress == nil {
		o.Progress = progress.Discard()
	}
	for file, name := range map[*string]string{
		&o.TempoConfig:      "tempo.yaml",
		&o.PrometheusConfig: "prometheus.yml",
		&o.LokiConfig:       "loki.yaml",
		&o.CollectorConfig:  "otelcol.yaml",
	} {
		if *file != "" {
			continue
		}
		if *file, err = Config(name); err != nil {
			return err
		}
	}
	return nil
}

// startAll starts one server after the other, each when the one before is ready: a server comes after
// those that it sends to, because one that finds them missing tries again only seconds later.
func startAll(ctx context.Context, opts Options, list []server) (*Stack, error) {
	stack := &Stack{Ports: opts.Ports, Dir: opts.Dir}
	for _, s := range list {
		if err := stack.startOne(ctx, opts, s); err != nil {
			stack.Stop()
			return nil, err
		}
	}
	return stack, nil
}

func (s *Stack) startOne(ctx context.Context, opts Options, one server) error {
	one.process.Log = filepath.Join(opts.Dir, "logs", one.logName)
	one.process.Env = append(one.process.Env, opts.Env...)
	process, err := StartProcess(one.process)
	if err != nil {
		return err
	}
	s.processes = append(s.processes, process)
	for _, check := range one.ready {
		if err := process.waitReady(ctx, check.url, check.is); err != nil {
			return err
		}
	}
	one.provides(&s.URLs)
	opts.Logger.Info("server is ready", "server", one.process.Name, "pid", process.cmd.Process.Pid, "log", one.process.Log)
	return nil
}

// Processes are the running servers, to watch for one that ends.
func (s *Stack) Processes() []*Process { return slices.Clone(s.processes) }

// Stop kills every server and waits until all are gone. Their data stays in the directory and is there
// again at the next start. It may be called more than once.
func (s *Stack) Stop() {
	for _, process := range slices.Backward(s.processes) {
		process.Stop()
	}
}
