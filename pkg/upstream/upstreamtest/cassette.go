// Package upstreamtest helps tests with answers that were recorded from real servers.
package upstreamtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
)

// Cassette is what a real server has answered.
type Cassette struct {
	Server  string    `json:"server"` // product, version and configuration
	At      time.Time `json:"at"`     // when it was recorded: requests depend on it
	Answers []Answer  `json:"answers"`
}

// Answer is one answer, and the request that it answers.
type Answer struct {
	Request string `json:"request"` // method, path, query and form
	Status  int    `json:"status"`
	Type    string `json:"type"`
	Text    string `json:"text,omitempty"`  // body, if it is JSON or plain text
	Bytes   []byte `json:"bytes,omitempty"` // body, if it is protobuf
}

// Load reads a cassette.
func Load(t testing.TB, raw []byte) *Cassette {
	t.Helper()
	c := &Cassette{}
	if err := json.Unmarshal(raw, c); err != nil {
		t.Fatalf("cassette: %v", err)
	}
	return c
}

// Replay serves the recorded answers. A request that was not recorded fails the test.
func (c *Cassette) Replay(t testing.TB) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := requestText(r)
		i := slices.IndexFunc(c.Answers, func(a Answer) bool { return a.Request == key })
		if i < 0 {
			t.Errorf("not recorded: %s", key)
			http.Error(w, "not recorded", http.StatusTeapot)
			return
		}
		a := c.Answers[i]
		w.Header().Set("Content-Type", a.Type)
		w.WriteHeader(a.Status)
		_, _ = w.Write(append([]byte(a.Text), a.Bytes...))
	}))
	t.Cleanup(s.Close)
	return s
}

// Record passes requests on to a real server and keeps the answers in the cassette.
func (c *Cassette) Record(t testing.TB, target string) *httptest.Server {
	t.Helper()
	var mu sync.Mutex
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := requestText(r) // parses the form, so the body is written anew
		req, err := http.NewRequestWithContext(r.Context(), r.Method, target+r.URL.RequestURI(), strings.NewReader(r.PostForm.Encode()))
		if err != nil {
			t.Error(err)
			return
		}
		for _, h := range []string{"Accept", "Content-Type"} {
			req.Header.Set(h, r.Header.Get(h))
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Error(err)
			return
		}
		a := Answer{Request: key, Status: resp.StatusCode, Type: resp.Header.Get("Content-Type")}
		if strings.Contains(a.Type, "protobuf") {
			a.Bytes = body
		} else {
			a.Text = string(body)
		}
		mu.Lock()
		if !slices.ContainsFunc(c.Answers, func(b Answer) bool { return b.Request == key }) {
			c.Answers = append(c.Answers, a)
		}
		mu.Unlock()
		w.Header().Set("Content-Type", a.Type)
		w.WriteHeader(a.Status)
		_, _ = w.Write(body)
	}))
	t.Cleanup(s.Close)
	return s
}

// JSON is the cassette as it is stored.
func (c *Cassette) JSON(t testing.TB) []byte {
	t.Helper()
	slices.SortFunc(c.Answers, func(a, b Answer) int { return strings.Compare(a.Request, b.Request) })
	raw, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return append(raw, '\n')
}

func requestText(r *http.Request) string {
	if err := r.ParseForm(); err != nil {
		return "bad form: " + err.Error()
	}
	return fmt.Sprintf("%s %s?%s", r.Method, r.URL.Path, r.Form.Encode())
}

// Client makes a client of a test server.
func Client(t testing.TB, name string, s *httptest.Server) *upstream.Client {
	t.Helper()
	c, err := upstream.New(upstream.Options{Name: name, URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
