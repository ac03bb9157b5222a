package plugin

import (
	"context"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// deployments finds scripts and flows that ran with a new version, from the traces of the range.
func (d *Datasource) deployments(ctx context.Context, r request) (data.Frames, error) {
	if d.reader == nil {
		return nil, needs("deployments", "Tempo")
	}
	found, err := d.reader.Versions(ctx, r.Filters, r.within)
	if err != nil {
		return nil, err
	}
	if r.Filters.Compares("flow", "worker", "outcome", "jobId", "rootJob", "parentJob") {
		return nil, &query.Error{Message: "Deployments can be filtered by workspace, step, script path, tag and language with any operator, and by flow with =: remove the other filters."}
	}
	n := newNotes()
	n.fromTempo(found.Notices, found.Queries, found.Cost)
	rows := flowstep.Deployments(found.Spans, r.within.From)
	if len(rows) > r.Limit {
		n.infof("There are %d deployments: only the newest %d are shown.", len(rows), r.Limit)
		rows = rows[:r.Limit]
	}
	n.infof("A deployment shows when a new version first runs: traces since %s were looked at, and a script of which they hold one version alone has none.",
		found.Since.UTC().Format(time.DateTime))
	return data.Frames{frame.Deployments(rows, n.info, d.links(r.within))}, nil
}
