package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/grafana/regexp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/notifier"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/util/notifications"
	"github.com/prometheus/prometheus/web"
)

const prometheusModule = "github.com/prometheus/prometheus"

// newWebHandler is Prometheus' own HTTP API over the store. The managers of scraping, rules and alerts
// are there because the API asks them for their lists; none of them is ever started.
func newWebHandler(ctx context.Context, logger *slog.Logger, registry *prometheus.Registry, server *prometheusServer, dir string) (*web.Handler, error) {
	external, err := url.Parse(server.url())
	if err != nil {
		return nil, err
	}
	engine := newEngine(logger, registry)
	scrapes, err := scrape.NewManager(&scrape.Options{}, logger, nil, server.db, registry)
	if err != nil {
		return nil, fmt.Errorf("cannot set up the target list of the Prometheus API: %w", err)
	}
	ruleManager := rules.NewManager(&rules.ManagerOptions{
		Appendable:  server.db,
		Queryable:   server.db,
		QueryFunc:   rules.EngineQueryFunc(engine, server.db),
		NotifyFunc:  func(context.Context, string, ...*rules.Alert) {},
		Context:     ctx,
		ExternalURL: external,
		Registerer:  registry,
		Logger:      logger,
	})
	store := adminStore{server.db}
	return web.New(logger, &web.Options{
		Context:               ctx,
		AppName:               "Prometheus",
		Version:               prometheusVersion(),
		Flags:                 map[string]string{},
		TSDBDir:               dir,
		TSDBRetentionDuration: model.Duration(retention),
		LocalStorage:          store,
		Storage:               store,
		ExemplarStorage:       server.db,
		QueryEngine:           engine,
		LookbackDelta:         lookbackDelta,
		ScrapeManager:         scrapes,
		RuleManager:           ruleManager,
		Notifier:              notifier.NewManager(&notifier.Options{Registerer: registry}, logger),
		NotificationsGetter:   func() []notifications.Notification { return nil },
		NotificationsSub:      func() (<-chan notifications.Notification, func(), bool) { return nil, nil, false },

		ListenAddresses: []string{server.listen.Addr().String()},
		ReadTimeout:     5 * time.Minute,
		MaxConnections:  512,
		ExternalURL:     external,
		RoutePrefix:     "/",
		CORSOrigin:      regexp.MustCompile("^$"), // no other origin: nothing but servers calls it
		Registerer:      registry,
		Gatherer:        registry,

		EnableRemoteWriteReceiver:  true,
		AcceptRemoteWriteProtoMsgs: config.RemoteWriteProtoMsgs{config.RemoteWriteProtoMsgV1, config.RemoteWriteProtoMsgV2},
		RemoteReadConcurrencyLimit: 10,
		RemoteReadSampleLimit:      5e7,
		RemoteReadBytesInFrame:     1 << 20,
	}), nil
}

// adminStore adds to the store what the API's status and admin endpoints ask for.
type adminStore struct{ *tsdb.DB }

func (s adminStore) Stats(label string, limit int) (*tsdb.Stats, error) {
	return s.Head().Stats(label, limit), nil
}

func (s adminStore) WALReplayStatus() (tsdb.WALReplayStatus, error) {
	return tsdb.WALReplayStatus{}, nil // replay is over before the API answers
}

func (s adminStore) Delete(ctx context.Context, from, to int64, matchers ...*labels.Matcher) error {
	return s.DB.Delete(ctx, from, to, matchers...)
}

// prometheusVersion is the version of the linked Prometheus. Its Go module counts v0.303.1 for 3.3.1:
// the first digit of the minor version is the real major version.
func prometheusVersion() *web.PrometheusVersion {
	v := &web.PrometheusVersion{GoVersion: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, dep := range info.Deps {
		if dep.Path == prometheusModule {
			v.Version = productVersion(dep.Version)
		}
	}
	return v
}

// productVersion turns v0.303.1 into 3.3.1. A version of another form is returned as it is.
func productVersion(module string) string {
	minor, patch, ok := strings.Cut(strings.TrimPrefix(module, "v0."), ".")
	if !ok || len(minor) != 3 || !strings.HasPrefix(module, "v0.") {
		return module
	}
	return minor[:1] + "." + strings.TrimLeft(minor[1:2], "0") + minor[2:] + "." + patch
}
