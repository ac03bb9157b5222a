package upstream

import (
	"errors"
	"net/http"
	"net/url"
)

// mostRedirects is how many redirects of one request are followed.
const mostRedirects = 5

// redirectError is a redirect that is not followed, because the credentials and the query would go to another server.
type redirectError struct{ target *url.URL }

func (e *redirectError) Error() string { return "redirected to " + e.target.Redacted() }

var errTooManyRedirects = errors.New("too many redirects")

// checkRedirect follows a redirect only to the server that was asked, or from http to https on the same host.
func checkRedirect(req *http.Request, via []*http.Request) error {
	from := via[0].URL
	if len(via) > mostRedirects {
		return errTooManyRedirects
	}
	same := req.URL.Scheme == from.Scheme && req.URL.Host == from.Host
	secured := from.Scheme == "http" && req.URL.Scheme == "https" && req.URL.Hostname() == from.Hostname()
	if !same && !secured {
		return &redirectError{&url.URL{Scheme: req.URL.Scheme, Host: req.URL.Host}}
	}
	return nil
}
