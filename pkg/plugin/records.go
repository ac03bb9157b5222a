package plugin

import (
	"context"

	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// recording is the reader of runs that also takes how they ended from what Windmill logged, where Loki is
// configured. That Loki does not answer is said, and does no more harm: then the rules of spans hold.
func (d *Datasource) recording(n *notes) *runs.Reader {
	if d.logs == nil {
		return d.reader
	}
	return d.reader.Recording(func(ctx context.Context, ids []string, within runs.Range) []windmill.Completion {
		from, to := within.From, within.To
		if limit := d.now().Add(logMargin); to.After(limit) {
			to = limit
		}
		if earliest := to.Add(-longestLog); from.Before(earliest) {
			from = earliest
		}
		found, err := d.logs.Completions(ctx, ids, from, to)
		if err != nil {
			if ctx.Err() == nil {
				n.warnf("How flows ended follows from their spans alone, because Windmill's records of it could not be read: %v", err)
			}
			return nil
		}
		n.fromLoki(found.Notices, found.Queries, found.Stats)
		return found.List
	})
}
