package loki

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
)

// commonLabels are what streams usually have, best first. Since 3.0 Loki gives each a service_name.
var commonLabels = []string{"service_name", "service", "job", "app", "container", "container_name", "pod", "namespace", "filename"}

// selectorLifetime is how long the label that all streams are chosen by is taken for unchanged.
const selectorLifetime = 5 * time.Minute

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
	c.mu.Lock()
	found := c.found
	c.mu.Unlock()
	if found.text != "" && time.Since(found.at) < selectorLifetime {
		return found.text, nil
	}
	labels, err := c.Labels(ctx, start, end)
	if err != nil {
		return "", err
	}
	text := selectorFrom(labels)
	if text != "" {
		c.mu.Lock()
		c.found = cachedSelector{text, time.Now()}
		c.mu.Unlock()
	}
	return text, nil
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
