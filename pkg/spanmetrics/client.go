package spanmetrics

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

// shapeLifetime is how long the shape of the series is taken for unchanged.
const shapeLifetime = time.Minute

// Client reads span metrics from one Prometheus. It is safe for concurrent use. Its errors are *upstream.Error.
type Client struct {
	up  *upstream.Client
	api v1.API

	kept *BaselineCache

	setSampled time.Duration // distance of samples as configured; 0: it is measured

	mu        sync.Mutex
	shapes    map[timeRange]cachedShape
	intervals map[int64]cachedSampled // by the time of the measurement, in steps of sampledLifetime
}

type timeRange struct{ start, end int64 }

type cachedShape struct {
	shape Shape
	found time.Time
}

// New makes a client on a Prometheus, or what speaks its API. sampled is how far apart the samples of the span
// metrics are: Tempo's collection_interval; 0 measures it.
func New(up *upstream.Client, sampled time.Duration) *Client {
	return &Client{
		up: up, api: v1.NewAPI(up), kept: NewBaselineCache(), setSampled: sampled,
		shapes: map[timeRange]cachedShape{}, intervals: map[int64]cachedSampled{},
	}
}

// PerUser says that answers depend on the user who asks, so they must not be kept for others.
func (c *Client) PerUser() bool { return c.up.PerUser() }

// Version is the version that Prometheus says it is; "" if it was built without one.
func (c *Client) Version(ctx context.Context) (string, error) {
	info, err := c.api.Buildinfo(ctx)
	if err != nil {
		return "", c.failed(err)
	}
	return c.up.Clean(info.Version), nil
}

// Probe asks Prometheus for a constant: an answer means that it can be queried.
func (c *Client) Probe(ctx context.Context, at time.Time) error {
	_, _, _, err := c.api.Query(ctx, "vector(1)", at)
	return c.failed(err)
}

// failed makes an *upstream.Error of any error, nil of nil.
func (c *Client) failed(err error) error {
	if err == nil {
		return nil
	}
	if e := upstream.AsError(err); e != nil {
		return e
	}
	return c.up.Unreadable("answer of the Prometheus API", err)
}

// asked is what a request has sent to Prometheus and what Prometheus has warned of.
type asked struct {
	mu      sync.Mutex
	queries []string
	notices []string
}

func (a *asked) query(q string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.queries = append(a.queries, q)
}

func (a *asked) notice(n string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !slices.Contains(a.notices, n) {
		a.notices = append(a.notices, n)
	}
}

func (a *asked) warnings(ws v1.Warnings) {
	for _, w := range ws {
		a.notice("Prometheus warns: " + w)
	}
}

// sent lists the queries, sorted, each once.
func (a *asked) sent() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(a.queries)))
}

func (a *asked) said() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Sorted(slices.Values(a.notices))
}

// instant is an instant query, and what to do with each sample of its answer.
type instant struct {
	promql string
	at     time.Time
	each   func(*model.Sample)
}

// vector runs an instant query.
func (c *Client) vector(ctx context.Context, promql string, at time.Time) (model.Vector, v1.Warnings, error) {
	value, warnings, _, err := c.api.Query(ctx, promql, at)
	if err != nil {
		return nil, nil, c.failed(err)
	}
	warnings = c.up.CleanAll(warnings)
	vector, ok := value.(model.Vector)
	if !ok {
		return nil, warnings, c.up.Unreadable("vector", nil)
	}
	return vector, warnings, nil
}

// ask runs instant queries concurrently. The functions run one after another.
func (c *Client) ask(ctx context.Context, a *asked, queries []instant) error {
	answers := make([]model.Vector, len(queries))
	g, ctx := group.WithContext(ctx)
	for i, q := range queries {
		a.query(q.promql)
		g.Go(func() error {
			vector, warnings, err := c.vector(ctx, q.promql, q.at)
			a.warnings(warnings)
			answers[i] = vector
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, q := range queries {
		for _, s := range answers[i] {
			if s != nil {
				q.each(s)
			}
		}
	}
	return nil
}
