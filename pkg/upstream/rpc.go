package upstream

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/grafana/grafana-plugin-sdk-go/backend/tracing"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

// ErrNoRPC is the cause of an error when a server could not be asked over gRPC at all, so that HTTP is worth a try.
var ErrNoRPC = errors.New("the server cannot be asked over gRPC")

// connectTimeout is short, because HTTP is asked when no connection can be made (20 s is gRPC's own).
const connectTimeout = 5 * time.Second

// Conn is a gRPC connection to the server of a Client, with the same credentials, TLS settings, timeout and bounds.
type Conn struct {
	up      *Client
	host    string
	grpc    *grpc.ClientConn
	headers metadata.MD
	timeout time.Duration // 0: none
}

// Dial prepares a gRPC connection; it connects with the first call. target is the URL of the gRPC port, http or https;
// empty: that of the upstream. o.HTTP must be what the client was made with.
func Dial(up *Client, o Options, target string) (*Conn, error) {
	base := up.base
	if target != "" {
		parsed, err := url.Parse(target)
		if err != nil || parsed.Host == "" {
			return nil, NewError(up.name, http.StatusBadRequest, nil, "%s: the URL for gRPC is not valid.", up.name)
		}
		base = parsed
	}
	if o.HTTP.ProxyOptions != nil && o.HTTP.ProxyOptions.Enabled {
		return nil, NewError(up.name, http.StatusBadRequest, ErrNoRPC, "%s cannot be asked over gRPC through a SOCKS proxy.", up.name)
	}
	transport, err := transportCredentials(base, o.HTTP)
	if err != nil {
		return nil, NewError(up.name, http.StatusBadRequest, err, "%s: the TLS settings cannot be used: check the certificates and the key.", up.name)
	}
	conn, err := grpc.NewClient(hostPort(base), grpc.WithTransportCredentials(transport),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.DefaultConfig, MinConnectTimeout: connectTimeout}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(int(up.maxBody))))
	if err != nil {
		return nil, NewError(up.name, http.StatusBadRequest, err, "%s: the URL for gRPC is not valid.", up.name)
	}
	c := &Conn{up: up, host: base.Host, grpc: conn, headers: rpcHeaders(o.HTTP)}
	if o.HTTP.Timeouts != nil {
		c.timeout = o.HTTP.Timeouts.Timeout
	}
	return c, nil
}

func transportCredentials(base *url.URL, o httpclient.Options) (credentials.TransportCredentials, error) {
	if base.Scheme != "https" {
		return insecure.NewCredentials(), nil
	}
	config, err := httpclient.GetTLSConfig(o)
	if err != nil {
		return nil, err
	}
	return credentials.NewTLS(config), nil
}

func hostPort(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Host
	case u.Scheme == "https":
		return u.Host + ":443"
	}
	return u.Host + ":80"
}

// rpcHeaders are the headers of the HTTP client as metadata.
func rpcHeaders(o httpclient.Options) metadata.MD {
	headers := metadata.MD{}
	for name, values := range o.Header {
		if key := strings.ToLower(name); !strings.HasPrefix(key, "grpc-") { // gRPC keeps those to itself
			headers.Set(key, values...)
		}
	}
	if b := o.BasicAuth; b != nil {
		req := http.Request{Header: http.Header{}}
		req.SetBasicAuth(b.User, b.Password)
		headers.Set("authorization", req.Header.Get("Authorization"))
	}
	return headers
}

// Interface is what generated clients are made of.
func (c *Conn) Interface() *grpc.ClientConn { return c.grpc }

// Close ends the connection and the calls that are under way.
func (c *Conn) Close() { _ = c.grpc.Close() }

// Call is a call whose answer comes bit by bit.
type Call struct {
	Method  string
	Message string // what is asked: equal messages get equal answers
	// Do makes the call with a context that carries credentials and timeout, and gives add what comes, as it comes.
	Do func(ctx context.Context, size Size, add func(part any)) (value any, err error)
}

// Size is how large an answer is that comes bit by bit. After an error of its methods the call must end with it. The
// zero value counts nothing.
type Size struct{ body *body }

// Receive takes note of bytes that have come.
func (s Size) Receive(bytes int64) error {
	if s.body == nil {
		return nil
	}
	return s.body.receive(bytes)
}

// Charge reserves memory for what bytes are decoded to, see the function of that name.
func (s Size) Charge(bytes int64) error {
	if s.body == nil {
		return nil
	}
	return s.body.charge(bytes)
}

// Call makes a call within the upstream's bounds. Equal calls that are under way at the same time are one: who comes
// later is given the parts that came before, so neither they nor the value must be changed. watch gets the parts that
// are new since it was called last, at the pace at which it takes them. Errors are *Error.
func (c *Conn) Call(ctx context.Context, call Call, watch func(parts []any)) (value any, err error) {
	key := "gRPC " + c.host + " " + call.Method + "\n\n" + call.Message
	a := c.up.shared(ctx, key, func(ctx context.Context, p *parts) (a answer) {
		a.value, a.size, a.err = c.call(ctx, call, p.add)
		return a
	}, watch)
	return a.value, a.err
}

func (c *Conn) call(ctx context.Context, call Call, add func(any)) (value any, received int64, err error) {
	ctx, span := tracing.DefaultTracer().Start(ctx, "upstream "+c.up.name, trace.WithAttributes(
		attribute.String("upstream", c.up.name),
		attribute.String("rpc.method", call.Method),
	))
	defer func() {
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
		span.End()
	}()
	err = retried(ctx, func() error {
		var size int64
		begun := false
		value, size, err = c.attempt(ctx, call, func(part any) { begun = true; add(part) })
		if e := AsError(err); e != nil && begun {
			e.busy = false // parts would come twice
		}
		received += size
		return err
	})
	return value, received, err
}

func (c *Conn) attempt(ctx context.Context, call Call, add func(any)) (value any, received int64, err error) {
	m := MeterOf(ctx)
	b := &body{ctx: ctx, most: c.up.maxBody, meter: m, held: c.up.account(m)}
	end, err := c.up.begin(b)
	if err != nil {
		return nil, 0, err
	}
	defer func() { end(err) }()
	if c.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	value, err = call.Do(metadata.NewOutgoingContext(ctx, c.headers), Size{b}, add)
	if err == nil {
		return value, b.size, nil
	}
	e := c.refused(ctx, b, err)
	e.down = e.Status == http.StatusGatewayTimeout && b.size == 0 && !TimeOver(ctx)
	return nil, b.size, e
}
