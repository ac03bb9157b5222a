package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"time"
)

// call is one request that passed through a recorder.
type call struct {
	target     string // the upstream's URL
	method     string
	uri        string
	header     http.Header
	body       []byte
	start, end time.Time
}

// recorder stands between the plugin and its upstreams and notes what passes through.
type recorder struct {
	mu      sync.Mutex
	calls   []call
	servers []*httptest.Server
}

func (r *recorder) close() {
	for _, s := range r.servers {
		s.CloseClientConnections()
		s.Close()
	}
}

// before gives the URL at which the recorder stands for an upstream.
func (r *recorder) before(target string) (string, error) {
	u, err := url.Parse(target)
	if err != nil {
		return "", err
	}
	proxy := httputil.NewSingleHostReverseProxy(u)
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		req.Body = io.NopCloser(bytes.NewReader(body))
		c := call{target: target, method: req.Method, uri: req.URL.RequestURI(), header: req.Header.Clone(), body: body, start: time.Now()}
		defer func() {
			c.end = time.Now()
			r.mu.Lock()
			defer r.mu.Unlock()
			r.calls = append(r.calls, c)
		}()
		proxy.ServeHTTP(w, req)
	}))
	r.servers = append(r.servers, s)
	return s.URL, nil
}

// take gives the calls since the last take, by start.
func (r *recorder) take() []call {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls := r.calls
	r.calls = nil
	slices.SortFunc(calls, func(a, b call) int { return a.start.Compare(b.start) })
	return calls
}

// replay sends recorded calls again, straight to the upstreams and with plain HTTP: one that began after others had
// ended waits for those again, and as many as then are under way at a time. It gives the time that all of them take.
func replay(ctx context.Context, calls []call) (time.Duration, error) {
	began := time.Now()
	done := make([]chan struct{}, len(calls))
	errs := make([]error, len(calls))
	slots := make(chan struct{}, most(calls))
	for i, c := range calls {
		done[i] = make(chan struct{})
		go func() {
			defer close(done[i])
			for j, before := range calls {
				if before.end.Before(c.start) {
					<-done[j]
				}
			}
			slots <- struct{}{}
			errs[i] = c.send(ctx)
			<-slots
		}()
	}
	for _, d := range done {
		<-d
	}
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return time.Since(began), nil
}

// most is how many calls were under way at a time.
func most(calls []call) int {
	highest := 1
	for _, c := range calls {
		n := 0
		for _, other := range calls {
			if !other.start.After(c.start) && other.end.After(c.start) {
				n++
			}
		}
		highest = max(highest, n)
	}
	return highest
}

// plain keeps its connections as the plugin's client does: to make new ones is no part of asking.
var plain = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}}

func (c call) send(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, c.method, c.target+c.uri, bytes.NewReader(c.body))
	if err != nil {
		return err
	}
	req.Header = c.header
	res, err := plain.Do(req)
	var long *url.Error
	if errors.As(err, &long) {
		return fmt.Errorf("%s%s: %w", c.target, req.URL.Path, long.Err) // the whole URL is tens of kilobytes
	}
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, res.Body)
	if err == nil && res.StatusCode >= http.StatusInternalServerError {
		err = fmt.Errorf("%s%s answered %s", c.target, req.URL.Path, res.Status)
	}
	return err
}
