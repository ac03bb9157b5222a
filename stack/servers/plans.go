package servers

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
)

// Names are the servers that a stack runs, as Build takes them.
func Names(full bool) []string {
	if full {
		return []string{"prometheus", "tempo", "otelcol", "loki"}
	}
	return []string{"embedded"}
}

// server is one process of a stack: what to run, when it is ready, and what it is there for.
type server struct {
	process  ProcessOptions
	logName  string
	ready    []readyCheck
	provides func(*URLs)
}

type readyCheck struct {
	url string
	is  ready
}

// embeddedServers is the plan of the embedded default: one process, and a Loki if it is asked for.
func embeddedServers(ctx context.Context, opts Options) ([]server, error) {
	binary, err := Build(ctx, "embedded", opts.Progress)
	if err != nil {
		return nil, err
	}
	list := []server{embeddedServer(opts, binary)}
	if opts.Loki {
		if binary, err = Build(ctx, "loki", opts.Progress); err != nil {
			return nil, err
		}
		list = append(list, lokiServer(opts, binary))
	}
	return list, nil
}

func embeddedServer(opts Options, binary string) server {
	ports := opts.Ports
	return server{
		process: ProcessOptions{
			Name: "Tempo and Prometheus (embedded)",
			Path: binary,
			Args: []string{
				"-config.file=" + opts.TempoConfig, "-config.expand-env",
				"-prometheus.config=" + opts.PrometheusConfig,
				"-prometheus.listen=" + localAddress(ports.Prometheus),
				"-prometheus.data=" + filepath.Join(opts.Dir, "prometheus"),
				"-wal.read=" + opts.WALRead.String(),
			},
			Env: tempoEnv(opts),
		},
		logName: "embedded.log",
		ready: []readyCheck{
			{localURL(ports.Prometheus) + "/-/ready", answersOK},
			{localURL(ports.Tempo) + "/ready", answersOK},
		},
		provides: func(u *URLs) {
			u.Tempo, u.TempoOTLP = localURL(ports.Tempo), localURL(ports.TempoOTLPHTTP)
			u.Prometheus, u.OTLP = localURL(ports.Prometheus), localURL(ports.TempoOTLPHTTP)
		},
	}
}

// fullServers is the plan of the full stack: four processes, spans and logs enter by the collector.
func fullServers(ctx context.Context, opts Options) ([]server, error) {
	binaries := map[string]string{}
	for _, name := range Names(true) {
		binary, err := Build(ctx, name, opts.Progress)
		if err != nil {
			return nil, err
		}
		binaries[name] = binary
	}
	return []server{
		prometheusServer(opts, binaries["prometheus"]),
		tempoServer(opts, binaries["tempo"]),
		lokiServer(opts, binaries["loki"]),
		collectorServer(opts, binaries["otelcol"]),
	}, nil
}

func prometheusServer(opts Options, binary string) server {
	url := localURL(opts.Ports.Prometheus)
	return server{
		process: ProcessOptions{Name: "Prometheus", Path: binary, Args: []string{
			"--config.file=" + opts.PrometheusConfig,
			"--storage.tsdb.path=" + filepath.Join(opts.Dir, "prometheus"),
			"--web.listen-address=" + localAddress(opts.Ports.Prometheus),
			"--web.enable-remote-write-receiver",
			"--enable-feature=exemplar-storage,native-histograms",
		}},
		logName:  "prometheus.log",
		ready:    []readyCheck{{url + "/-/ready", answersOK}},
		provides: func(u *URLs) { u.Prometheus = url },
	}
}

func tempoServer(opts Options, binary string) server {
	url := localURL(opts.Ports.Tempo)
	return server{
		process: ProcessOptions{Name: "Tempo", Path: binary, Env: tempoEnv(opts),
			Args: []string{"-config.file=" + opts.TempoConfig, "-config.expand-env=true"}},
		logName:  "tempo.log",
		ready:    []readyCheck{{url + "/ready", answersOK}},
		provides: func(u *URLs) { u.Tempo, u.TempoOTLP = url, localURL(opts.Ports.TempoOTLPHTTP) },
	}
}

func lokiServer(opts Options, binary string) server {
	url := localURL(opts.Ports.Loki)
	return server{
		process: ProcessOptions{Name: "Loki", Path: binary,
			Args: []string{"-config.file=" + opts.LokiConfig, "-config.expand-env=true"},
			Env: []string{
				"LOKI_LISTEN_HOST=127.0.0.1",
				"LOKI_HTTP_PORT=" + strconv.Itoa(opts.Ports.Loki),
				"LOKI_GRPC_PORT=" + strconv.Itoa(opts.Ports.LokiGRPC),
				"LOKI_DATA_DIR=" + filepath.Join(opts.Dir, "loki"),
			}},
		logName:  "loki.log",
		ready:    []readyCheck{{url + "/ready", answersOK}},
		provides: func(u *URLs) { u.Loki = url },
	}
}

func collectorServer(opts Options, binary string) server {
	url := localURL(opts.Ports.OTLPHTTP)
	return server{
		process: ProcessOptions{Name: "the OpenTelemetry Collector", Path: binary,
			Args: []string{"--config=file:" + opts.CollectorConfig},
			Env: []string{
				"OTELCOL_LISTEN_HOST=127.0.0.1",
				"OTELCOL_GRPC_PORT=" + strconv.Itoa(opts.Ports.OTLPGRPC),
				"OTELCOL_HTTP_PORT=" + strconv.Itoa(opts.Ports.OTLPHTTP),
				"TEMPO_OTLP_GRPC_ENDPOINT=" + localAddress(opts.Ports.TempoOTLPGRPC),
				"LOKI_OTLP_ENDPOINT=" + localURL(opts.Ports.Loki) + "/otlp",
			}},
		logName:  "otelcol.log",
		ready:    []readyCheck{{url + "/v1/traces", answersAtAll}}, // it refuses a GET, once it is there
		provides: func(u *URLs) { u.OTLP = url },
	}
}

// tempoEnv sets the variables of tempo.yaml, for the embedded Tempo and for one of its own alike.
func tempoEnv(opts Options) []string {
	return []string{
		"TEMPO_LISTEN_HOST=127.0.0.1",
		fmt.Sprintf("TEMPO_HTTP_PORT=%d", opts.Ports.Tempo),
		fmt.Sprintf("TEMPO_GRPC_PORT=%d", opts.Ports.TempoGRPC),
		fmt.Sprintf("TEMPO_OTLP_GRPC_PORT=%d", opts.Ports.TempoOTLPGRPC),
		fmt.Sprintf("TEMPO_OTLP_HTTP_PORT=%d", opts.Ports.TempoOTLPHTTP),
		"TEMPO_DATA_DIR=" + filepath.Join(opts.Dir, "tempo"),
		"PROMETHEUS_REMOTE_WRITE_URL=" + localURL(opts.Ports.Prometheus) + "/api/v1/write",
	}
}
