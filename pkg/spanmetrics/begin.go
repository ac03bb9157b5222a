package spanmetrics

import (
	"context"
	"time"
)

// begun is what every request begins with: what the series of its time range can tell, and what is said of that.
type begun struct {
	*asked
	dims dims
}

func (c *Client) begin(ctx context.Context, start, end time.Time) (begun, error) {
	shape, err := c.shapeIn(ctx, start, end)
	if err != nil {
		return begun{}, err
	}
	b := begun{&asked{}, dims{shape}}
	b.dims.notices(b.asked)
	return b, nil
}

// figuresOf are the figures of a filter: of its keys, or of every step. Containers that cannot be told from steps
// are said.
func (b begun) figuresOf(f Filter, window time.Duration) []figure {
	b.dims.noticeContainers(b.asked)
	more := b.dims.matchers(f, b.asked)
	if f.Keys != nil {
		return figuresFor(b.dims, f.Keys, window, more)
	}
	return []figure{{dims: b.dims, matchers: append(b.dims.base(ofSteps), more...), window: window}}
}
