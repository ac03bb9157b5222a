package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestProductVersion(t *testing.T) {
	for module, want := range map[string]string{
		"v0.303.1": "3.3.1",
		"v0.316.0": "3.16.0",
		"v1.8.2":   "v1.8.2",
		"(devel)":  "(devel)",
	} {
		if got := productVersion(module); got != want {
			t.Errorf("productVersion(%q) = %q, want %q", module, got, want)
		}
	}
}

func TestParseFlagsRefusesWhatCannotWork(t *testing.T) {
	for _, args := range [][]string{
		{},
		{"-config.file=t.yaml", "-wal.read=0s"},
		{"-config.file=t.yaml", "-no-such-flag"},
	} {
		if _, err := parseFlags(args); err == nil {
			t.Errorf("parseFlags(%q): no error", args)
		}
	}
}

func TestTempoConfigIsExpandedWithDefaults(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tempo.yaml")
	text := "server: {http_listen_address: '${EMBEDDED_TEST_HOST:-127.0.0.1}', http_listen_port: ${EMBEDDED_TEST_PORT:-3200}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("EMBEDDED_TEST_PORT", "4321")
	cfg, err := loadTempoConfig(file, true)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Server.HTTPListenAddress != "127.0.0.1" || cfg.Server.HTTPListenPort != 4321 {
		t.Errorf("listens on %s:%d, want 127.0.0.1:4321", cfg.Server.HTTPListenAddress, cfg.Server.HTTPListenPort)
	}
	if cfg.Ingester.LifecyclerConfig.RingConfig.KVStore.Store != "inmemory" {
		t.Errorf("the ingester's ring is %q, want inmemory", cfg.Ingester.LifecyclerConfig.RingConfig.KVStore.Store)
	}
	if _, err := loadTempoConfig(file, false); err == nil {
		t.Error("a port that was not expanded was accepted")
	}
}

func TestPrometheusStorageSettingsAreUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "prometheus.yml")
	text := "storage:\n  tsdb: {out_of_order_time_window: 3h}\n  exemplars: {max_exemplars: 7}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := loadPrometheusConfig(file, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	opts := tsdbOptions(cfg)
	if got := time.Duration(opts.OutOfOrderTimeWindow) * time.Millisecond; got != 3*time.Hour {
		t.Errorf("out-of-order window is %s, want 3h", got)
	}
	if opts.MaxExemplars != 7 {
		t.Errorf("keeps %d exemplars, want 7", opts.MaxExemplars)
	}
}

func TestHTTPURLOfAllInterfacesIsLoopback(t *testing.T) {
	for _, host := range []string{"", "0.0.0.0", "::"} {
		if got := httpURL(host, 3200); !strings.HasSuffix(got, "//127.0.0.1:3200") {
			t.Errorf("httpURL(%q) = %q", host, got)
		}
	}
}
