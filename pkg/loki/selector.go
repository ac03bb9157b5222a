package loki

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// commonLabels are what streams usually have, best first. Since 3.0 Loki gives each a service_name.
var commonLabels = []string{"service_name", "service", "job", "app", "container", "container_name", "pod", "namespace", "filename"}

// selectorLifetime is how long the label that all streams are chosen by is taken for unchanged.
const selectorLifetime = 5 * time.Minute

// mostUsers bounds the memory of what was found.
const mostUsers = 1000

type cachedSelector struct {
	text string
	at   time.Time
}

// streams gives the stream selector for queries: that of the settings, or one that chooses every stream by a label that
// streams have in that range. LogQL needs one label at least. "": there are no streams.
func (c *Client) streams(ctx context.Context, start, end time.Time) (string, error) {
	if c.selector != "" {
		return c.selector, nil
	}
	user, keep := c.userOf(ctx)
	c.mu.Lock()
	found := c.found[user]
	c.mu.Unlock()
	if keep && found.text != "" && time.Since(found.at) < selectorLifetime {
		return found.text, nil
	}
	labels, err := c.Labels(ctx, start, end)
	if err != nil {
		return "", err
	}
	text := selectorFrom(labels)
	if keep && text != "" {
		c.mu.Lock()
		defer c.mu.Unlock()
		if len(c.found) >= mostUsers {
			clear(c.found)
		}
		c.found[user] = cachedSelector{text, time.Now()}
	}
	return text, nil
}

// userOf is whose answers are kept together: where identities are forwarded, those of the user who asks, because the
// labels of one may be hidden from another. Without a known user nothing is kept.
func (c *Client) userOf(ctx context.Context) (user string, keep bool) {
	if !c.up.PerUser() {
		return "", true
	}
	u := backend.UserFromContext(ctx)
	if u == nil || u.Login == "" {
		return "", false
	}
	return u.Login, true
}

func selectorFrom(labels []string) string {
	for _, name := range commonLabels {
		if slices.Contains(labels, name) {
			return "{" + name + `=~".+"}`
		}
	}
	for _, name := range labels {
		if !strings.HasPrefix(name, "__") && isLabelName.MatchString(name) {
			return "{" + name + `=~".+"}`
		}
	}
	return ""
}

var (
	isLabelName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
	isSelector  = regexp.MustCompile(`^\{` + matcher + `(?:,` + matcher + `)*,?\s*\}$`)
)

const matcher = `\s*[a-zA-Z_][a-zA-Z0-9_]*\s*(?:=|!=|=~|!~)\s*(?:"(?:[^"\\\n]|\\.)*"|` + "`[^`]*`" + `)\s*`

// IsSelector says whether a text has the form of one LogQL stream selector and nothing else, such as
// `{service_name="windmill", namespace=~"prod.*"}`.
func IsSelector(text string) bool { return isSelector.MatchString(text) }
