package upstream

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func client(t *testing.T, url string, change ...func(*Options)) *Client {
	t.Helper()
	o := Options{Name: "Tempo", URL: url}
	for _, f := range change {
		f(&o)
	}
	c, err := New(o)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func get(c *Client) *Error {
	_, _, err := c.Get(context.Background(), "/api/x", nil, "application/json")
	return AsError(err)
}

func answers(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func TestRefusals(t *testing.T) {
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		status  int
		message string
	}{
		"401":       {answers(401, "text/plain", "no"), 401, "Tempo refused the credentials (status 401): check them in the data source's settings. It says: no."},
		"403 page":  {answers(403, "text/html", "<html>x</html>"), 403, "Tempo refused the credentials (status 403): check them in the data source's settings."},
		"404":       {answers(404, "text/plain", "404 page not found"), 404, "Tempo at HOST does not know /api/x (status 404): is the URL right, and is this a Tempo? It says: 404 page not found."},
		"429":       {answers(429, "text/plain", "queue full"), 429, "Tempo has too many requests to answer this one now (status 429): try again later. It says: queue full."},
		"400 text":  {answers(400, "text/plain", "invalid TraceQL\n query"), 400, "Tempo rejected the query (status 400). It says: invalid TraceQL query."},
		"422 JSON":  {answers(422, "application/json", `{"status":"error","errorType":"execution","error":"too many samples"}`), 422, "Tempo rejected the query (status 422). It says: too many samples."},
		"500":       {answers(500, "text/plain", "boom"), 502, "Tempo failed (status 500). It says: boom."},
		"503":       {answers(503, "text/plain", ""), 502, "Tempo failed (status 503)."},
		"504":       {answers(504, "text/plain", ""), 504, "Tempo took too long (status 504): ask for less."},
		"HTML":      {answers(200, "text/html; charset=utf-8", "<html>login</html>"), 502, "Tempo at HOST answered with a page of HTML: is the URL right?"},
		"HTML body": {answers(200, "text/plain", "\n <!DOCTYPE html><title>x"), 502, "Tempo at HOST answered with a page of HTML: is the URL right?"},
		"304":       {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) }, 502, "Tempo answered with status 304, which is not expected: is the URL right?"},
		"too long":  {answers(400, "text/plain", strings.Repeat("é", 900)), 400, "Tempo rejected the query (status 400). It says: " + strings.Repeat("é", 300) + "…."},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(tt.handler)
			defer s.Close()
			e := get(client(t, s.URL))
			require.NotNil(t, e)
			assert.Equal(t, tt.message, strings.ReplaceAll(e.Message, s.Listener.Addr().String(), "HOST"))
			assert.Equal(t, tt.status, e.Status)
			assert.True(t, backend.IsDownstreamError(e))
			assert.False(t, backend.IsPluginError(e))
		})
	}
}

func TestFailures(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	truncated := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`{"traces":`))
	}
	closed := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	}
	short := func(o *Options) { o.HTTP.Timeouts = &httpclient.TimeoutOptions{Timeout: 100 * time.Millisecond} }
	small := func(o *Options) { o.MaxBody = 100 }
	plain := func(h http.HandlerFunc) *httptest.Server { return httptest.NewServer(h) }
	for name, tt := range map[string]struct {
		server  *httptest.Server
		change  func(*Options)
		status  int
		message string
	}{
		"hang":       {plain(hang), short, 504, "Tempo at HOST did not answer in time: ask for less, or raise the timeout in the data source's settings."},
		"truncated":  {plain(truncated), nil, 502, "Tempo at HOST broke off in the middle of its answer: try again."},
		"closed":     {plain(closed), nil, 502, "Tempo at HOST closed the connection without an answer."},
		"too large":  {plain(answers(200, "text/plain", strings.Repeat("a", 101))), small, 502, "Tempo answered with more than 100 bytes for one query: ask for less (a shorter time range, more filters or a lower limit), or raise \"Megabytes per query\" in the data source's settings."},
		"unknown CA": {httptest.NewTLSServer(http.NotFoundHandler()), nil, 502, "Tempo at HOST: the TLS connection failed: its certificate is signed by an authority that is not known here, add the CA certificate."},
		"TLS to plain HTTP": {plain(http.NotFound), func(o *Options) { o.URL = strings.Replace(o.URL, "http:", "https:", 1) }, 502,
			"Tempo at HOST: the TLS connection failed: it does not speak TLS, use http:// in the URL."},
		"client certificate": {asksForCertificate(), func(o *Options) { o.HTTP.TLS = &httpclient.TLSOptions{InsecureSkipVerify: true} }, 502,
			"Tempo at HOST: the TLS connection failed: it does not accept the client certificate or asks for one."},
	} {
		t.Run(name, func(t *testing.T) {
			defer tt.server.Close()
			tt.server.Config.ErrorLog = nil
			if tt.change == nil {
				tt.change = func(*Options) {}
			}
			e := get(client(t, tt.server.URL, tt.change))
			require.NotNil(t, e)
			assert.Equal(t, tt.message, strings.ReplaceAll(e.Message, tt.server.Listener.Addr().String(), "HOST"))
			assert.Equal(t, tt.status, e.Status)
			assert.True(t, backend.IsDownstreamError(e))
		})
	}
}

func asksForCertificate() *httptest.Server {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	s.StartTLS()
	return s
}

func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := l.Addr().String()
	require.NoError(t, l.Close())
	e := get(client(t, "http://"+addr))
	assert.Equal(t, "Tempo at "+addr+" refused the connection: is it running, and is the URL right?", e.Message)
	assert.Equal(t, http.StatusBadGateway, e.Status)

	e = get(client(t, "http://no-such-host.invalid:3200"))
	assert.Contains(t, e.Message, "Tempo at no-such-host.invalid:3200 cannot be reached")
	assert.Equal(t, http.StatusBadGateway, e.Status)
}

func TestCancelled(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer s.Close()
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, _, err := client(t, s.URL).Get(ctx, "/", nil, "*/*")
	assert.Equal(t, "Tempo: the request was cancelled.", err.Error())
	assert.Equal(t, StatusCancelled, AsError(err).Status)
	assert.ErrorIs(t, err, context.Canceled)

	ctx, cancel = context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, _, err = client(t, s.URL).Get(ctx, "/", nil, "*/*")
	assert.Equal(t, http.StatusGatewayTimeout, AsError(err).Status)
}

func TestSecretsAreNotRepeated(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		http.Error(w, strings.Join([]string{user, password, r.Header.Get("Authorization"), r.Header.Get("X-Key"), r.Header.Get(TenantHeader)}, " "), 400)
	}
	s := httptest.NewServer(http.HandlerFunc(echo))
	defer s.Close()
	c := client(t, s.URL, func(o *Options) {
		o.HTTP.BasicAuth = &httpclient.BasicAuthOptions{User: "ann", Password: "hunter2hunter2"}
		o.HTTP.Header = http.Header{"X-Key": {"key-of-ann"}, TenantHeader: {"tenant-a"}}
	})
	e := get(c)
	assert.Equal(t, "Tempo rejected the query (status 400). It says: ann [secret] Basic [secret] [secret] tenant-a.", e.Message)
}

func TestNewRefuses(t *testing.T) {
	_, err := New(Options{Name: "Tempo", URL: "/only/a/path"})
	assert.EqualError(t, err, "Tempo: the URL is not valid.")
	_, err = New(Options{Name: "Tempo", URL: "https://host", HTTP: httpclient.Options{TLS: &httpclient.TLSOptions{CACertificate: "no PEM"}}})
	assert.EqualError(t, err, "Tempo: the TLS or proxy settings cannot be used: check the certificates and the key.")
}
