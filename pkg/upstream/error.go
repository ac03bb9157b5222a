package upstream

import (
	"errors"
	"fmt"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// StatusCancelled is the Status of a call that its caller gave up.
const StatusCancelled = 499

// Error says in one sentence why a call to an upstream failed. It never holds a secret.
type Error struct {
	Upstream string // "Tempo", "Prometheus", "Loki"
	// Status is the HTTP-like status that a query should answer with: the upstream's own for 4xx,
	// 502 when it fails or answers nonsense, 504 when it is too slow, StatusCancelled when the caller gave up.
	Status  int
	Source  backend.ErrorSource // whose fault: downstream, except for bugs of the plugin
	Message string              // one sentence that names the upstream
	cause   error
	answer  []byte
	busy    bool          // the request may be repeated
	after   time.Duration // when
	down    bool          // the server did not answer, or a proxy before it said so
}

// An error can quote what users, settings and servers wrote, in the middle: its beginning says what is wrong, and
// its end what to do. Both are this many characters at most.
const (
	messageStart = 600
	messageEnd   = 300
)

// ShortMessage is a text that is short enough to be shown as an error.
func ShortMessage(text string) string {
	if len(text) <= messageStart+messageEnd {
		return text
	}
	runes := []rune(text)
	if len(runes) <= messageStart+messageEnd {
		return text
	}
	return string(runes[:messageStart]) + "…" + string(runes[len(runes)-messageEnd:])
}

// NewError makes an Error with a downstream source. cause may be nil.
func NewError(upstream string, status int, cause error, format string, args ...any) *Error {
	return &Error{
		Upstream: upstream,
		Status:   status,
		Source:   backend.ErrorSourceDownstream,
		Message:  ShortMessage(fmt.Sprintf(format, args...)),
		cause:    cause,
	}
}

// Error is the sentence alone: the cause is for errors.Is and errors.As.
func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause, nil if there is none.
func (e *Error) Unwrap() error { return e.cause }

// Answer is what a server that refused said, up to 64 kB. It may hold anything: it is not for users.
func (e *Error) Answer() []byte { return e.answer }

// ErrorSource tells whose fault it is.
func (e *Error) ErrorSource() backend.ErrorSource { return e.Source }

// Is lets backend.IsDownstreamError and backend.IsPluginError recognise the error.
func (e *Error) Is(target error) bool {
	t, ok := target.(backend.ErrorWithSource)
	return ok && t.ErrorSource() == e.Source
}

// AsError finds the Error in err, nil if there is none.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
