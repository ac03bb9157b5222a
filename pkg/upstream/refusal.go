package upstream

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// longestReason is how much of an upstream's own message an error repeats, in characters.
const longestReason = 300

// longestRead is how much of a message is looked at, in bytes.
const longestRead = 4096

// refusal is nil for an answer that can be read on, else one sentence.
func (c *Client) refusal(resp *http.Response, body []byte) error {
	e := c.refusalOf(resp, body)
	if e == nil {
		return nil
	}
	e.answer = body
	busyFor(e, resp, body)
	e.down = resp.StatusCode == http.StatusBadGateway || (resp.StatusCode == http.StatusServiceUnavailable && e.busy)
	return e
}

func (c *Client) refusalOf(resp *http.Response, body []byte) *Error {
	status := resp.StatusCode
	html := isHTML(resp, body)
	switch {
	case status >= 200 && status < 300 && !html:
		return nil
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return NewError(c.name, status, nil, "%s refused the credentials (status %d): check them in the data source's settings.%s",
			c.name, status, c.reason(resp, body))
	case status >= 200 && status < 300:
		return NewError(c.name, http.StatusBadGateway, nil, "%s at %s answered with a page of HTML: is the URL right?", c.name, c.base.Host)
	case status == http.StatusNotFound:
		return NewError(c.name, status, nil, "%s at %s does not know %s (status 404): is the URL right, and is this a %s?%s",
			c.name, c.base.Host, resp.Request.URL.Path, c.name, c.reason(resp, body))
	case status == http.StatusTooManyRequests:
		return NewError(c.name, status, nil, "%s has too many requests to answer this one now (status 429): try again later.%s",
			c.name, c.reason(resp, body))
	case status >= 400 && status < 500:
		return NewError(c.name, status, nil, "%s rejected the query (status %d).%s", c.name, status, c.reason(resp, body))
	case status == http.StatusGatewayTimeout:
		return NewError(c.name, status, nil, "%s took too long (status 504): ask for less.%s", c.name, c.reason(resp, body))
	case status >= 500:
		return NewError(c.name, http.StatusBadGateway, nil, "%s failed (status %d).%s", c.name, status, c.reason(resp, body))
	default:
		return NewError(c.name, http.StatusBadGateway, nil, "%s answered with status %d, which is not expected: is the URL right?", c.name, status)
	}
}

// Unreadable is the error of an answer that could not be decoded.
func (c *Client) Unreadable(want string, cause error) *Error {
	return NewError(c.name, http.StatusBadGateway, cause, "%s at %s answered with something that is no %s: is the URL right?",
		c.name, c.base.Host, want)
}

// htmlStart is how much of a body is looked at to see whether it is a page, in bytes.
const htmlStart = 64

func isHTML(resp *http.Response, body []byte) bool {
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return true
	}
	start := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), htmlStart)]))
	return bytes.HasPrefix(start, []byte("<!doctype")) || bytes.HasPrefix(start, []byte("<html"))
}

// reason is the upstream's own message, short and behind a space; "" if it gave none that can be read.
func (c *Client) reason(resp *http.Response, body []byte) string {
	if isHTML(resp, body) {
		return ""
	}
	text := string(body[:min(len(body), longestRead)])
	var structured struct{ Error, Message, Detail string }
	if json.Unmarshal(body, &structured) == nil {
		text = firstOf(structured.Error, structured.Message, structured.Detail)
		text = text[:min(len(text), longestRead)]
	}
	text = c.short(text, forwardedSecrets(resp.Request)...)
	if text == "" {
		return ""
	}
	return fmt.Sprintf(" It says: %s.", strings.TrimRight(text, "."))
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// short makes one line of a text, without secrets.
func (c *Client) short(text string, more ...string) string {
	text = mask(text, slices.Concat(c.secrets, more))
	return shortened(strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " "), longestReason)
}

// Clean makes one short line without secrets of a text that an upstream has sent, such as a warning.
func (c *Client) Clean(text string) string { return c.short(text[:min(len(text), longestRead)]) }

// mostWarnings is how many warnings of one answer are repeated.
const mostWarnings = 10

// CleanAll makes short lines without secrets of an answer's warnings, of the first of them.
func (c *Client) CleanAll(texts []string) []string {
	var out []string
	for _, text := range texts[:min(len(texts), mostWarnings)] {
		out = append(out, c.Clean(text))
	}
	return out
}

// shortened cuts a text that has more characters.
func shortened(text string, most int) string {
	if len(text) <= most {
		return text
	}
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// TenantHeader names the tenant of Tempo, Mimir and Loki. Its value is no secret.
const TenantHeader = "X-Scope-Orgid"

func sizeText(bytes int64) string {
	if bytes >= 1<<20 {
		return fmt.Sprintf("%d MB", bytes>>20)
	}
	return fmt.Sprintf("%d bytes", bytes)
}
