package upstream

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// gate is a server that holds requests back until it is opened.
type gate struct {
	*httptest.Server
	arrived, cancelled, running, most atomic.Int32
	open                              chan struct{}
}

func newGate(t *testing.T) *gate {
	g := &gate{open: make(chan struct{})}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.arrived.Add(1)
		n := g.running.Add(1)
		for old := g.most.Load(); n > old && !g.most.CompareAndSwap(old, n); old = g.most.Load() {
		}
		defer g.running.Add(-1)
		select {
		case <-g.open:
			_, _ = fmt.Fprint(w, `{"path":"`+r.URL.Path+`"}`)
		case <-r.Context().Done():
			g.cancelled.Add(1)
		}
	}))
	t.Cleanup(g.Close)
	return g
}

func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, 20*time.Second, 2*time.Millisecond)
}

func (s *sharing) waiting() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.flights {
		n += f.waiters
	}
	return n
}

func TestEqualRequestsAreOneCall(t *testing.T) {
	g := newGate(t)
	c := client(t, g.URL)
	first, cancelFirst := context.WithCancel(context.Background())
	errs := make(chan error, 1)
	go func() {
		_, _, err := c.Get(first, "/a", nil, "*/*")
		errs <- err
	}()
	eventually(t, func() bool { return g.arrived.Load() == 1 })
	var wg sync.WaitGroup
	bodies := make([]string, 5)
	for i := range bodies {
		wg.Go(func() {
			_, body, err := c.Get(context.Background(), "/a", nil, "*/*")
			assert.NoError(t, err)
			bodies[i] = string(body)
		})
	}
	eventually(t, func() bool { return c.share.waiting() == 6 })
	cancelFirst()
	assert.ErrorIs(t, <-errs, context.Canceled, "the first caller goes at once")
	close(g.open)
	wg.Wait()
	for _, b := range bodies {
		assert.Equal(t, `{"path":"/a"}`, b, "the others get their answer")
	}
	assert.EqualValues(t, 1, g.arrived.Load())
	assert.Empty(t, c.share.flights)
	_, _, err := c.Get(context.Background(), "/a", nil, "*/*")
	require.NoError(t, err)
	assert.EqualValues(t, 2, g.arrived.Load(), "nothing is kept")
}

func TestCallIsCancelledWithItsLastCaller(t *testing.T) {
	g := newGate(t)
	c := client(t, g.URL)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			_, _, err := c.Get(ctx, "/a", nil, "*/*")
			assert.ErrorIs(t, err, context.Canceled)
		})
	}
	eventually(t, func() bool { return c.share.waiting() == 3 && g.arrived.Load() == 1 })
	cancel()
	wg.Wait()
	eventually(t, func() bool { return g.cancelled.Load() == 1 })
	close(g.open)
	_, _, err := c.Get(context.Background(), "/a", nil, "*/*")
	assert.NoError(t, err, "a new caller starts a new call")
}

func TestNothingIsAskedForAQueryThatWasGivenUp(t *testing.T) {
	g := newGate(t)
	c := client(t, g.URL)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := c.Get(ctx, "/a", nil, "*/*")
	require.ErrorIs(t, err, context.Canceled)
	_, err = c.Decode(ctx, "/b", nil, "*/*", "text", func(io.Reader) (any, error) { return nil, nil })
	require.ErrorIs(t, err, context.Canceled)
	assert.Zero(t, g.arrived.Load())
}

func TestDifferentRequestsAreNotShared(t *testing.T) {
	g := newGate(t)
	close(g.open)
	c := client(t, g.URL)
	key := func(method, path, form, accept string) string {
		req, err := http.NewRequest(method, g.URL+path, strings.NewReader(form))
		require.NoError(t, err)
		req.Header.Set("Accept", accept)
		k := requestKey(req)
		require.NotEmpty(t, k)
		return k
	}
	keys := map[string]bool{}
	for _, k := range []string{
		key("POST", "/q", "query=a", "x"), key("POST", "/q", "query=b", "x"), key("POST", "/r", "query=a", "x"),
		key("PUT", "/q", "query=a", "x"), key("POST", "/q", "query=a", "y"), key("POST", "/q?query=a", "", "x"),
	} {
		keys[k] = true
	}
	assert.Len(t, keys, 6)
	assert.Equal(t, key("POST", "/q", "a", "x"), key("POST", "/q", "a", "x"))

	perUser := client(t, g.URL, func(o *Options) { o.HTTP.ForwardHTTPHeaders = true })
	assert.True(t, perUser.PerUser())
	assert.False(t, c.PerUser())
}

func TestConcurrentCallsAreBounded(t *testing.T) {
	g := newGate(t)
	c := client(t, g.URL, func(o *Options) { o.MaxConcurrent = 3 })
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			_, _, err := c.Get(context.Background(), "/", url.Values{"i": {fmt.Sprint(i)}}, "*/*")
			assert.NoError(t, err)
		})
	}
	eventually(t, func() bool { return g.running.Load() == 3 })
	time.Sleep(20 * time.Millisecond)
	close(g.open)
	wg.Wait()
	assert.EqualValues(t, 3, g.most.Load())
	assert.EqualValues(t, 12, g.arrived.Load())
}

// Queries of several panels come with contexts of their own: one that is given up leaves the others their answer, which
// is decoded once.
func TestDecodedAnswersAreShared(t *testing.T) {
	g := newGate(t)
	c, err := New(Options{Name: "Tempo", URL: g.URL})
	require.NoError(t, err)
	var decoded atomic.Int32
	ask := func(ctx context.Context) (any, error) {
		return c.Decode(ctx, "/a", nil, "application/json", "text", func(r io.Reader) (any, error) {
			decoded.Add(1)
			return io.ReadAll(r)
		})
	}
	given, giveUp := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		_, err := ask(given)
		assert.ErrorContains(t, err, "cancelled")
	})
	eventually(t, func() bool { return g.arrived.Load() == 1 })
	for range 3 {
		all.Go(func() {
			text, err := ask(t.Context())
			assert.NoError(t, err)
			assert.Equal(t, []byte(`{"path":"/a"}`), text)
		})
	}
	eventually(t, func() bool { return c.share.waiting() == 4 })
	giveUp()
	eventually(t, func() bool { return c.share.waiting() == 3 })
	close(g.open)
	all.Wait()
	assert.EqualValues(t, 1, g.arrived.Load())
	assert.EqualValues(t, 1, decoded.Load())
}

// What is too large for what one query may still receive is not too large for another.
func TestBoundsOfQueriesAreApart(t *testing.T) {
	g := newGate(t)
	c, err := New(Options{Name: "Tempo", URL: g.URL, MaxBody: 100})
	require.NoError(t, err)
	small, _ := WithMeter(t.Context(), 5, time.Now)
	large, _ := WithMeter(t.Context(), 100, time.Now)
	var all sync.WaitGroup
	all.Go(func() {
		_, _, err := c.Get(small, "/a", nil, "text/plain")
		assert.ErrorContains(t, err, "Megabytes per query")
	})
	eventually(t, func() bool { return g.arrived.Load() == 1 })
	all.Go(func() {
		_, _, err := c.Get(large, "/a", nil, "text/plain")
		assert.NoError(t, err)
	})
	eventually(t, func() bool { return c.share.waiting() == 2 })
	close(g.open)
	all.Wait()
}

func TestPanicOfACallIsAnError(t *testing.T) {
	s := newSharing()
	_, err := s.do(context.Background(), "k", func(context.Context, *parts) answer { panic("oh") }, nil)
	var bug *group.Panic
	assert.ErrorAs(t, err, &bug)
	assert.Empty(t, s.flights)
	c := client(t, "http://host")
	e := c.failed(context.Background(), err)
	assert.Equal(t, "plugin", e.Source.String())
	assert.Equal(t, http.StatusInternalServerError, e.Status)
}

func TestURL(t *testing.T) {
	c := client(t, "http://host:3200/tempo")
	assert.Equal(t, "http://host:3200/tempo/api/v1/label/a%2Fb/values", c.URL("/api/v1/label/:name/values", map[string]string{"name": "a/b"}).String())
}
