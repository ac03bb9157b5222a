// Package plugin is what Grafana talks to: queries, resources and health of one data source.
package plugin

import (
	"context"
	"errors"
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
	stream  *tempo.Stream        // nil: searches are not streamed
	noRPC   error                // why they are not although they are to be; nil: they are, or are not to be
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
	_ backend.StreamHandler         = (*Datasource)(nil)
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
		use      func(*upstream.Client) error
	}{
		{loaded.Tempo, d.useTempo},
		{loaded.Prometheus, d.usePrometheus},
		{loaded.Loki, d.useLoki},
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
		if err := u.use(up); err != nil {
			d.Dispose()
			return nil, err
		}
	}
	return d, nil
}

func (d *Datasource) useTempo(up *upstream.Client) (err error) {
	d.tempo = tempo.New(up)
	d.traces = tracemetrics.New(d.tempo)
	d.reader = runs.New(d.tempo, d.now).Limited(runs.Limits{Jobs: d.settings.Limits.Jobs, Requests: d.settings.Limits.Requests})
	d.stream, err = searchStream(d.settings, up)
	if errors.Is(err, upstream.ErrNoRPC) {
		d.noRPC, err = err, nil
	}
	d.tempo.WithLongestURL(d.settings.Limits.URL, d.stream)
	return err
}

func (d *Datasource) usePrometheus(up *upstream.Client) error {
	d.metrics = spanmetrics.New(up, d.settings.Sampled)
	return nil
}

func (d *Datasource) useLoki(up *upstream.Client) error {
	d.logs = loki.New(up, d.settings.StreamSelector)
	return nil
}

// Dispose closes the idle connections to the upstreams, when the settings have changed or the data source is removed.
func (d *Datasource) Dispose() {
	if d.stream != nil {
		d.stream.Close()
	}
	for _, up := range d.open {
		up.Close()
	}
}

// searchStream is nil when streaming is off. With a SOCKS proxy there is none: the error is upstream.ErrNoRPC, and
// searches go over HTTP.
func searchStream(s settings.Settings, up *upstream.Client) (*tempo.Stream, error) {
	if !s.Streaming.Enabled {
		return nil, nil
	}
	conn, err := s.Tempo.Conn(up, s.Streaming.GRPCURL)
	if err != nil {
		return nil, err
	}
	return tempo.NewStream(conn), nil
}

// CheckHealth tests each upstream apart and says what to change.
func (d *Datasource) CheckHealth(ctx context.Context, _ *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	return checkHealth(upstream.WithProbe(ctx), checked{tempo: d.tempo, stream: d.stream, unstreamed: d.noRPC, metrics: d.metrics, logs: d.logs}, d.now()), nil
}
