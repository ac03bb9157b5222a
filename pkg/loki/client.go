package loki

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
)

const acceptJSON = "application/json"

// longestURL is how long the arguments of a GET may be: longer queries are sent as a form, which every Loki takes too.
const longestURL = 4096

// Client asks one Loki. It is safe for concurrent use. Its errors are *upstream.Error.
type Client struct {
	up       *upstream.Client
	selector string // of the settings; empty: found out

	mu    sync.Mutex
	found map[string]cachedSelector // by user, where answers depend on the user who asks
	most  knownMost
}

// knownMost is how many lines Loki gives at once, as it said.
type knownMost struct {
	lines int
	at    time.Time
}

// New makes a client on an upstream. selector is the LogQL stream selector of Windmill's streams, such as
// `{service_name="windmill"}`; empty means all streams.
func New(up *upstream.Client, selector string) *Client {
	return &Client{up: up, selector: selector, found: map[string]cachedSelector{}}
}

// Version is the version that Loki says it is; "" if it was built without one.
func (c *Client) Version(ctx context.Context) (string, error) {
	return c.up.Version(ctx, "/loki/api/v1/status/buildinfo")
}

// Labels lists the labels of the streams in a range of time, sorted.
func (c *Client) Labels(ctx context.Context, start, end time.Time) ([]string, error) {
	_, body, err := c.up.Get(ctx, "/loki/api/v1/labels", bounds(start, end), acceptJSON)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Status string   `json:"status"`
		Data   []string `json:"data"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Status != "success" {
		return nil, c.up.Unreadable("list of labels", err)
	}
	slices.Sort(answer.Data)
	return answer.Data, nil
}

// mostEntries is what Loki says when more lines are asked for than it gives
// (limits_config.max_entries_limit_per_query).
var mostEntries = regexp.MustCompile(`max_entries_limit[a-z_]* \([0-9]+ > ([0-9]+)\)`)

// limitLifetime is how long a limit of Loki's is taken for unchanged.
const limitLifetime = 10 * time.Minute

// ask runs a log query. When Loki does not give so many lines, it is asked for as many as it gives.
func (c *Client) ask(ctx context.Context, query string, r Request) (queryAnswer, error) {
	wanted := r.Limit
	r.Limit = c.allowed(wanted)
	answer, err := c.askWithin(ctx, query, r)
	if c.learn(err) && c.allowed(wanted) < r.Limit {
		r.Limit = c.allowed(wanted)
		answer, err = c.askWithin(ctx, query, r)
	}
	if r.Limit < wanted && len(answer.lines) >= r.Limit {
		answer.cutAt = r.Limit
	}
	return answer, err
}

// errTooMany is the cause of an error when an answer has far more in it than was asked for: it would take many times
// its size in memory.
var errTooMany = errors.New("more values than were asked for")

// valuesOf is how many values of JSON an answer of so many lines, or points, has at most: each may have labels of
// its own.
func valuesOf(lines int) int64 { return 300*int64(lines) + 10_000 }

// allowed is how many of some lines Loki gives, as far as that is known.
func (c *Client) allowed(lines int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.most.lines > 0 && time.Since(c.most.at) < limitLifetime {
		return min(lines, c.most.lines)
	}
	return lines
}

// learn reads from a refusal how many lines Loki gives. false: it says nothing of that.
func (c *Client) learn(err error) bool {
	e := upstream.AsError(err)
	if e == nil {
		return false
	}
	said := mostEntries.FindSubmatch(e.Answer())
	if said == nil {
		return false
	}
	lines, parseErr := strconv.Atoi(string(said[1]))
	if parseErr != nil || lines <= 0 {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.most = knownMost{lines, time.Now()}
	return true
}

func (c *Client) askWithin(ctx context.Context, query string, r Request) (queryAnswer, error) {
	args := bounds(r.Start, r.End)
	args.Set("query", query)
	args.Set("limit", strconv.Itoa(r.Limit))
	args.Set("direction", "backward")
	if r.Forward {
		args.Set("direction", "forward")
	}
	body, err := c.send(ctx, "/loki/api/v1/query_range", args)
	if err != nil {
		return queryAnswer{}, err
	}
	if upstream.CountJSON(body) > valuesOf(r.Limit) {
		return queryAnswer{}, c.up.Unreadable("list of log lines", errTooMany)
	}
	answer, err := decodeAnswer(body)
	if err != nil {
		return queryAnswer{}, c.up.Unreadable("list of log lines", err)
	}
	answer.warnings = c.up.CleanAll(answer.warnings)
	return answer, nil
}

func (c *Client) send(ctx context.Context, endpoint string, args url.Values) ([]byte, error) {
	encoded := args.Encode()
	if len(encoded) <= longestURL {
		_, body, err := c.up.Get(ctx, endpoint, args, acceptJSON)
		return body, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.up.URL(endpoint, nil).String(), strings.NewReader(encoded))
	if err != nil {
		return nil, c.up.Unreadable("URL", err)
	}
	req.Header.Set("Accept", acceptJSON)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_, body, err := c.up.Do(ctx, req)
	return body, err
}

// bounds are start and end in nanoseconds.
func bounds(start, end time.Time) url.Values {
	return url.Values{
		"start": {strconv.FormatInt(start.UnixNano(), 10)},
		"end":   {strconv.FormatInt(end.UnixNano(), 10)},
	}
}
