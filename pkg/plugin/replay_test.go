package plugin

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// exchange is one recorded question to an upstream and its answer.
type exchange struct {
	Upstream    string `json:"upstream"`
	Path        string `json:"path"`
	Query       string `json:"query"` // arguments of URL or form, decoded, sorted
	Status      int    `json:"status"`
	ContentType string `json:"contentType"`
	Body        string `json:"body,omitempty"`
	Base64      string `json:"base64,omitempty"` // for a body that is no text
}

func (e exchange) key() string { return e.Upstream + " " + e.Path + "?" + e.Query }

// upstreams answers for Tempo, Prometheus and Loki: from a recording, or, while recording, by asking the real ones.
type upstreams struct {
	t    *testing.T
	live map[string]string // name -> URL; nil: replay

	mu        sync.Mutex
	exchanges map[string]exchange
}

func loadUpstreams(t *testing.T, dir string) *upstreams {
	u := &upstreams{t: t, exchanges: map[string]exchange{}}
	raw, err := os.ReadFile(filepath.Join(dir, "upstream.json"))
	if os.IsNotExist(err) {
		return u
	}
	require.NoError(t, err)
	var list []exchange
	require.NoError(t, json.Unmarshal(raw, &list))
	for _, e := range list {
		u.exchanges[e.key()] = e
	}
	return u
}

func (u *upstreams) save(dir string) {
	list := make([]exchange, 0, len(u.exchanges))
	for _, e := range u.exchanges {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b exchange) int { return strings.Compare(a.key(), b.key()) })
	raw, err := json.MarshalIndent(list, "", " ")
	require.NoError(u.t, err)
	require.NoError(u.t, os.WriteFile(filepath.Join(dir, "upstream.json"), append(raw, '\n'), 0o644))
}

// start serves one upstream and gives its URL.
func (u *upstreams) start(name string) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		args := r.URL.Query()
		form, _ := url.ParseQuery(string(body))
		for k, v := range form {
			args[k] = append(args[k], v...)
		}
		e := exchange{Upstream: name, Path: r.URL.Path, Query: readable(args)}
		if u.live != nil {
			e = u.ask(e, r, body)
		} else {
			u.mu.Lock()
			recorded, ok := u.exchanges[e.key()]
			u.mu.Unlock()
			if !ok {
				u.t.Errorf("not recorded: %s", e.key())
				http.Error(w, "not recorded", http.StatusNotImplemented)
				return
			}
			e = recorded
		}
		w.Header().Set("Content-Type", e.ContentType)
		w.WriteHeader(e.Status)
		out := []byte(e.Body)
		if e.Base64 != "" {
			out, _ = base64.StdEncoding.DecodeString(e.Base64)
		}
		_, _ = w.Write(out)
	}))
	u.t.Cleanup(s.Close)
	return s.URL
}

func (u *upstreams) ask(e exchange, r *http.Request, body []byte) exchange {
	req, err := http.NewRequest(r.Method, u.live[e.Upstream]+r.URL.RequestURI(), bytes.NewReader(body))
	require.NoError(u.t, err)
	for _, h := range []string{"Accept", "Content-Type"} {
		req.Header.Set(h, r.Header.Get(h))
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(u.t, err)
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	require.NoError(u.t, err)
	e.Status, e.ContentType = res.StatusCode, res.Header.Get("Content-Type")
	if utf8.Valid(out) && !strings.Contains(e.ContentType, "protobuf") {
		e.Body = string(out)
	} else {
		e.Base64 = base64.StdEncoding.EncodeToString(out)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.exchanges[e.key()] = e
	return e
}

func readable(args url.Values) string {
	var parts []string
	for k, list := range args {
		for _, v := range list {
			parts = append(parts, fmt.Sprintf("%s=%s", k, v))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "&")
}
