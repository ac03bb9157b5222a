// Package plugin is what Grafana talks to: queries, resources and health of one data source.
package plugin

import (
	"context"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/loki"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/settings"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/tracemetrics"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
)

// Datasource is one configured data source. It is safe for concurrent use.
type Datasource struct {
	settings settings.Settings
	uid      string
	kind     string // the plugin's id

	tempo   *tempo.Client        // nil: not configured
	metrics *spanmetrics.Client  // nil: not configured
	logs    *loki.Client         // nil: not configured
	traces  *tracemetrics.Client // nil without Tempo
	reader  *runs.Reader         // nil without Tempo
	open    []*upstream.Client   // to be closed
	now     func() time.Time
}

var (
	_ backend.QueryDataHandler      = (*Datasource)(nil)
	_ backend.CallResourceHandler   = (*Datasource)(nil)
	_ backend.CheckHealthHandler    = (*Datasource)(nil)
	_ instancemgmt.InstanceDisposer = (*Datasource)(nil)
)

// NewDatasource builds a data source from its settings. Grafana calls it again when the settings have changed.
func NewDatasource(ctx context.Context, s backend.DataSourceInstanceSettings) (instancemgmt.Instance, error) {
	return newDatasource(ctx, s, time.Now)
}

func newDatasource(ctx context.Context, s backend.DataSourceInstanceSettings, now func() time.Time) (*Datasource, error) {
	loaded, err := settings.Load(ctx, s)
	if err != nil {
		return nil, err
	}
	d := &Datasource{settings: loaded, uid: s.UID, kind: s.Type, now: now}
	for _, u := range []struct {
		settings settings.Upstream
		use      func(*upstream.Client)
	}{
		{loaded.Tempo, d.useTempo},
		{loaded.Prometheus, func(up *upstream.Client) { d.metrics = spanmetrics.New(up) }},
		{loaded.Loki, func(up *upstream.Client) { d.logs = loki.New(up, loaded.StreamSelector) }},
	} {
		if !u.settings.Configured() {
			continue
		}
		up, err := u.settings.Client()
		if err != nil {
			d.Dispose()
			return nil, err
		}
		d.open = append(d.open, up)
		u.use(up)
	}
	return d, nil
}

func (d *Datasource) useTempo(up *upstream.Client) {
	d.tempo = tempo.New(up)
	d.traces = tracemetrics.New(d.tempo)
	d.reader = runs.New(d.tempo, d.now).Limited(runs.Limits{Jobs: d.settings.Limits.Jobs, Requests: d.settings.Limits.Requests})
}

// Dispose closes the idle connections to the upstreams, when the settings have changed or the data source is removed.
func (d *Datasource) Dispose() {
	for _, up := range d.open {
		up.Close()
	}
}

// CheckHealth tests each upstream apart and says what to change.
func (d *Datasource) CheckHealth(ctx context.Context, _ *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	return checkHealth(ctx, d.tempo, d.metrics, d.logs), nil
}
