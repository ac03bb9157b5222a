//go:build integration

package integration

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// searchGate stands before Tempo and notes the searches over gRPC that pass through it.
type searchGate struct {
	url  string
	hold func() // before the first search passes; nil: it passes at once

	mu       sync.Mutex
	messages []string // what each search asked
}

func newSearchGate(t *testing.T, tempo string) *searchGate {
	t.Helper()
	target, err := url.Parse(tempo)
	require.NoError(t, err)
	plain, streamed := httputil.NewSingleHostReverseProxy(target), httputil.NewSingleHostReverseProxy(target)
	onlyHTTP2 := &http.Protocols{}
	onlyHTTP2.SetUnencryptedHTTP2(true)
	streamed.Transport = &http.Transport{Protocols: onlyHTTP2}
	g := &searchGate{}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/Search") {
			plain.ServeHTTP(w, r)
			return
		}
		message, err := io.ReadAll(r.Body)
		if err != nil {
			return // the caller has left
		}
		if g.note(string(message)) == 1 && g.hold != nil {
			g.hold()
		}
		r.Body = io.NopCloser(bytes.NewReader(message))
		streamed.ServeHTTP(w, r)
	}))
	s.Config.Protocols = &http.Protocols{}
	s.Config.Protocols.SetHTTP1(true)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	t.Cleanup(s.Close)
	g.url = s.URL
	return g
}

// note gives how many searches there were since the last take.
func (g *searchGate) note(message string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.messages = append(g.messages, message)
	return len(g.messages)
}

func (g *searchGate) take() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	taken := g.messages
	g.messages = nil
	return taken
}

// searchesUnderWay counts the queries of this process that wait for a streamed search.
func searchesUnderWay(t *testing.T) (n int) {
	t.Helper()
	for _, stack := range strings.Split(ownGoroutines(t), "\n\n") {
		count, _, _ := strings.Cut(strings.TrimSpace(stack), " ") // of the goroutines that are there
		if alike, err := strconv.Atoi(count); err == nil && strings.Contains(stack, "tempo.(*Watched).Search") {
			n += alike
		}
	}
	return n
}

// TestEqualStreamedQueriesAskTempoOnce has two panels with the same query, the second of which comes while the first
// search is under way.
func TestEqualStreamedQueriesAskTempoOnce(t *testing.T) {
	from, to := shared.truth[0].Start.Add(-time.Minute).Truncate(time.Millisecond), time.Now().Truncate(time.Second)
	q := query{"queryType": "flow-runs", "limit": 50}
	gate := newSearchGate(t, shared.Tempo)
	d := streamingDatasource(t, gate.url, "")
	alone := &audience{}
	listen(t.Context(), t, d, from, to, q, alone)
	want := alone.list[len(alone.list)-1]
	require.Equal(t, "Done", want.State, want.Error)
	require.NotContains(t, notices(want.Frames[0]), "not streamed")
	needed := gate.take()
	require.NotEmpty(t, needed)

	gate.hold = func() {
		for end := time.Now().Add(time.Minute); searchesUnderWay(t) < 2 && time.Now().Before(end); {
			time.Sleep(10 * time.Millisecond)
		}
	}
	var panels [2]audience
	var both sync.WaitGroup
	for i := range panels {
		both.Go(func() { listen(t.Context(), t, d, from, to, q, &panels[i]) })
	}
	both.Wait()
	asked, first := gate.take(), 0
	for _, message := range asked {
		if message == needed[0] {
			first++
		}
	}
	require.Equal(t, 1, first, "one search for both")
	require.Less(t, len(asked), 2*len(needed))
	t.Logf("one panel alone needs %d searches, the two together needed %d", len(needed), len(asked))
	for i := range panels {
		got := panels[i].list
		require.Greater(t, len(got), 1, "something was seen on the way")
		require.Equal(t, "Done", got[len(got)-1].State, got[len(got)-1].Error)
		require.JSONEq(t, dataOf(t, want.Frames[0]), dataOf(t, got[len(got)-1].Frames[0]))
		require.Contains(t, notices(got[0].Frames[0]), "Still searching")
	}
}
