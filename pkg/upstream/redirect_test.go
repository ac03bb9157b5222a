package upstream

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/stretchr/testify/require"
)

// TestNoCredentialsFollowARedirectElsewhere: another host, port or scheme gets no request at all.
func TestNoCredentialsFollowARedirectElsewhere(t *testing.T) {
	asked := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer other.Close()
	s := httptest.NewServer(http.RedirectHandler(other.URL+"/api/x?token=abc", http.StatusTemporaryRedirect))
	defer s.Close()
	c := client(t, s.URL, func(o *Options) {
		o.HTTP.BasicAuth = &httpclient.BasicAuthOptions{User: "u", Password: "secret"}
		o.HTTP.Header = http.Header{"X-Scope-Orgid": {"team"}}
	})
	e := get(c)
	require.NotNil(t, e)
	require.Zero(t, asked)
	require.Equal(t, http.StatusBadGateway, e.Status)
	require.Equal(t, "Tempo at "+s.Listener.Addr().String()+" redirects to "+other.URL+
		", which is not followed because it would get the credentials: give the right URL in the data source's settings.", e.Message)
}

func TestRedirectsThatAreFollowed(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api") {
			http.Redirect(w, r, "/moved"+r.URL.Path, http.StatusPermanentRedirect)
			return
		}
		_, _ = w.Write([]byte("ok"))
	}))
	defer s.Close()
	_, body, err := client(t, s.URL).Get(context.Background(), "/api/x", nil, "text/plain")
	require.NoError(t, err)
	require.Equal(t, "ok", string(body))
}

func TestWhereRedirectsMayLead(t *testing.T) {
	for target, allowed := range map[string]bool{
		"http://tempo:3200/other": true, "https://tempo:3200/x": true, "https://tempo/x": true,
		"http://tempo/x": false, "http://tempo:3201/x": false, "http://evil:3200/x": false, "https://evil/x": false, "ftp://tempo:3200/x": false,
	} {
		u, err := url.Parse(target)
		require.NoError(t, err)
		from, err := url.Parse("http://tempo:3200/api")
		require.NoError(t, err)
		err = checkRedirect(&http.Request{URL: u}, []*http.Request{{URL: from}})
		require.Equal(t, allowed, err == nil, target)
	}
	insecure := checkRedirect(&http.Request{URL: &url.URL{Scheme: "http", Host: "tempo"}}, []*http.Request{{URL: &url.URL{Scheme: "https", Host: "tempo"}}})
	require.Error(t, insecure, "from https to http")
}

// TestALoopOfRedirectsEnds: with a sentence.
func TestALoopOfRedirectsEnds(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path, http.StatusFound)
	}))
	defer s.Close()
	e := get(client(t, s.URL))
	require.Equal(t, "Tempo at "+s.Listener.Addr().String()+" redirects again and again: is the URL right?", e.Message)
}

// TestOnlyTheIdentityIsForwarded: of the headers of a user's request.
func TestOnlyTheIdentityIsForwarded(t *testing.T) {
	var got http.Header
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header }))
	defer s.Close()
	c := client(t, s.URL, func(o *Options) {
		o.HTTP.ForwardHTTPHeaders = true
		o.HTTP.Header = http.Header{"X-Scope-Orgid": {"team"}}
	})
	ctx := httpclient.WithContextualMiddleware(context.Background(), httpclient.MiddlewareFunc(
		func(_ httpclient.Options, next http.RoundTripper) http.RoundTripper {
			return httpclient.RoundTripperFunc(func(req *http.Request) (*http.Response, error) { // as the SDK does
				for k, v := range map[string]string{
					"Authorization": "Bearer user", "X-Id-Token": "id", "X-Grafana-Id": "gid", "Cookie": "session=1",
					"X-Forwarded-For": "10.0.0.1", "Accept-Encoding": "br", "X-Scope-Orgid": "other", "X-Evil": "1",
				} {
					if req.Header.Get(k) == "" {
						req.Header.Set(k, v)
					}
				}
				return next.RoundTrip(req)
			})
		}))
	_, _, err := c.Get(ctx, "/api/x", nil, "application/json")
	require.NoError(t, err)
	require.Equal(t, "Bearer user", got.Get("Authorization"))
	require.Equal(t, "id", got.Get("X-Id-Token"))
	require.Equal(t, "gid", got.Get("X-Grafana-Id"))
	require.Equal(t, "team", got.Get("X-Scope-Orgid"), "the tenant is the settings'")
	require.Equal(t, "application/json", got.Get("Accept"))
	require.NotEqual(t, "br", got.Get("Accept-Encoding"))
	for _, name := range []string{"Cookie", "X-Forwarded-For", "X-Evil"} {
		require.Empty(t, got.Get(name), name)
	}
}

// TestAnErrorsBodyIsReadInPart: nobody needs a hundred megabytes of why.
func TestAnErrorsBodyIsReadInPart(t *testing.T) {
	sent := make(chan int, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		chunk, total := []byte(strings.Repeat("x", 1<<16)), 0
		for range 1600 {
			n, err := w.Write(chunk)
			total += n
			if err != nil {
				break
			}
		}
		sent <- total
	}))
	defer s.Close()
	e := get(client(t, s.URL))
	require.Equal(t, http.StatusBadRequest, e.Status)
	require.Less(t, len(e.Message), 1000)
	require.Less(t, <-sent, 50<<20, "the connection is closed")
}
