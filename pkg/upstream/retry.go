package upstream

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	// retryAfter is when a request is repeated that was refused for now, where the server does not say when.
	retryAfter = 500 * time.Millisecond
	// longestRetry is how long a query waits to repeat a request: people wait for it.
	longestRetry = 15 * time.Second
)

// retried makes a call, and makes it once more where the server could not answer it for now and says when it can, or
// says nothing of it. It does not wait for what would come after the query's deadline.
func retried(ctx context.Context, call func() error) (last error) {
	_, _ = backoff.Retry(ctx, func() (any, error) {
		last = call()
		after, ok := repeatable(last)
		switch {
		case last == nil:
			return nil, nil
		case !ok:
			return nil, backoff.Permanent(last)
		}
		return nil, &backoff.RetryAfterError{Duration: after}
	}, backoff.WithMaxTries(2), backoff.WithBackOff(backoff.NewConstantBackOff(retryAfter)), backoff.WithMaxElapsedTime(patience(ctx)))
	return last
}

// repeatable says when a request can be repeated that failed.
func repeatable(err error) (after time.Duration, ok bool) {
	e := AsError(err)
	if e == nil || !e.busy {
		return 0, false
	}
	return e.after, true
}

type deadlineKey struct{}

// patience is how long a call may wait in all to be repeated. The context of a shared call has no deadline of its own.
func patience(ctx context.Context) time.Duration {
	left := longestRetry
	if until, ok := ctx.Value(deadlineKey{}).(time.Time); ok {
		left = min(left, time.Until(until))
	}
	if until, ok := ctx.Deadline(); ok {
		left = min(left, time.Until(until))
	}
	return max(left, time.Nanosecond) // 0 would be no bound
}

// busyFor notes in a refusal that the request can be repeated, and when. Prometheus says 503 of a query that took
// too long as well, which would take as long again.
func busyFor(e *Error, resp *http.Response, body []byte) {
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
		return
	}
	if bytes.Contains(body, []byte(`"errorType":"timeout"`)) {
		return
	}
	e.busy, e.after = true, retryAfter
	text := strings.TrimSpace(resp.Header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		e.after = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		e.after = max(time.Until(at), 0)
	}
}
