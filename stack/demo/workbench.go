package demo

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/flowsteps/windmill-datasource/stack/servers"
)

const (
	defaultPort      = 3000
	workbenchTimeout = 60 * time.Second
	workbenchPoll    = 100 * time.Millisecond
	workbenchGrace   = 2 * time.Second // to end the plugin that it started
	readyPrefix      = "workbench: http"
	windmillURL      = "https://windmill.example.com" // where the links to job pages lead; there is no Windmill here
)

// startWorkbench starts the workbench on the preferred port, or on a free one, and returns its address
// when it is ready.
func (d *demo) startWorkbench(ctx context.Context) (address string, err error) {
	port, err := d.choosePort("the workbench")
	if err != nil {
		return "", err
	}
	stage := d.report.Start("starting the workbench and the plugin")
	defer func() { stage.Done(err) }()
	err = d.start(servers.ProcessOptions{
		Name: "the workbench", Path: d.programs.workbench, Dir: d.root, Log: d.log("workbench"),
		Args: []string{
			"-listen", fmt.Sprintf("127.0.0.1:%d", port),
			"-dist", filepath.Join(d.root, "dist"), "-plugin", d.programs.plugin,
			"-provisioning", filepath.Join(d.root, "provisioning"),
			"-web", filepath.Join(d.root, "stack", "workbench", "web", "dist"),
		},
		Env:         d.upstreamEnv(),
		DeathSignal: syscall.SIGTERM, // it has to end the plugin
		Grace:       workbenchGrace,
	})
	if err != nil {
		return "", err
	}
	return d.workbenchAddress(ctx)
}

// upstreamEnv is what the provisioned data sources read. Without a Loki (the embedded stack has none) LOKI_URL is
// empty, which means not configured.
func (d *demo) upstreamEnv() []string {
	return []string{
		"TEMPO_URL=" + d.stack.Tempo, "PROMETHEUS_URL=" + d.stack.Prometheus, "LOKI_URL=" + d.stack.Loki,
		"WINDMILL_URL=" + windmillURL,
	}
}

// choosePort is the preferred port, or a free one, which is said.
func (d *demo) choosePort(who string) (int, error) {
	preferred := d.Port
	switch preferred {
	case 0:
		preferred = defaultPort
	case AnyPort:
		preferred = 0
	}
	port, taken, err := pickPort(preferred)
	if err == nil && taken {
		d.report.Note("Port %d is in use by another program: %s takes port %d instead.", preferred, who, port)
	}
	return port, err
}

// workbenchAddress waits for the line in which the workbench says where it listens.
func (d *demo) workbenchAddress(ctx context.Context) (string, error) {
	deadline := time.Now().Add(workbenchTimeout)
	for time.Now().Before(deadline) {
		address, err := lineAfter(d.log("workbench"), readyPrefix)
		if err != nil {
			return "", err
		}
		if address != "" {
			return "http" + address, nil
		}
		if err := d.firstExit(); err != nil {
			return "", err
		}
		if err := pause(ctx, workbenchPoll); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("the workbench did not get ready within %s; see %s", workbenchTimeout, d.log("workbench"))
}

// lineAfter returns what follows the prefix on the first line of the file that starts with it, or "".
func lineAfter(file, prefix string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), prefix); ok {
			return strings.TrimSpace(rest), nil
		}
	}
	return "", lines.Err()
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
