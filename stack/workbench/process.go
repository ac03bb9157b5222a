package workbench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend/grpcplugin"
	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
)

const (
	// watchInterval is how often the plugin's process is looked at.
	watchInterval = 250 * time.Millisecond
	// maxRestartDelay bounds the wait between two starts of a plugin that keeps dying.
	maxRestartDelay = 30 * time.Second
	// stableAfter is how long a process must live for the next restart to be immediate again.
	stableAfter = 10 * time.Second
)

// Plugin is the plugin's process and the connection to it. A process that dies is started again.
type Plugin struct {
	path   string
	logger hclog.Logger

	mu      sync.Mutex
	client  *goplugin.Client
	clients *clients
	started time.Time
	failure error // why there is no process now

	stop context.CancelFunc
	done chan struct{}
}

// clients call the plugin's services. One that the plugin does not serve answers Unimplemented.
type clients struct {
	data        grpcplugin.DataClient
	diagnostics grpcplugin.DiagnosticsClient
	resource    grpcplugin.ResourceClient
	stream      grpcplugin.StreamClient
}

// newLogger takes the plugin's own log lines, which come over the plugin's stderr.
func newLogger(out io.Writer, verbose bool) hclog.Logger {
	level := hclog.Info
	if verbose {
		level = hclog.Debug
	}
	return hclog.New(&hclog.LoggerOptions{Name: "workbench", Output: out, Level: level})
}

// StartPlugin starts the executable and waits for its handshake. Close ends it.
func StartPlugin(path string, logger hclog.Logger) (*Plugin, error) {
	plugin := &Plugin{path: path, logger: logger, done: make(chan struct{})}
	if err := plugin.launch(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	plugin.stop = cancel
	go plugin.watch(ctx)
	return plugin, nil
}

// Close ends the plugin's process and waits until it is gone.
func (p *Plugin) Close() {
	p.stop()
	<-p.done
	p.mu.Lock()
	defer p.mu.Unlock()
	p.client.Kill()
}

// launch starts the process as Grafana does: same cookie and protocol version, and without the host's environment,
// so that a plugin which reads environment variables is noticed here.
func (p *Plugin) launch() error {
	client := goplugin.NewClient(&goplugin.ClientConfig{
		Cmd: exec.Command(p.path),
		HandshakeConfig: goplugin.HandshakeConfig{
			ProtocolVersion:  grpcplugin.ProtocolVersion,
			MagicCookieKey:   grpcplugin.MagicCookieKey,
			MagicCookieValue: grpcplugin.MagicCookieValue,
		},
		VersionedPlugins: map[int]goplugin.PluginSet{grpcplugin.ProtocolVersion: {
			"data":        &grpcplugin.DataGRPCPlugin{},
			"diagnostics": &grpcplugin.DiagnosticsGRPCPlugin{},
			"resource":    &grpcplugin.ResourceGRPCPlugin{},
			"stream":      &grpcplugin.StreamGRPCPlugin{},
		}},
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		SkipHostEnv:      true,
		Logger:           p.logger,
	})
	dispensed, err := dispense(client)
	if err != nil {
		client.Kill()
		return fmt.Errorf("the plugin %s did not start as a Grafana plugin: %w", p.path, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.client, p.clients, p.started, p.failure = client, dispensed, time.Now(), nil
	return nil
}

func dispense(client *goplugin.Client) (*clients, error) {
	protocol, err := client.Client()
	if err != nil {
		return nil, err
	}
	var found clients
	if found.data, err = service[grpcplugin.DataClient](protocol, "data"); err != nil {
		return nil, err
	}
	if found.diagnostics, err = service[grpcplugin.DiagnosticsClient](protocol, "diagnostics"); err != nil {
		return nil, err
	}
	if found.resource, err = service[grpcplugin.ResourceClient](protocol, "resource"); err != nil {
		return nil, err
	}
	if found.stream, err = service[grpcplugin.StreamClient](protocol, "stream"); err != nil {
		return nil, err
	}
	return &found, nil
}

func service[T any](protocol goplugin.ClientProtocol, name string) (T, error) {
	var none T
	raw, err := protocol.Dispense(name)
	if err != nil {
		return none, err
	}
	typed, ok := raw.(T)
	if !ok {
		return none, fmt.Errorf("its %s service is a %T, which is not of Grafana's protocol", name, raw)
	}
	return typed, nil
}

// watch starts the process again when it has ended, more slowly each time that it ends soon.
func (p *Plugin) watch(ctx context.Context) {
	defer close(p.done)
	ticker := time.NewTicker(watchInterval)
	defer ticker.Stop()
	var delay time.Duration
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if !p.ended() {
			continue
		}
		delay = p.nextDelay(delay)
		p.logger.Error("the plugin's process ended; starting it again", "in", delay)
		select {
		case <-ctx.Done():
			return
		case <-time.After(delay):
		}
		if err := p.launch(); err != nil {
			p.fail(err)
		}
	}
}

func (p *Plugin) ended() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.client.Exited() && p.failure == nil {
		p.failure = errors.New("the plugin's process ended, the workbench starts it again; its log says why")
	}
	return p.failure != nil
}

func (p *Plugin) fail(err error) {
	p.logger.Error(err.Error())
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failure = err
	p.started = time.Now() // a start that failed did not live long
}

func (p *Plugin) nextDelay(previous time.Duration) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.started) > stableAfter {
		return 0
	}
	return min(max(2*previous, watchInterval), maxRestartDelay)
}

// services are the current connection, or why there is none.
func (p *Plugin) services() (*clients, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failure != nil {
		return nil, p.failure
	}
	return p.clients, nil
}
