package upstream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// failed makes one sentence of a call that got no answer, or only a part of one.
func (c *Client) failed(ctx context.Context, err error) *Error {
	if e := AsError(err); e != nil {
		return e
	}
	where := c.name + " at " + c.base.Host
	var dns *net.DNSError
	var bug *group.Panic
	var redirect *redirectError
	var timeout interface{ Timeout() bool }
	switch text := err.Error(); {
	case errors.Is(ctx.Err(), context.Canceled), errors.Is(err, context.Canceled):
		return NewError(c.name, StatusCancelled, context.Canceled, "%s: the request was cancelled.", c.name)
	case TimeOver(ctx):
		return c.timeOver()
	case errors.As(err, &redirect):
		return NewError(c.name, http.StatusBadGateway, err,
			"%s redirects to %s, which is not followed because it would get the credentials: give the right URL in the data source's settings.",
			where, redirect.target)
	case errors.Is(err, errTooManyRedirects):
		return NewError(c.name, http.StatusBadGateway, err, "%s redirects again and again: is the URL right?", where)
	case isTLS(err):
		return NewError(c.name, http.StatusBadGateway, err, "%s: the TLS connection failed: %s.", where, tlsReason(err))
	case errors.As(err, &dns) && !dns.IsTimeout:
		return NewError(c.name, http.StatusBadGateway, err,
			"%s cannot be reached: the host name is not known (DNS), check the URL.", where)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return NewError(c.name, http.StatusGatewayTimeout, err,
			"%s did not answer in time: ask for less, or raise the timeout in the data source's settings.", where)
	case strings.Contains(text, "connection refused"):
		return NewError(c.name, http.StatusBadGateway, err,
			"%s refused the connection: is it running, and is the URL right?", where)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return NewError(c.name, http.StatusBadGateway, err, "%s broke off in the middle of its answer: try again.", where)
	case errors.Is(err, io.EOF), strings.Contains(text, "connection reset"):
		return NewError(c.name, http.StatusBadGateway, err, "%s closed the connection without an answer.", where)
	case errors.As(err, &bug):
		e := NewError(c.name, http.StatusInternalServerError, err, "%s", bug.Error())
		e.Source = backend.ErrorSourcePlugin
		return e
	default:
		return NewError(c.name, http.StatusBadGateway, err, "%s cannot be reached: %s.", where, c.short(lastPart(text)))
	}
}

func isTLS(err error) bool {
	var (
		verify *tls.CertificateVerificationError
		record tls.RecordHeaderError
		alert  tls.AlertError
		host   x509.HostnameError
		author x509.UnknownAuthorityError
	)
	text := err.Error()
	return errors.As(err, &verify) || errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &host) ||
		errors.As(err, &author) || strings.Contains(text, "HTTP response to HTTPS client") || strings.Contains(text, "tls: ")
}

func tlsReason(err error) string {
	var (
		host   x509.HostnameError
		author x509.UnknownAuthorityError
		cert   x509.CertificateInvalidError
		record tls.RecordHeaderError
	)
	switch text := err.Error(); {
	case errors.As(err, &author):
		return "its certificate is signed by an authority that is not known here, add the CA certificate"
	case errors.As(err, &host):
		return "its certificate is for another host name, check the URL or set the server name"
	case errors.As(err, &cert) && cert.Reason == x509.Expired:
		return "its certificate has expired or is not valid yet"
	case errors.As(err, &record), strings.Contains(text, "HTTP response to HTTPS client"):
		return "it does not speak TLS, use http:// in the URL"
	case strings.Contains(text, "certificate required"), strings.Contains(text, "bad certificate"):
		return "it does not accept the client certificate or asks for one"
	default:
		return lastPart(text)
	}
}

// lastPart is the innermost reason of a chain of Go errors.
func lastPart(text string) string {
	if i := strings.LastIndex(text, ": "); i >= 0 {
		return text[i+2:]
	}
	return text
}
