// Package upstream calls the servers that the plugin reads from: bounded, shared, traced, and with errors
// that say in one sentence what is wrong.
package upstream

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/grafana/grafana-plugin-sdk-go/backend/tracing"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/semaphore"
)

const (
	// DefaultMaxConcurrent is how many calls one upstream gets at a time.
	DefaultMaxConcurrent = 8
	// DefaultMaxBody is the largest answer that is read, in bytes. A run of 10,000 jobs is about 30 MB.
	DefaultMaxBody = 128 << 20
	// defaultWait is how long a call waits for a slot where no timeout is set.
	defaultWait = 30 * time.Second
	// longestRefusal is how much of the body of a refusal is read, in bytes.
	longestRefusal = 64 << 10
)

// Options describe an upstream.
type Options struct {
	Name          string // "Tempo": errors begin with it
	URL           string // http(s), may have a path
	HTTP          httpclient.Options
	MaxConcurrent int   // 0: DefaultMaxConcurrent
	MaxBody       int64 // bytes of one answer; 0: DefaultMaxBody
	Pool          *Pool // of all upstreams of a data source; nil: no bound beside those of each query
}

// Client calls one upstream. It is safe for concurrent use, and is a Prometheus api.Client.
type Client struct {
	name    string
	base    *url.URL
	http    *http.Client
	slots   *semaphore.Weighted
	places  int           // slots
	wait    time.Duration // for a slot at most
	breaker *breaker
	maxBody int64
	pool    *Pool    // nil: no bound
	secrets []string // values that must not appear in an error
	share   *sharing // nil: calls of different users must not be mixed
}

// New makes a client. With HTTP.ForwardHTTPHeaders each user's calls carry the user's own headers: then no
// calls are shared.
func New(o Options) (*Client, error) {
	base, err := url.Parse(o.URL)
	if err != nil || base.Host == "" {
		return nil, NewError(o.Name, http.StatusBadRequest, nil, "%s: the URL is not valid.", o.Name)
	}
	hc, err := httpclient.New(withoutForeignHeaders(o.HTTP))
	if err != nil {
		return nil, NewError(o.Name, http.StatusBadRequest, err,
			"%s: the TLS or proxy settings cannot be used: check the certificates and the key.", o.Name)
	}
	hc.CheckRedirect = checkRedirect
	c := &Client{
		name:    o.Name,
		base:    base,
		http:    hc,
		maxBody: o.MaxBody,
		pool:    o.Pool,
		secrets: secretsOf(o.HTTP),
	}
	if c.maxBody <= 0 {
		c.maxBody = DefaultMaxBody
	}
	if o.MaxConcurrent <= 0 {
		o.MaxConcurrent = DefaultMaxConcurrent
	}
	c.places, c.slots = o.MaxConcurrent, semaphore.NewWeighted(int64(o.MaxConcurrent))
	if t := o.HTTP.Timeouts; t != nil && t.Timeout > 0 {
		c.wait = t.Timeout
	} else {
		c.wait = defaultWait
	}
	c.breaker = newBreaker(c.name)
	if !o.HTTP.ForwardHTTPHeaders {
		c.share = newSharing()
	}
	return c, nil
}

// Name is the upstream's name as errors use it.
func (c *Client) Name() string { return c.name }

// PerUser says that answers depend on the user who asks, so they must not be kept for others.
func (c *Client) PerUser() bool { return c.share == nil }

// Close closes idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// URL makes the URL of an endpoint; ":name" in it is replaced by args["name"].
func (c *Client) URL(endpoint string, args map[string]string) *url.URL {
	for name, value := range args {
		endpoint = strings.ReplaceAll(endpoint, ":"+name, url.PathEscape(value))
	}
	return c.base.JoinPath(endpoint)
}

// Get asks an endpoint. accept is the media type wanted. The body must not be changed: it may be shared.
func (c *Client) Get(ctx context.Context, endpoint string, query url.Values, accept string) (*http.Response, []byte, error) {
	req, err := c.get(ctx, endpoint, query, accept)
	if err != nil {
		return nil, nil, c.failed(ctx, err)
	}
	return c.Do(ctx, req)
}

func (c *Client) get(ctx context.Context, endpoint string, query url.Values, accept string) (*http.Request, error) {
	u := c.URL(endpoint, nil)
	u.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err == nil {
		req.Header.Set("Accept", accept)
	}
	return req, err
}

// Do sends a request and reads the answer. Equal requests that are under way at the same time are one call.
// A status other than 2xx, and a page of HTML, is an *Error; the response is given beside it if there was one.
// The body must not be changed: it may be shared.
func (c *Client) Do(ctx context.Context, req *http.Request) (*http.Response, []byte, error) {
	a := c.sharedRequest(ctx, req, "", func(ctx context.Context) (a answer) {
		a.resp, a.size, a.err = c.call(ctx, req, func(resp *http.Response, b *body) error {
			all, err := c.readAll(b, b)
			if err == nil {
				a.body, err = all, c.refusal(resp, all)
			}
			if err == nil && isJSON(all) {
				err = c.weigh(b, all)
			}
			return err
		})
		return a
	})
	return a.resp, a.body, a.err
}

// Decode asks an endpoint with GET and decodes the answer while it arrives, so that it is never in memory as a whole.
// want names what is expected, for the error of an answer that decode refuses. Equal requests that are under way at the
// same time are one call, so the value must not be changed.
func (c *Client) Decode(ctx context.Context, endpoint string, query url.Values, accept, want string, decode func(io.Reader) (any, error)) (any, error) {
	req, err := c.get(ctx, endpoint, query, accept)
	if err != nil {
		return nil, c.failed(ctx, err)
	}
	a := c.sharedRequest(ctx, req, "decoded as "+want+": ", func(ctx context.Context) (a answer) {
		a.resp, a.size, a.err = c.call(ctx, req, func(resp *http.Response, b *body) (err error) {
			a.value, err = c.decode(resp, b, want, decode)
			return err
		})
		return a
	})
	return a.value, a.err
}

func (c *Client) decode(resp *http.Response, b *body, want string, decode func(io.Reader) (any, error)) (any, error) {
	text := bufio.NewReader(b)
	start, _ := text.Peek(htmlStart)
	if resp.StatusCode/100 != 2 || isHTML(resp, start) {
		all, err := c.readAll(b, text)
		if err == nil {
			err = c.refusal(resp, all)
		}
		return nil, err
	}
	value, err := decode(answerText{text, b})
	switch {
	case b.err != nil: // the decoder has seen only that something is missing
		return nil, c.broken(b, b.err)
	case err != nil:
		return nil, c.Unreadable(want, err)
	}
	_, _ = io.Copy(io.Discard, text) // so that the connection can be used again
	return value, nil
}

// weigh reserves what a body of JSON takes once it is decoded.
func (c *Client) weigh(b *body, text []byte) error {
	values, err := countJSON(text)
	if err != nil {
		return c.Unreadable("answer", err)
	}
	if more := values*perValue - int64(len(text)); more > 0 {
		if err := b.charge(more); err != nil {
			return c.broken(b, err)
		}
	}
	return nil
}

// sharedRequest makes one call of equal requests. kind tells requests apart whose answers are read in different ways.
func (c *Client) sharedRequest(ctx context.Context, req *http.Request, kind string, call func(context.Context) answer) answer {
	defer MeterOf(ctx).Time(promQL(req))()
	key := requestKey(req)
	if key != "" {
		key = kind + key
	}
	return c.shared(ctx, key, func(ctx context.Context, _ *parts) answer { return call(ctx) }, nil)
}

// call sends a request and has its answer used. size is how many bytes were received.
func (c *Client) call(ctx context.Context, req *http.Request, use func(*http.Response, *body) error) (resp *http.Response, size int64, err error) {
	ctx, span := tracing.DefaultTracer().Start(ctx, "upstream "+c.name, trace.WithAttributes(
		attribute.String("upstream", c.name),
		attribute.String("http.request.method", req.Method),
		attribute.String("url.path", req.URL.Path),
	))
	defer func() {
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
		span.SetAttributes(attribute.Int64("http.response.body.size", size))
		span.End()
	}()
	meter, place := MeterOf(ctx), c.name+req.URL.Path
	if e := meter.refusal(place); e != nil {
		return nil, 0, e
	}
	err = retried(ctx, func() error {
		var received int64
		resp, received, err = c.attempt(ctx, req, use)
		size += received
		if e := AsError(err); e != nil && req.Body != nil && req.GetBody == nil {
			e.busy = false // its body cannot be sent again
		}
		return err
	})
	meter.remember(place, err)
	return resp, size, err
}

// attempt sends a request once.
func (c *Client) attempt(ctx context.Context, req *http.Request, use func(*http.Response, *body) error) (resp *http.Response, size int64, err error) {
	meter := MeterOf(ctx)
	b := &body{ctx: ctx, most: c.maxBody, meter: meter, held: c.account(meter)}
	end, err := c.begin(b)
	if err != nil {
		return nil, 0, err
	}
	defer func() { end(err) }()
	again := req.Clone(ctx) // a body is read by the first attempt
	if req.GetBody != nil {
		if again.Body, err = req.GetBody(); err != nil {
			return nil, 0, c.failed(ctx, err)
		}
	}
	resp, err = c.http.Do(again)
	if err != nil {
		return nil, 0, c.unreached(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	trace.SpanFromContext(ctx).SetAttributes(attribute.Int("http.response.status_code", resp.StatusCode))
	b.from = resp.Body
	if resp.StatusCode/100 != 2 {
		b.from = io.LimitReader(resp.Body, longestRefusal)
	}
	err = use(resp, b)
	return resp, b.size, err
}
