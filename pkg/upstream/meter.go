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
	most int64 // bytes of all upstreams together; 0: no bound
	now  func() time.Time

	mu    sync.Mutex
	spent int64    // bytes reserved
	books *account // of the pool; nil: nothing was held yet
	ended bool

	said    []string          // to users
	refused map[string]*Error // by upstream and path: credentials that were not accepted
	failed  map[string]*Error // by upstream: the last failure of one that is down
	usage   map[string]*Usage
	took    map[string]time.Duration // by what was asked
}

// Usage is what one upstream was asked for one query.
type Usage struct {
	Upstream string // its name
	Requests int    // also those that an equal request of another query answered, or that were given up before they were sent
	Bytes    int64  // received in answers that could be used, uncompressed; the bound counts the others as well
	// Time is the sum of all requests; requests may run side by side.
	Time time.Duration
}

type meterKey struct{}

// WithMeter makes the calls under the context count. mostBytes bounds what is received from all upstreams together (0:
// nothing does), now is the clock. Close the meter when nothing of the answers is needed any more.
func WithMeter(ctx context.Context, mostBytes int64, now func() time.Time) (context.Context, *Meter) {
	m := &Meter{most: mostBytes, now: now, usage: map[string]*Usage{}, took: map[string]time.Duration{}}
	return context.WithValue(ctx, meterKey{}, m), m
}

// MeterOf is the meter of a context, nil if there is none. A nil meter counts nothing.
func MeterOf(ctx context.Context) *Meter {
	m, _ := ctx.Value(meterKey{}).(*Meter)
	return m
}

// Close gives back to the pool what the query held.
func (m *Meter) Close() {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended = true
	m.books.close()
}

// account is the query's account with a pool: all upstreams of a data source have the same.
func (m *Meter) account(p *Pool) *account {
	if m == nil || p == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.books == nil {
		m.books = p.open()
		m.books.closed = m.ended // nobody else knows it yet
	}
	return m.books
}

// Say keeps something for the users of the query: what an upstream's own limits left out. Each text counts once.
func (m *Meter) Say(text string) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !slices.Contains(m.said, text) {
		m.said = append(m.said, text)
	}
}

// Said is what there is to tell users, sorted.
func (m *Meter) Said() []string {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(slices.Values(m.said))
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

// reserve spends some of the bytes that the query may receive. false: they are spent.
func (m *Meter) reserve(bytes int64) bool {
	if m == nil || m.most <= 0 {
		return true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.spent+bytes > m.most || m.spent == m.most {
		m.spent = m.most // what comes next would not fit either
		return false
	}
	m.spent += bytes
	return true
}

// errTimeOver is why a query's time ended.
var errTimeOver = errors.New("the time for the query is over")

// WithTimeLimit ends the calls under the context after a time, with an error that says so and names the setting.
func WithTimeLimit(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeoutCause(ctx, most, errTimeOver)
	until, _ := ctx.Deadline()
	return context.WithValue(ctx, deadlineKey{}, until), cancel
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
	return NewError(c.name, http.StatusGatewayTimeout, errors.Join(errTimeOver, context.DeadlineExceeded),
		"%s had not answered when the time for the query was over: ask for less, or raise \"Seconds per query\" in the data source's settings.", c.name)
}

func (c *Client) tooMuch(m *Meter, cause error) *Error {
	return NewError(c.name, http.StatusBadGateway, cause,
		"%s answered with more than %s for one query: ask for less (a shorter time range, more filters or a lower limit), or raise \"Megabytes per query\" in the data source's settings.",
		m.askedBeside(c.name), sizeText(m.bound(c.maxBody)))
}

func (c *Client) poolFull() *Error {
	return NewError(c.name, http.StatusServiceUnavailable, errPoolFull,
		"%s's answer does not fit in the %s that all queries of the data source may hold at a time: try again, ask for less, or raise \"limits.instanceMegabytes\" in its settings.",
		c.name, sizeText(c.pool.most))
}

// bound is what one answer may have, and no more than the query may have of all.
func (m *Meter) bound(answer int64) int64 {
	if m == nil || m.most <= 0 {
		return answer
	}
	return min(answer, m.most)
}

// askedBeside names an upstream, and that others have answered too.
func (m *Meter) askedBeside(upstream string) string {
	if m != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, u := range m.usage {
			if u.Upstream != upstream && u.Bytes > 0 {
				return upstream + " and the others"
			}
		}
	}
	return upstream
}
