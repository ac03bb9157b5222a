package upstream

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// taking claims bytes in a goroutine of its own and gives the outcome.
func taking(ctx context.Context, a *account, bytes int64) <-chan error {
	out := make(chan error, 1)
	go func() { out <- a.take(ctx, bytes) }()
	return out
}

func (p *Pool) waiters() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.waiting)
}

func TestPoolServesWhoHoldsBeforeWhoComes(t *testing.T) {
	p := NewPool(10)
	first, second, third := p.open(), p.open(), p.open()
	for _, a := range []*account{first, second, third} {
		a.change(1, 0)
	}
	require.NoError(t, first.take(t.Context(), 4))
	require.NoError(t, second.take(t.Context(), 5))
	comes := taking(t.Context(), third, 3)
	require.Eventually(t, func() bool { return p.waiters() == 1 }, time.Second*20, time.Millisecond)
	holds := taking(t.Context(), second, 4)
	require.Eventually(t, func() bool { return p.waiters() == 2 }, time.Second*20, time.Millisecond)
	first.change(-1, 0)
	first.close()
	require.NoError(t, <-holds)
	select {
	case err := <-comes:
		t.Fatalf("there was no room: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	second.change(-1, 0)
	second.close()
	require.NoError(t, <-comes)
	third.change(-1, 0)
	third.close()
	assert.Zero(t, p.Held())
}

func TestPoolRefusesTheLatestWhenAllWaitForEachOther(t *testing.T) {
	p := NewPool(10)
	first, second := p.open(), p.open()
	first.change(2, 1) // a call of it waits for another query's
	second.change(1, 0)
	require.NoError(t, first.take(t.Context(), 5))
	require.NoError(t, second.take(t.Context(), 5))
	one := taking(t.Context(), first, 5)
	require.Eventually(t, func() bool { return p.waiters() == 1 }, time.Second*20, time.Millisecond)
	require.ErrorIs(t, second.take(t.Context(), 1), errPoolFull)
	second.close()
	second.change(-1, 0)
	require.NoError(t, <-one)
	require.ErrorIs(t, first.take(t.Context(), 1), errPoolFull, "nobody else could free anything")
	require.ErrorIs(t, NewPool(10).open().take(t.Context(), 11), errPoolFull)
}

func TestPoolWaitEndsWithTheContext(t *testing.T) {
	p := NewPool(10)
	first, second := p.open(), p.open()
	first.change(1, 0)
	require.NoError(t, first.take(t.Context(), 10))
	ctx, cancel := context.WithCancel(t.Context())
	wait := taking(ctx, second, 1)
	require.Eventually(t, func() bool { return p.waiters() == 1 }, time.Second*20, time.Millisecond)
	cancel()
	require.ErrorIs(t, <-wait, context.Canceled)
	assert.Zero(t, p.waiters())
}

// asking makes a client with a pool on a server.
func asking(t *testing.T, pool *Pool, handler http.HandlerFunc) *Client {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	c, err := New(Options{Name: "Tempo", URL: s.URL, Pool: pool})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func TestParallelCallsShareOneBudget(t *testing.T) {
	var sent atomic.Int64
	c := asking(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/fails" {
			w.WriteHeader(http.StatusInternalServerError)
		}
		n, _ := io.WriteString(w, strings.Repeat("a", 1000))
		sent.Add(int64(n))
	})
	ctx, m := WithMeter(t.Context(), 4500, time.Now)
	var ok atomic.Int32
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if _, _, err := c.Get(ctx, "/a", map[string][]string{"i": {string(rune('a' + i))}}, "text/plain"); err == nil {
				ok.Add(1)
			}
		})
	}
	all.Wait()
	assert.LessOrEqual(t, ok.Load(), int32(4))
	before := sent.Load()
	_, _, err := c.Get(ctx, "/more", nil, "text/plain")
	require.ErrorContains(t, err, "Tempo answered with more than 4500 bytes for one query")
	assert.Equal(t, before, sent.Load(), "nothing is asked when nothing may be received")
	require.NotNil(t, m)

	ctx, m = WithMeter(t.Context(), 1500, time.Now)
	_, _, err = c.Get(ctx, "/fails", nil, "text/plain")
	require.ErrorContains(t, err, "status 500")
	assert.Equal(t, int64(1000), m.spent)
	_, _, err = c.Get(ctx, "/a", nil, "text/plain")
	require.ErrorContains(t, err, "Tempo answered with more than", "what failed counts")
}

func TestQueriesWaitForEachOthersMemory(t *testing.T) {
	pool := NewPool(1500)
	c := asking(t, pool, thousand)
	one, first := WithMeter(t.Context(), 0, time.Now)
	_, _, err := c.Get(one, "/a", nil, "text/plain")
	require.NoError(t, err)
	assert.Equal(t, int64(1000), pool.Held())
	done := make(chan error, 1)
	go func() {
		two, second := WithMeter(t.Context(), 0, time.Now)
		defer second.Close()
		_, _, err := c.Get(two, "/b", nil, "text/plain")
		done <- err
	}()
	require.Eventually(t, func() bool { return pool.waiters() == 1 }, time.Second*20, time.Millisecond)
	first.Close()
	require.NoError(t, <-done)
	require.Eventually(t, func() bool { return pool.Held() == 0 }, time.Second*20, time.Millisecond)

	large := asking(t, NewPool(500), thousand)
	_, _, err = large.Get(t.Context(), "/a", nil, "text/plain")
	require.ErrorContains(t, err, "does not fit in the 500 bytes that all queries of the data source may hold")
	assert.Zero(t, large.pool.Held(), "what failed is given back, without a meter too")
}

func TestGzipBombIsBounded(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusBadGateway} {
		c := asking(t, nil, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.WriteHeader(status)
			z := gzip.NewWriter(w)
			for range 500 {
				if _, err := z.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
			_ = z.Close()
		})
		ctx, m := WithMeter(t.Context(), 8<<20, time.Now)
		resp, received, err := c.call(ctx, request(t, c), func(resp *http.Response, b *body) error {
			_, err := c.readAll(b, b)
			return err
		})
		assert.LessOrEqual(t, received, int64(8<<20+readStep))
		if status == http.StatusOK {
			require.ErrorContains(t, err, "Tempo answered with more than 8 MB")
			assert.Equal(t, m.most, m.spent)
		} else {
			require.NoError(t, err)
			assert.Equal(t, status, resp.StatusCode)
			assert.Equal(t, int64(longestRefusal), m.spent)
		}
	}
}

func request(t *testing.T, c *Client) *http.Request {
	t.Helper()
	req, err := c.get(t.Context(), "/a", nil, "text/plain")
	require.NoError(t, err)
	return req
}

func TestJSONIsWeighed(t *testing.T) {
	for text, want := range map[string]int64{`{}`: 2, `[1,2,3]`: 4, `{"a\"],[[":"[,","b":[{}]}`: 5, `"`: 1, `"\`: 1} {
		values, err := countJSON([]byte(text))
		require.NoError(t, err)
		assert.Equal(t, want, values, text)
	}
	_, err := countJSON([]byte(strings.Repeat("[", 100)))
	require.ErrorIs(t, err, errTooDeep)

	body := `[` + strings.Repeat(`[],`, 1<<20) + `[]]` // 3 MB, which become more than 64 MB
	ctx, m, c := metered(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }, 32<<20)
	_, _, err = c.Get(ctx, "/a", nil, "application/json")
	require.ErrorContains(t, err, "Tempo answered with more than 32 MB for one query")
	assert.Equal(t, m.most, m.spent)
}
