package upstream

import (
	"context"
	"encoding/json"
)

// Version is the version that a server says it is, as Tempo and Loki answer under a path of their own; "" if it was
// built without one.
func (c *Client) Version(ctx context.Context, path string) (string, error) {
	_, body, err := c.Get(ctx, path, nil, "application/json")
	if err != nil {
		return "", err
	}
	var info struct {
		Version string `json:"version"`
	}
	if err := json.Unmarshal(body, &info); err != nil {
		return "", c.Unreadable("build information", err)
	}
	return c.Clean(info.Version), nil
}
