package spanmetrics

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBaselinesAreKeptForAMinute(t *testing.T) {
	c, now := NewBaselineCache(), time.Unix(1000, 0)
	c.put("a", Baselines{Source: SourceNone}, 1, now)
	_, ok := c.get("a", now.Add(59*time.Second))
	assert.True(t, ok)
	_, ok = c.get("b", now)
	assert.False(t, ok)
	_, ok = c.get("a", now.Add(time.Minute))
	assert.False(t, ok)
	assert.Zero(t, c.steps)
	assert.Empty(t, c.entries)
}

func TestKeptBaselinesAreBounded(t *testing.T) {
	c, now := NewBaselineCache(), time.Unix(1000, 0)
	c.put("huge", Baselines{}, mostKept+1, now)
	assert.Empty(t, c.entries)
	for i := range 10 {
		c.put(fmt.Sprint(i), Baselines{}, mostKept/4, now)
		c.put(fmt.Sprint(i), Baselines{}, mostKept/4, now) // again: counts once
		assert.LessOrEqual(t, c.steps, mostKept)
	}
	assert.Len(t, c.entries, 4)
	_, ok := c.get("9", now)
	assert.True(t, ok, "the newest stay")
	_, ok = c.get("0", now)
	assert.False(t, ok)
}

func TestCacheKeys(t *testing.T) {
	at := time.Unix(600, 0)
	keys := []Key{{"w", "f/a", "x", false}, {"w", "f/b", "y", false}}
	same := BaselineRequest{keys, time.Hour, at}.cacheKey()
	assert.Equal(t, same, BaselineRequest{[]Key{keys[1], keys[0]}, time.Hour, at.Add(59 * time.Second)}.cacheKey())
	for _, other := range []BaselineRequest{
		{keys, time.Hour, at.Add(time.Minute)}, {keys, 2 * time.Hour, at}, {keys[:1], time.Hour, at}, {[]Key{{"w", "f/a", "xw", false}, {"", "f/b", "y", false}}, time.Hour, at},
	} {
		assert.NotEqual(t, same, other.cacheKey())
	}
}

// With OAuth pass-through each user sees only what that user may see.
func TestBaselinesOfUsersAreNotKept(t *testing.T) {
	for _, perUser := range []bool{false, true} {
		var asked atomic.Int32
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			_, _ = w.Write([]byte(`{"status":"success","data":[]}`))
		}))
		t.Cleanup(s.Close)
		up, err := upstream.New(upstream.Options{Name: "Prometheus", URL: s.URL, HTTP: httpclient.Options{ForwardHTTPHeaders: perUser}})
		require.NoError(t, err)
		c := New(up, 0)
		r := BaselineRequest{[]Key{{"w", "f/a", "x", false}}, time.Hour, time.Unix(7200, 0)}
		_, err = c.Baselines(context.Background(), r)
		require.NoError(t, err)
		once := asked.Load()
		require.Positive(t, once)
		_, err = c.Baselines(context.Background(), r)
		require.NoError(t, err)
		if perUser {
			assert.Greater(t, asked.Load(), once)
		} else {
			assert.Equal(t, once, asked.Load())
		}
	}
}
