package servers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"time"
)

// VictoriaMetricsBinary is the program of Debian's package victoria-metrics.
const VictoriaMetricsBinary = "victoria-metrics"

// VictoriaMetrics is a VictoriaMetrics that speaks Prometheus' API and takes its remote write.
type VictoriaMetrics struct {
	URL     string
	process *Process
}

// StartVictoriaMetrics runs an installed VictoriaMetrics with its data in dir, and waits until it is ready. Stop it.
// The error is exec.ErrNotFound when it is not installed.
func StartVictoriaMetrics(ctx context.Context, dir string) (*VictoriaMetrics, error) {
	path, err := exec.LookPath(VictoriaMetricsBinary)
	if err != nil {
		return nil, fmt.Errorf("%s is not installed (apt-get install victoria-metrics): %w", VictoriaMetricsBinary, err)
	}
	for attempt := 1; ; attempt++ {
		var ports Ports
		if err := ports.fill(); err != nil {
			return nil, err
		}
		vm, err := startVictoriaMetrics(ctx, path, dir, ports.Prometheus)
		if err == nil || !errors.Is(err, errPortInUse) || attempt == startAttempts {
			return vm, err
		}
	}
}

func startVictoriaMetrics(ctx context.Context, path, dir string, port int) (*VictoriaMetrics, error) {
	process, err := StartProcess(ProcessOptions{
		Name: "VictoriaMetrics", Path: path, Log: filepath.Join(dir, "victoria-metrics.log"),
		Args: []string{
			"-storageDataPath=" + filepath.Join(dir, "victoria-metrics"), "-httpListenAddr=" + localAddress(port),
			"-search.latencyOffset=0s", // queries see samples at once
		},
	})
	if err != nil {
		return nil, err
	}
	vm := &VictoriaMetrics{localURL(port), process}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, vm.URL+"/health", nil)
		if err == nil {
			if res, err := http.DefaultClient.Do(req); err == nil {
				_ = res.Body.Close()
				if res.StatusCode == http.StatusOK {
					return vm, nil
				}
			}
		}
		select {
		case <-process.Exited():
			return nil, process.ExitError()
		case <-ctx.Done():
			vm.Stop()
			return nil, fmt.Errorf("VictoriaMetrics was not ready: %w; its last log lines:\n%s", ctx.Err(), process.LogTail())
		case <-time.After(readyPoll):
		}
	}
}

// Stop ends it.
func (v *VictoriaMetrics) Stop() { v.process.Stop() }
