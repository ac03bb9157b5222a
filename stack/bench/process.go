package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/config"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/hashicorp/go-hclog"

	"github.com/flowsteps/windmill-datasource/stack/workbench"
)

// source is a data source of the plugin.
type source struct {
	uid      string
	settings map[string]any
}

func newSource(uid, tempo, prometheus string) source {
	return source{uid, map[string]any{
		"tempo":       map[string]any{"url": tempo, "datasourceUid": "tempo", "timeout": 120},
		"prometheus":  map[string]any{"url": prometheus, "datasourceUid": "prometheus", "timeout": 120},
		"windmillUrl": "https://windmill.example.com",
	}}
}

// withLoki is the same data source with a Loki.
func (s source) withLoki(address string) source {
	s.settings = maps.Clone(s.settings)
	s.settings["loki"] = map[string]any{"url": address, "datasourceUid": "loki", "timeout": 120}
	s.uid += ".loki"
	return s
}

// upstream is the URL of an upstream.
func (s source) upstream(key string) string {
	block, _ := s.settings[key].(map[string]any)
	address, _ := block["url"].(string)
	return address
}

func (s source) instance() (*backend.DataSourceInstanceSettings, error) {
	content, err := json.Marshal(s.settings)
	return &backend.DataSourceInstanceSettings{
		UID: s.uid, Name: s.uid, Type: "flowsteps-windmill-datasource", JSONData: content, Updated: time.Unix(1, 0),
	}, err
}

// query is what the frontend sends.
type query map[string]any

// request makes one request of several queries, with refIds A, B, C and so on.
func (s source) request(from, to time.Time, queries ...query) (*backend.QueryDataRequest, error) {
	instance, err := s.instance()
	if err != nil {
		return nil, err
	}
	req := &backend.QueryDataRequest{Headers: map[string]string{}, PluginContext: backend.PluginContext{
		PluginID: "flowsteps-windmill-datasource", DataSourceInstanceSettings: instance, GrafanaConfig: grafanaConfig(),
	}}
	for i, q := range queries {
		content, err := json.Marshal(q)
		if err != nil {
			return nil, err
		}
		kind, _ := q["queryType"].(string)
		req.Queries = append(req.Queries, backend.DataQuery{
			RefID: string(rune('A' + i)), QueryType: kind, JSON: content, MaxDataPoints: 500, Interval: 30 * time.Second,
			TimeRange: backend.TimeRange{From: from, To: to},
		})
	}
	return req, nil
}

func grafanaConfig() *config.GrafanaCfg {
	return config.NewGrafanaCfg(map[string]string{
		config.AppURL: "http://127.0.0.1", config.ConcurrentQueryCount: "10", config.UserFacingDefaultError: "An error occurred within the plugin",
		config.SQLRowLimit: "1000000", config.SQLMaxOpenConnsDefault: "100",
		config.SQLMaxIdleConnsDefault: "100", config.SQLMaxConnLifetimeSecondsDefault: "14400",
	})
}

// process is the built plugin, run as Grafana runs it.
type process struct{ *workbench.Plugin }

func startProcess(path string) (process, error) {
	p, err := workbench.StartPlugin(path, hclog.NewNullLogger())
	return process{p}, err
}

// ask asks queries that must all succeed, and gives the first frame of each by refId.
func (p process) ask(ctx context.Context, s source, from, to time.Time, queries ...query) (map[string]*data.Frame, error) {
	req, err := s.request(from, to, queries...)
	if err != nil {
		return nil, err
	}
	res, err := p.QueryData(ctx, req)
	if err != nil {
		return nil, err
	}
	frames := map[string]*data.Frame{}
	for ref, r := range res.Responses {
		if r.Error != nil {
			return nil, fmt.Errorf("query %s: %w", ref, r.Error)
		}
		if len(r.Frames) > 0 {
			frames[ref] = r.Frames[0]
		}
	}
	return frames, nil
}

// processorTime is what all threads of the process have used, in milliseconds, as Linux counts it.
func (p process) processorTime() (ms float64, err error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.Pid()))
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("the plugin's processor time can be measured on Linux only: %w", errors.Join(err, os.ErrNotExist))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) {
			continue // the thread has ended
		}
		var ns float64
		if _, scanErr := fmt.Sscan(string(text), &ns); err != nil || scanErr != nil {
			return 0, errors.Join(err, scanErr)
		}
		ms += ns / 1e6
	}
	return ms, nil
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peakMemory is the most memory that the process ever had, in MiB, as Linux counts it.
func (p process) peakMemory() (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Pid()))
	if err != nil {
		return 0, fmt.Errorf("the plugin's memory can be measured on Linux only: %w", err)
	}
	m := highWater.FindSubmatch(bytes.TrimSpace(status))
	if m == nil {
		return 0, fmt.Errorf("/proc says nothing of the peak memory of process %d", p.Pid())
	}
	kilobytes, err := strconv.ParseFloat(string(m[1]), 64)
	return kilobytes / 1024, err
}
