package upstream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const notRPC = "%s, or a proxy before it, does not speak gRPC."

// refused makes of a failed gRPC call the same sentences as of a failed HTTP request.
func (c *Conn) refused(ctx context.Context, b *body, err error) *Error {
	if e := AsError(err); e != nil {
		return e
	}
	if b.err != nil { // gRPC leaves only the text of it
		return AsError(c.up.broken(b, b.err))
	}
	name, where := c.up.name, c.up.name+" at "+c.host
	s := status.Convert(err)
	says := c.says(s.Message())
	switch s.Code() {
	case codes.InvalidArgument, codes.OutOfRange, codes.FailedPrecondition:
		e := NewError(name, http.StatusBadRequest, err, "%s rejected the query (status 400).%s", name, says)
		e.answer = []byte(s.Message())
		return e
	case codes.Unauthenticated, codes.PermissionDenied:
		code := map[codes.Code]int{codes.Unauthenticated: http.StatusUnauthorized, codes.PermissionDenied: http.StatusForbidden}[s.Code()]
		return NewError(name, code, err, "%s refused the credentials (status %d): check them in the data source's settings.%s", name, code, says)
	case codes.ResourceExhausted:
		if strings.Contains(s.Message(), "larger than max") {
			return c.up.tooMuch(b.meter, err)
		}
		e := NewError(name, http.StatusTooManyRequests, err,
			"%s has too many requests to answer this one now (status 429): try again later.%s", name, says)
		e.busy, e.after = true, retryAfter
		return e
	case codes.Canceled:
		return c.up.failed(ctx, context.Canceled)
	case codes.DeadlineExceeded:
		return c.up.failed(ctx, context.DeadlineExceeded)
	case codes.Unimplemented, codes.NotFound:
		return c.noRPC("%s does not know gRPC searches: is stream_over_http_enabled set, or is the gRPC port given?", where)
	case codes.Unavailable:
		if strings.Contains(s.Message(), "HTTP/1.1 header") {
			return c.noRPC(notRPC, where)
		}
		message := c.up.failed(ctx, connectionError(s.Message())).Message
		return c.noRPC("%s", strings.ReplaceAll(message, c.up.base.Host, c.host)) // it may be another port
	}
	if strings.Contains(s.Message(), "unexpected HTTP status") || strings.Contains(s.Message(), "unexpected content-type") {
		return c.noRPC(notRPC, where)
	}
	if ctx.Err() != nil {
		return c.up.failed(ctx, ctx.Err())
	}
	return NewError(name, http.StatusBadGateway, err, "%s failed (status 500).%s", name, says)
}

// connectionError gives back the type of an error of which gRPC left only the text.
func connectionError(text string) error {
	switch {
	case strings.Contains(text, "signed by unknown authority"):
		return x509.UnknownAuthorityError{}
	case strings.Contains(text, "first record does not look like a TLS handshake"):
		return tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}
	}
	return errors.New(text)
}

func (c *Conn) noRPC(format string, args ...any) *Error {
	return NewError(c.up.name, http.StatusBadGateway, ErrNoRPC, format, args...)
}

func (c *Conn) says(text string) string {
	if text = c.up.short(text); text == "" {
		return ""
	}
	return fmt.Sprintf(" It says: %s.", strings.TrimRight(text, "."))
}

// BrokeOff is the error of a stream that ended before its answer was complete.
func (c *Conn) BrokeOff(cause error) *Error {
	return NewError(c.up.name, http.StatusBadGateway, cause, "%s at %s broke off in the middle of its answer: try again.", c.up.name, c.host)
}
