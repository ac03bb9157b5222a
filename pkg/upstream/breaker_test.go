package upstream

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func timeoutOf(d time.Duration) func(*Options) {
	return func(o *Options) { o.HTTP.Timeouts = &httpclient.TimeoutOptions{Timeout: d} }
}

// TestHangingServerHoldsNobody: 80 queries would wait for eight slots in turn, a timeout each: ten seconds.
func TestHangingServerHoldsNobody(t *testing.T) {
	var asked atomic.Int32
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer s.Close()
	defer close(release)
	c := client(t, s.URL, timeoutOf(time.Second))
	began := time.Now()
	var all sync.WaitGroup
	messages := make([]string, 80)
	for i := range messages {
		all.Go(func() {
			_, _, err := c.Get(t.Context(), "/a", map[string][]string{"i": {fmt.Sprint(i)}}, "text/plain")
			messages[i] = err.Error()
		})
	}
	all.Wait()
	assert.Less(t, time.Since(began), 6*time.Second)
	assert.LessOrEqual(t, asked.Load(), int32(2*DefaultMaxConcurrent))
	last := get(c)
	require.ErrorIs(t, last, errDown)
	assert.Equal(t, http.StatusGatewayTimeout, last.Status)
	assert.Contains(t, last.Message, "Tempo is not asked for 5s, because 5 requests in a row failed: Tempo at ")
	assert.Contains(t, strings.Join(messages, "\n"), "did not answer in time")

	before := asked.Load()
	ctx, cancel := WithTimeLimit(WithProbe(t.Context()), 50*time.Millisecond)
	defer cancel()
	_, _, err := c.Get(ctx, "/a", nil, "text/plain")
	require.Error(t, err)
	assert.Equal(t, before+1, asked.Load(), "a health check asks all the same")
}

func TestRefusalsDoNotOpenTheBreaker(t *testing.T) {
	for _, status := range []int{400, 401, 404, 422, 500, 504} {
		s := httptest.NewServer(answers(status, "text/plain", "no"))
		c := client(t, s.URL)
		for range 2 * failuresInRow {
			require.NotErrorIs(t, get(c), errDown, status)
		}
		s.Close()
	}
	s := httptest.NewServer(answers(502, "text/plain", "no"))
	defer s.Close()
	c := client(t, s.URL)
	for range failuresInRow {
		require.NotErrorIs(t, get(c), errDown)
	}
	require.ErrorIs(t, get(c), errDown)
}

func TestWaitForASlotIsBounded(t *testing.T) {
	release, reached := make(chan struct{}), make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush() // it answers, slowly: its time is not over
		close(reached)
		<-release
	}))
	defer s.Close()
	defer close(release)
	c := client(t, s.URL, func(o *Options) { o.MaxConcurrent = 1 })
	c.wait = 50 * time.Millisecond
	go func() { _, _, _ = c.Get(t.Context(), "/a", nil, "text/plain") }()
	<-reached
	_, _, err := c.Get(t.Context(), "/b", nil, "text/plain")
	require.ErrorContains(t, err, "Tempo has answered none of the 1 requests of this data source that are under way for 50ms")
}

// refusing refuses a number of requests with a status and then answers.
func refusing(status, times int, header map[string]string, body string) (http.HandlerFunc, *atomic.Int32) {
	var asked atomic.Int32
	return func(w http.ResponseWriter, r *http.Request) {
		if int(asked.Add(1)) > times {
			_, _ = io.Copy(w, r.Body)
			return
		}
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}, &asked
}

func TestBusyServerIsAskedOnceMore(t *testing.T) {
	for name, tt := range map[string]struct {
		status, times int
		header        map[string]string
		body          string
		asked         int32
		ok            bool
	}{
		"429":                    {429, 1, map[string]string{"Retry-After": "0"}, "", 2, true},
		"503":                    {503, 1, map[string]string{"Retry-After": "1"}, "", 2, true},
		"429 twice":              {429, 2, map[string]string{"Retry-After": "0"}, "", 2, false},
		"no time said":           {429, 1, nil, "", 2, true},
		"a date":                 {503, 1, map[string]string{"Retry-After": time.Now().UTC().Format(http.TimeFormat)}, "", 2, true},
		"too late":               {429, 1, map[string]string{"Retry-After": "3600"}, "", 1, false},
		"a query took too long":  {503, 1, nil, `{"status":"error","errorType":"timeout"}`, 1, false},
		"no sense in it":         {500, 1, nil, "", 1, false},
		"a number beyond number": {429, 1, map[string]string{"Retry-After": "99999999999999999999"}, "", 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			handler, asked := refusing(tt.status, tt.times, tt.header, tt.body)
			s := httptest.NewServer(handler)
			defer s.Close()
			c := client(t, s.URL)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, strings.NewReader("query=up"))
			require.NoError(t, err)
			_, body, err := c.Do(t.Context(), req)
			assert.Equal(t, tt.asked, asked.Load())
			if tt.ok {
				require.NoError(t, err)
				assert.Equal(t, "query=up", string(body))
			} else {
				require.Error(t, err)
				require.NotNil(t, AsError(err))
			}
		})
	}
}

func TestBusyServerIsNotAskedAfterTheDeadline(t *testing.T) {
	handler, asked := refusing(429, 1, map[string]string{"Retry-After": "10"}, "")
	s := httptest.NewServer(handler)
	defer s.Close()
	c := client(t, s.URL)
	ctx, cancel := WithTimeLimit(t.Context(), 5*time.Second)
	defer cancel()
	began := time.Now()
	_, _, err := c.Get(ctx, "/a", nil, "text/plain")
	require.ErrorContains(t, err, "status 429")
	assert.Equal(t, int32(1), asked.Load())
	assert.Less(t, time.Since(began), 4*time.Second, "it is known at once that there is no time")
}

func TestRefusedCredentialsAreNotTriedAgain(t *testing.T) {
	var asked atomic.Int32
	ctx, _, c := metered(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusForbidden)
	}, 0)
	for i := range 12 {
		_, _, err := c.Get(ctx, "/a", map[string][]string{"part": {fmt.Sprint(i)}}, "text/plain")
		require.ErrorContains(t, err, "Tempo refused the credentials (status 403)")
	}
	assert.Equal(t, int32(1), asked.Load())
	_, _, err := c.Get(ctx, "/b", nil, "text/plain")
	require.Error(t, err)
	assert.Equal(t, int32(2), asked.Load(), "another endpoint may be allowed")
}
