package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/web"
)

const (
	lookbackDelta = 5 * time.Minute // Prometheus' default
	retention     = 15 * 24 * time.Hour
)

// prometheusServer is Prometheus' store with its query engine and HTTP API.
type prometheusServer struct {
	db     *tsdb.DB
	listen net.Listener
}

// startPrometheus opens the store and serves its API, ready to take remote writes, until ctx ends.
func startPrometheus(ctx context.Context, logger *slog.Logger, opts options) (*prometheusServer, error) {
	cfg, err := loadPrometheusConfig(opts.prometheusConfig, logger)
	if err != nil {
		return nil, err
	}
	registry := prometheus.NewRegistry()
	db, err := tsdb.Open(opts.dataDir, logger, registry, tsdbOptions(cfg), nil)
	if err != nil {
		return nil, fmt.Errorf("cannot open the Prometheus store in %s: %w", opts.dataDir, err)
	}
	listener, err := net.Listen("tcp", opts.listen)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot listen for the Prometheus API: %w", err), db.Close())
	}
	server := &prometheusServer{db: db, listen: listener}
	handler, err := newWebHandler(ctx, logger, registry, server, opts.dataDir)
	if err != nil {
		return nil, errors.Join(err, listener.Close(), db.Close())
	}
	if err := handler.ApplyConfig(cfg); err != nil {
		return nil, errors.Join(err, listener.Close(), db.Close())
	}
	go serve(ctx, logger, handler, listener)
	handler.SetReady(web.Ready)
	return server, nil
}

// loadPrometheusConfig reads prometheus.yml. Only its storage section has an effect here.
func loadPrometheusConfig(file string, logger *slog.Logger) (*config.Config, error) {
	if file == "" {
		return config.Load("", logger)
	}
	cfg, err := config.LoadFile(file, false, logger)
	if err != nil {
		return nil, fmt.Errorf("cannot read the Prometheus configuration: %w", err)
	}
	return cfg, nil
}

// tsdbOptions takes the out-of-order window and the exemplar storage from the configuration, as the
// prometheus command does; exemplars and native histograms are on, as with its --enable-feature flags.
func tsdbOptions(cfg *config.Config) *tsdb.Options {
	opts := tsdb.DefaultOptions()
	opts.RetentionDuration = retention.Milliseconds()
	opts.EnableNativeHistograms = true
	opts.EnableOOONativeHistograms = true
	opts.EnableExemplarStorage = true
	opts.MaxExemplars = config.DefaultExemplarsConfig.MaxExemplars
	if exemplars := cfg.StorageConfig.ExemplarsConfig; exemplars != nil {
		opts.MaxExemplars = exemplars.MaxExemplars
	}
	if storage := cfg.StorageConfig.TSDBConfig; storage != nil {
		opts.OutOfOrderTimeWindow = storage.OutOfOrderTimeWindow
	}
	return opts
}

func newEngine(logger *slog.Logger, registry prometheus.Registerer) *promql.Engine {
	return promql.NewEngine(promql.EngineOpts{
		Logger:               logger,
		Reg:                  registry,
		MaxSamples:           50_000_000,
		Timeout:              2 * time.Minute,
		LookbackDelta:        lookbackDelta,
		EnableAtModifier:     true,
		EnableNegativeOffset: true,
		NoStepSubqueryIntervalFn: func(int64) int64 {
			return time.Minute.Milliseconds()
		},
	})
}

func serve(ctx context.Context, logger *slog.Logger, handler *web.Handler, listener net.Listener) {
	err := handler.Run(ctx, []net.Listener{listener}, "")
	if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, http.ErrServerClosed) {
		logger.Error("the Prometheus API stopped", "err", err)
	}
}

// url is where the Prometheus API answers.
func (p *prometheusServer) url() string {
	addr := p.listen.Addr().(*net.TCPAddr)
	return httpURL(addr.IP.String(), addr.Port)
}

// close flushes and releases the store.
func (p *prometheusServer) close() error {
	return p.db.Close()
}
