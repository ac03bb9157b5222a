// Package workbench runs the built plugin without a Grafana server: it starts the plugin's binary over
// Grafana's gRPC plugin protocol, answers the part of Grafana's HTTP API that the plugin's frontend calls,
// and serves a page that loads the built frontend. It is a development host and a test bench, not Grafana.
package workbench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Options says where everything is.
type Options struct {
	// Listen is a loopback address with a port, as in "127.0.0.1:3000". Port 0 takes a free one.
	Listen string
	// DistDir is the built plugin: plugin.json, module.js and the nested panel.
	DistDir string
	// PluginPath is the plugin's executable.
	PluginPath string
	// ProvisioningDir holds datasources/*.yml (or .yaml) and dashboards/*.json.
	ProvisioningDir string
	// WebDir is the workbench's own built page.
	WebDir string
	// LookupEnv resolves the variables in provisioning files. os.LookupEnv when nil.
	LookupEnv func(string) (string, bool)
	// Stdout gets the one line that says where the workbench listens, Stderr the plugin's log.
	Stdout, Stderr io.Writer
	// Verbose also logs what the plugin writes at debug level.
	Verbose bool
}

// shutdownGrace is how long open requests may still take after a signal.
const shutdownGrace = 3 * time.Second

// Run serves until ctx is done, then ends the plugin's process. A nil error means that ctx ended it.
func Run(ctx context.Context, options Options) error {
	if err := options.check(); err != nil {
		return err
	}
	state, err := loadState(options)
	if err != nil {
		return err
	}
	listener, err := listen(options.Listen)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	plugin, err := StartPlugin(options.PluginPath, newLogger(options.Stderr, options.Verbose))
	if err != nil {
		return err
	}
	defer plugin.Close()

	server := &http.Server{
		Handler:           newHandler(options, state, plugin, listener.Addr().(*net.TCPAddr).Port, ctx.Done()),
		ReadHeaderTimeout: 10 * time.Second,
	}
	return serve(ctx, server, listener, options.Stdout)
}

// serve blocks until the server fails or ctx is done.
func serve(ctx context.Context, server *http.Server, listener net.Listener, stdout io.Writer) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	if _, err := fmt.Fprintf(stdout, "workbench: http://%s\n", listener.Addr()); err != nil {
		return fmt.Errorf("cannot write the workbench's address: %w", err)
	}
	select {
	case err := <-failed:
		return fmt.Errorf("the workbench stopped serving: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return server.Close()
	}
	return nil
}

// listen binds a loopback address: the workbench has no login, so nobody else may reach it.
func listen(address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%q is not an address to listen on; give host and port, as in 127.0.0.1:3000", address)
	}
	if !isLoopback(host) {
		return nil, fmt.Errorf("the workbench has no login, so it listens on loopback only; give 127.0.0.1:%s instead of %q", port, address)
	}
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("port %s is in use by another program; end it, or give a free port with -listen 127.0.0.1:PORT (port 0 takes any free one)", port)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", address, err)
	}
	return listener, nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// check names the first thing that has not been built yet, and the command that builds it.
func (o Options) check() error {
	needed := []struct{ path, what, remedy string }{
		{filepath.Join(o.DistDir, "plugin.json"), "the plugin's built frontend", "run: npm run build"},
		{filepath.Join(o.DistDir, "module.js"), "the plugin's built frontend", "run: npm run build"},
		{o.PluginPath, "the plugin's executable", fmt.Sprintf("run: go build -o %s ./pkg", o.PluginPath)},
		{filepath.Join(o.WebDir, "index.html"), "the workbench's page", "run: npm run workbench:build"},
		{filepath.Join(o.ProvisioningDir, "datasources"), "the directory of the provisioned data sources", "name the right one with -provisioning"},
	}
	for _, n := range needed {
		if _, err := os.Stat(n.path); err != nil {
			if errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("%s is missing (%s); %s", n.what, n.path, n.remedy)
			}
			return fmt.Errorf("cannot read %s: %w", n.what, err)
		}
	}
	return nil
}
