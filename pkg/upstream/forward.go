package upstream

import (
	"net/http"
	"slices"

	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
)

// forwarded are the headers of a user's request that an upstream gets where identities are forwarded, beside those that
// this package and the settings set themselves. Grafana hands on all headers of a call of a resource, among them the
// tenant, cookies and encodings that the browser chose.
var forwarded = []string{
	"Authorization", "X-Id-Token", "X-Grafana-Id",
	"Accept", "Content-Type", "User-Agent", "Traceparent", "Tracestate",
}

// withoutForeignHeaders lets a client send no other headers of a user than the forwarded ones. It must be the innermost
// middleware, because it is the SDK's that adds them.
func withoutForeignHeaders(o httpclient.Options) httpclient.Options {
	if !o.ForwardHTTPHeaders {
		return o
	}
	allowed := slices.Clone(forwarded)
	for name := range o.Header {
		allowed = append(allowed, http.CanonicalHeaderKey(name))
	}
	inner := httpclient.MiddlewareFunc(func(_ httpclient.Options, next http.RoundTripper) http.RoundTripper {
		return httpclient.RoundTripperFunc(func(req *http.Request) (*http.Response, error) {
			clean := req.Clone(req.Context())
			for name := range clean.Header {
				if !slices.Contains(allowed, name) {
					clean.Header.Del(name)
				}
			}
			return next.RoundTrip(clean)
		})
	})
	configure := o.ConfigureMiddleware
	o.ConfigureMiddleware = func(opts httpclient.Options, existing []httpclient.Middleware) []httpclient.Middleware {
		if configure != nil {
			existing = configure(opts, existing)
		}
		return append(existing, inner)
	}
	return o
}
