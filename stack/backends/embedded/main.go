// Command embedded runs a real Tempo and a real Prometheus store in one process: Tempo's own
// application, and Prometheus' TSDB, PromQL engine and HTTP API with the remote-write receiver, out of
// the one module graph that both share. It is the default back end of the demo and of the tests,
// because it builds in a third of the time of separate servers and because it can shorten the 15 s
// that span metrics otherwise take to arrive (see walread.go).
//
// Of Prometheus it has no scraping, no rule evaluation and no web pages; users run the real commands,
// and so does the full stack.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// options are the command's flags.
type options struct {
	tempoConfig      string        // Tempo's configuration file
	expandEnv        bool          // expand ${VAR:-default} in it, as Tempo's -config.expand-env does
	prometheusConfig string        // prometheus.yml; only its storage section is used
	listen           string        // address of the Prometheus API
	dataDir          string        // directory of the Prometheus TSDB
	walReadInterval  time.Duration // how often Tempo's remote write looks for new samples
}

func parseFlags(args []string) (options, error) {
	var o options
	fs := flag.NewFlagSet("embedded", flag.ContinueOnError)
	fs.StringVar(&o.tempoConfig, "config.file", "", "Tempo's configuration file (required)")
	fs.BoolVar(&o.expandEnv, "config.expand-env", false, "expand ${VAR} and ${VAR:-default} in Tempo's configuration file")
	fs.StringVar(&o.prometheusConfig, "prometheus.config", "", "prometheus.yml, of which the storage section is used (empty: Prometheus' defaults)")
	fs.StringVar(&o.listen, "prometheus.listen", "127.0.0.1:9090", "address of the Prometheus API")
	fs.StringVar(&o.dataDir, "prometheus.data", "prometheus-data", "directory of the Prometheus TSDB")
	fs.DurationVar(&o.walReadInterval, "wal.read", 500*time.Millisecond, "how often Tempo's remote write looks for new samples (Prometheus: 15s)")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if o.tempoConfig == "" {
		return o, errors.New("-config.file is missing: give Tempo's configuration file")
	}
	if o.walReadInterval <= 0 {
		return o, fmt.Errorf("-wal.read must be longer than zero, it is %s", o.walReadInterval)
	}
	return o, nil
}

func main() {
	opts, err := parseFlags(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		err = run(opts)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "embedded: %v\n", err)
		os.Exit(1)
	}
}

// run starts the Prometheus part first, because Tempo remote-writes into it, and then Tempo, which
// blocks until it is told to stop by SIGINT or SIGTERM.
func run(opts options) error {
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()

	walReadTimeout = opts.walReadInterval

	tempo, err := newTempo(opts.tempoConfig, opts.expandEnv)
	if err != nil {
		return err
	}
	prom, err := startPrometheus(ctx, logger.With("part", "prometheus"), opts)
	if err != nil {
		return err
	}
	go announceReady(ctx, tempo.url(), prom.url())

	return errors.Join(tempo.run(), prom.close())
}
