package plugin

import (
	"context"
	"errors"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
)

// checkStream makes a search over gRPC when streaming is on. It gives a sentence for the message of Tempo, and what to
// change where searches go over HTTP instead.
func checkStream(ctx context.Context, c checked, now time.Time) (said string, advised []advice) {
	reason := c.unstreamed
	if reason == nil {
		if c.stream == nil {
			return "", nil // it is off
		}
		_, reason = c.stream.Search(ctx, tempo.SearchRequest{Query: anyWindmillSpan, Start: now.Add(-tracesSince), End: now, Limit: 1}, func(tempo.Part) {})
	}
	if reason == nil {
		return " Its searches are streamed.", nil
	}
	a := advice{Title: "Tempo's searches cannot be streamed", Text: reason.Error(), Lines: []string{}}
	if errors.Is(reason, upstream.ErrNoRPC) {
		a.Title, a.Text = "Tempo's searches go over HTTP, although they are to be streamed", a.Text+" Results come all at once until it can."
		if c.unstreamed == nil {
			a.Text += " Give Tempo's gRPC port in the settings, or let Tempo serve gRPC on its HTTP port:"
			a.Lines = []string{"# tempo.yaml", "stream_over_http_enabled: true"}
		}
	}
	return " Its searches are not streamed: " + reason.Error(), []advice{a}
}
