package upstream

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Meter counts what one query asks of the upstreams, and bounds it. It is safe for concurrent use.
type Meter struct {
	most int64 // bytes of each upstream; 0: no bound
	now  func() time.Time

	mu    sync.Mutex
	usage map[string]*Usage
	took  map[string]time.Duration // by what was asked
}

// Usage is what one upstream was asked for one query.
type Usage struct {
	Upstream string // its name
	Requests int    // also those that an equal request of another query answered, or that were given up before they were sent
	Bytes    int64  // received in answers that could be used, uncompressed
	// Time is the sum of all requests; requests may run side by side.
	Time time.Duration
}

type meterKey struct{}

// WithMeter makes the calls under the context count. mostBytes bounds what is received from each upstream (0: nothing
// does), now is the clock.
func WithMeter(ctx context.Context, mostBytes int64, now func() time.Time) (context.Context, *Meter) {
	m := &Meter{most: mostBytes, now: now, usage: map[string]*Usage{}, took: map[string]time.Duration{}}
	return context.WithValue(ctx, meterKey{}, m), m
}

// MeterOf is the meter of a context, nil if there is none. A nil meter counts nothing.
func MeterOf(ctx context.Context) *Meter {
	m, _ := ctx.Value(meterKey{}).(*Meter)
	return m
}

// Usage lists what each upstream was asked, by name.
func (m *Meter) Usage() []Usage {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]Usage, 0, len(m.usage))
	for _, u := range m.usage {
		list = append(list, *u)
	}
	slices.SortFunc(list, func(a, b Usage) int { return strings.Compare(a.Upstream, b.Upstream) })
	return list
}

// begin starts counting a request; call the function when it has ended, with the bytes received.
func (m *Meter) begin(upstream string) (end func(bytes int64)) {
	if m == nil {
		return func(int64) {}
	}
	began := m.now()
	return func(bytes int64) {
		took := m.now().Sub(began)
		m.mu.Lock()
		defer m.mu.Unlock()
		u := m.of(upstream)
		u.Requests++
		u.Bytes += bytes
		u.Time += took
	}
}

func (m *Meter) of(upstream string) *Usage {
	u := m.usage[upstream]
	if u == nil {
		u = &Usage{Upstream: upstream}
		m.usage[upstream] = u
	}
	return u
}

// left is how many bytes may still be received from an upstream, at most most.
func (m *Meter) left(upstream string, most int64) int64 {
	if m == nil || m.most <= 0 {
		return most
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return min(most, m.most-m.of(upstream).Bytes)
}

// errTimeOver is why a query's time ended.
var errTimeOver = errors.New("the time for the query is over")

// WithTimeLimit ends the calls under the context after a time, with an error that says so and names the setting.
func WithTimeLimit(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, most, errTimeOver)
}

// TimeOver says whether the time limit of a query ended the context: what was read until then can still be shown.
func TimeOver(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errTimeOver) }

// Time starts timing one query as users are shown it; call the function when its answer is there.
func (m *Meter) Time(query string) (end func()) {
	if m == nil || query == "" {
		return func() {}
	}
	began := m.now()
	return func() {
		took := m.now().Sub(began)
		m.mu.Lock()
		defer m.mu.Unlock()
		m.took[query] = max(m.took[query], took)
	}
}

// Took is how long the answer to a query took. 0: not known.
func (m *Meter) Took(query string) time.Duration {
	if m == nil {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.took[query]
}

// promQL is the query of a request to Prometheus or Loki as it was written; "" for other requests.
func promQL(req *http.Request) string {
	if req.GetBody == nil {
		return req.URL.Query().Get("query")
	}
	body, err := req.GetBody()
	if err != nil {
		return ""
	}
	defer func() { _ = body.Close() }()
	text, _ := io.ReadAll(body)
	form, _ := url.ParseQuery(string(text))
	return form.Get("query")
}

func (c *Client) timeOver() *Error {
	return NewError(c.name, http.StatusGatewayTimeout, context.DeadlineExceeded,
		"%s had not answered when the time for the query was over: ask for less, or raise \"Seconds per query\" in the data source's settings.", c.name)
}

func (c *Client) tooMuch(cause error) *Error {
	return NewError(c.name, http.StatusBadGateway, cause,
		"%s answered with more than %s for one query: ask for less (a shorter time range, more filters or a lower limit), or raise \"Megabytes per query\" in the data source's settings.",
		c.name, sizeText(c.maxBody))
}
