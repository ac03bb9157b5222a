package workbench

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestStreamReachesThePlugin(t *testing.T) {
	url := startEcho(t) + "/api/live/workbench/flow-steps/"
	status, text := call(t, http.MethodPost, url+"a/channel", `{"query":1}`, nil)
	require.Equal(t, http.StatusOK, status)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	require.Len(t, lines, 3)
	require.Equal(t, "{}", lines[0], "accepted")
	require.JSONEq(t, `{"path":"a/channel","data":{"query":1},"uid":"flow-steps"}`, lines[1])
	require.JSONEq(t, `{"end":true}`, lines[2])
}

func TestStreamIsRefused(t *testing.T) {
	url := startEcho(t) + "/api/live/workbench/"
	for path, want := range map[string]int{
		"flow-steps/secret": http.StatusForbidden, "flow-steps/missing": http.StatusNotFound, "nobody/a": http.StatusNotFound,
	} {
		status, text := call(t, http.MethodPost, url+path, `{}`, nil)
		require.Equal(t, want, status, text)
		require.Contains(t, text, "message")
	}
}

// TestStreamEndsWithItsSubscriber reads from a stream that would not end, and leaves.
func TestStreamEndsWithItsSubscriber(t *testing.T) {
	binary, err := builds["echo"]()
	require.NoError(t, err)
	options := layout(t, binary)
	log := &safeText{}
	options.Stderr = log
	url := start(t, options) + "/api/live/workbench/flow-steps/endless/channel"

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("{}"))
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	reader := bufio.NewReader(response.Body)
	for range 2 {
		_, err = reader.ReadString('\n')
		require.NoError(t, err, "packets come while the stream is open")
	}
	cancel()
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "the subscriber left") }, 10*time.Second, 20*time.Millisecond)
}

// safeText collects what is written.
type safeText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *safeText) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *safeText) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}
