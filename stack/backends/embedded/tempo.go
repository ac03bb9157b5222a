package main

import (
	"fmt"
	"net"
	"os"
	"strconv"

	"github.com/drone/envsubst"
	"github.com/grafana/tempo/cmd/tempo/app"
	"github.com/grafana/tempo/pkg/gogocodec"
	tempolog "github.com/grafana/tempo/pkg/util/log"
	"google.golang.org/grpc/encoding"
	"gopkg.in/yaml.v2"
)

func init() {
	// Tempo's gRPC messages need this codec in place before the first connection is made.
	encoding.RegisterCodec(gogocodec.NewCodec())
}

// tempo is Tempo as a single binary.
type tempo struct {
	cfg *app.Config
	app *app.App
}

// newTempo reads the configuration file and builds Tempo from it. Nothing listens yet.
func newTempo(file string, expandEnv bool) (*tempo, error) {
	cfg, err := loadTempoConfig(file, expandEnv)
	if err != nil {
		return nil, err
	}
	tempolog.InitLogger(&cfg.Server)
	application, err := app.New(*cfg)
	if err != nil {
		return nil, fmt.Errorf("%s is not a configuration that Tempo accepts: %w", file, err)
	}
	return &tempo{cfg: cfg, app: application}, nil
}

func loadTempoConfig(file string, expandEnv bool) (*app.Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read Tempo's configuration: %w", err)
	}
	if expandEnv {
		expanded, err := envsubst.EvalEnv(string(text))
		if err != nil {
			return nil, fmt.Errorf("cannot expand the environment variables in %s: %w", file, err)
		}
		text = []byte(expanded)
	}
	cfg := app.NewDefaultConfig()
	if err := yaml.UnmarshalStrict(text, cfg); err != nil {
		return nil, fmt.Errorf("cannot parse %s: %w", file, err)
	}
	cfg.Overrides.ExpandEnv = expandEnv
	useInMemoryRings(cfg)
	return cfg, nil
}

// useInMemoryRings does what the tempo command does for the target "all": one process needs no ring
// shared over the network, and asking for one would make it wait for peers.
func useInMemoryRings(cfg *app.Config) {
	if cfg.Target != app.SingleBinary {
		return
	}
	ingester := &cfg.Ingester.LifecyclerConfig
	ingester.RingConfig.KVStore.Store = "inmemory"
	ingester.RingConfig.ReplicationFactor = 1
	ingester.Addr = "127.0.0.1"
	cfg.Generator.Ring.KVStore.Store = "inmemory"
	cfg.Generator.Ring.InstanceAddr = "127.0.0.1"
}

// url is where Tempo's HTTP API will answer.
func (t *tempo) url() string {
	return httpURL(t.cfg.Server.HTTPListenAddress, t.cfg.Server.HTTPListenPort)
}

// run serves until SIGINT or SIGTERM, which Tempo handles itself.
func (t *tempo) run() error {
	if err := t.app.Run(); err != nil {
		return fmt.Errorf("running Tempo: %w", err)
	}
	return nil
}

// httpURL turns a listen address into one that can be called: all interfaces become loopback.
func httpURL(host string, port int) string {
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(port))
}
