package spanmetrics

import (
	"context"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
)

// Cost is how many series the span metrics make. nil is unknown: none were written in the last minutes.
type Cost struct {
	Series          *float64 // all of the six metrics, of all programs
	IterationSeries *float64 // those with the number of an iteration in script_path
	// Iterations says that a script_path with the number of an iteration was there in the 24 hours before.
	Iterations bool
}

// Cost counts the series at a time.
func (c *Client) Cost(ctx context.Context, at time.Time) (Cost, error) {
	numbered := labelScriptPath + "=~" + QuoteLabelValue(".*"+container)
	var out Cost
	g, ctx := group.WithContext(ctx)
	count := func(matchers string, into **float64) {
		g.Go(func() error {
			vector, _, err := c.vector(ctx, "count({"+matchers+"})", at)
			if len(vector) == 1 {
				*into = finite(vector[0].Value)
			}
			return err
		})
	}
	count(anySeries, &out.Series)
	count(anySeries+","+numbered, &out.IterationSeries)
	g.Go(func() error {
		values, _, _, err := c.api.LabelValues(ctx, labelScriptPath, []string{"{" + anySeries + "," + numbered + "}"},
			at.Add(-shapeRange), at, v1.WithLimit(1))
		out.Iterations = len(values) > 0
		return c.failed(err)
	})
	return out, g.Wait()
}
