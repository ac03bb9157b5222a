package upstream

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ticking is a clock that moves on by a second each time that it is looked at.
func ticking() func() time.Time {
	at := time.Unix(0, 0)
	return func() time.Time {
		at = at.Add(time.Second)
		return at
	}
}

func metered(t *testing.T, handler http.HandlerFunc, most int64) (context.Context, *Meter, *Client) {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	c, err := New(Options{Name: "Tempo", URL: s.URL, MaxBody: most})
	require.NoError(t, err)
	ctx, m := WithMeter(t.Context(), most, ticking())
	return ctx, m, c
}

func thousand(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, strings.Repeat("a", 1000))
}

func TestMeterCounts(t *testing.T) {
	ctx, m, c := metered(t, thousand, 0)
	_, _, err := c.Get(ctx, "/a", nil, "text/plain")
	require.NoError(t, err)
	value, err := c.Decode(ctx, "/b", map[string][]string{"query": {"up"}}, "text/plain", "text", func(r io.Reader) (any, error) {
		all, err := io.ReadAll(r)
		return len(all), err
	})
	require.NoError(t, err)
	assert.Equal(t, 1000, value)
	usage := m.Usage()
	require.Len(t, usage, 1)
	assert.Equal(t, Usage{"Tempo", 2, 2000, usage[0].Time}, usage[0])
	assert.Positive(t, usage[0].Time)
	assert.Positive(t, m.Took("up"))
	assert.Zero(t, m.Took("down"))
}

func TestMeterBoundsBytes(t *testing.T) {
	ctx, m, c := metered(t, thousand, 1500)
	_, _, err := c.Get(ctx, "/a", nil, "text/plain")
	require.NoError(t, err)
	_, _, err = c.Get(ctx, "/b", nil, "text/plain")
	require.ErrorContains(t, err, `Tempo answered with more than 1500 bytes for one query`)
	require.ErrorContains(t, err, `"Megabytes per query"`)
	_, _, err = c.Get(ctx, "/c", nil, "text/plain")
	require.Error(t, err)
	assert.Equal(t, 3, m.Usage()[0].Requests)
}

func TestTimeLimitIsSaid(t *testing.T) {
	release := make(chan struct{})
	ctx, _, c := metered(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}, 0)
	defer close(release)
	ctx, cancel := WithTimeLimit(ctx, 10*time.Millisecond)
	defer cancel()
	_, _, err := c.Get(ctx, "/a", nil, "text/plain")
	require.ErrorContains(t, err, `when the time for the query was over`)
	assert.Equal(t, http.StatusGatewayTimeout, AsError(err).Status)
	assert.True(t, TimeOver(ctx))
}

// The work for a query that hangs in its upstream stops when the query is given up.
func TestCancelStopsAHangingUpstream(t *testing.T) {
	reached, gone := make(chan struct{}), make(chan struct{})
	ctx, _, c := metered(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"traces":[`)
		w.(http.Flusher).Flush()
		close(reached)
		<-r.Context().Done()
		close(gone)
	}, 0)
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		<-reached
		cancel()
	}()
	began := time.Now()
	_, err := c.Decode(ctx, "/a", nil, "application/json", "text", func(r io.Reader) (any, error) { return io.ReadAll(r) })
	require.ErrorContains(t, err, "the request was cancelled")
	select {
	case <-gone:
	case <-time.After(20 * time.Second):
		t.Fatal("the upstream is still asked")
	}
	assert.Less(t, time.Since(began), 20*time.Second)
}

func TestDecodeRefusesPagesAndNonsense(t *testing.T) {
	for text, want := range map[string]string{
		"<html>login</html>": "answered with a page of HTML",
		"nonsense":           "answered with something that is no list",
	} {
		ctx, _, c := metered(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }, 0)
		_, err := c.Decode(ctx, "/a", nil, "application/json", "list", func(r io.Reader) (any, error) {
			_, _ = io.ReadAll(r)
			return nil, io.ErrUnexpectedEOF
		})
		require.ErrorContains(t, err, want)
	}
}
