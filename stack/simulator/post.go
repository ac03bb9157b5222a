package simulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Defaults of a poster.
const (
	defaultRetryFor = 2 * time.Minute
	firstBackoff    = 250 * time.Millisecond
	longestBackoff  = 10 * time.Second
	requestTimeout  = 30 * time.Second
	// excerptLimit is how much of an error answer is quoted.
	excerptLimit = 300
)

// poster sends request bodies to one URL, and sends again what a busy or absent server did not take.
type poster struct {
	what     string // what is sent, and where the URL came from: for messages
	url      string
	headers  map[string]string
	client   *http.Client
	retryFor time.Duration
}

func newPoster(what, url string, retryFor time.Duration, headers map[string]string) *poster {
	if retryFor == 0 {
		retryFor = defaultRetryFor
	}
	return &poster{what: what, url: url, headers: headers, retryFor: retryFor, client: &http.Client{Timeout: requestTimeout}}
}

// post sends the body and returns the answer's. It retries after 429, 5xx and failed connections, with growing
// pauses or those that the server asks for, until retryFor has passed.
func (p *poster) post(ctx context.Context, body []byte) ([]byte, error) {
	deadline := time.Now().Add(p.retryFor)
	for backoff := firstBackoff; ; backoff = min(2*backoff, longestBackoff) {
		answer, pause, err := p.try(ctx, body)
		if err == nil {
			return answer, nil
		}
		var final *finalError
		if errors.As(err, &final) {
			return nil, fmt.Errorf("%s were refused by %s: %w", p.what, p.url, err)
		}
		if pause == 0 {
			pause = backoff
		}
		if time.Now().Add(pause).After(deadline) {
			return nil, fmt.Errorf("%s could not be sent to %s within %s: %w", p.what, p.url, p.retryFor, err)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s were not sent to %s: %w", p.what, p.url, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// finalError is an answer that will be no other the next time.
type finalError struct{ message string }

func (e *finalError) Error() string { return e.message }

func (p *poster) try(ctx context.Context, body []byte) (answer []byte, pause time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(body))
	if err != nil {
		return nil, 0, &finalError{err.Error()}
	}
	for key, value := range p.headers {
		request.Header.Set(key, value)
	}
	response, err := p.client.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = response.Body.Close() }() // nothing can be done about it
	answer, err = io.ReadAll(response.Body)
	if err != nil {
		return nil, 0, fmt.Errorf("the answer broke off: %w", err)
	}
	status := response.StatusCode
	if status >= 200 && status < 300 {
		return answer, 0, nil
	}
	message := response.Status
	if excerpt := strings.TrimSpace(string(answer[:min(len(answer), excerptLimit)])); excerpt != "" {
		message += ": " + excerpt
	}
	if status == http.StatusTooManyRequests || status >= 500 {
		return nil, retryAfter(response.Header.Get("Retry-After")), errors.New(message)
	}
	return nil, 0, &finalError{message}
}

// retryAfter reads the header in its form of seconds; anything else leaves the pause to the caller.
func retryAfter(header string) time.Duration {
	seconds, err := strconv.Atoi(header)
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
