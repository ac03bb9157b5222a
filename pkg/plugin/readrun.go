package plugin

import (
	"context"
	"slices"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// readRun reads the run that a query is about: the one it names, else the latest one that matches its
// filters. nil without an error: there is none, which is said.
func (d *Datasource) readRun(ctx context.Context, r request, n *notes) (*windmill.Run, error) {
	id := r.RunID
	if id == "" {
		latest, err := d.latest(ctx, r, n)
		if err != nil || latest == "" {
			return nil, err
		}
		id = latest
	}
	return d.readNamed(ctx, id, r, n)
}

// shownJobs are the jobs of a run that the filters leave. Filters narrow only a run that was named: without one they
// chose it.
func shownJobs(r request, run *windmill.Run, n *notes) []*windmill.Job {
	if r.RunID == "" {
		return slices.Concat(run.Jobs, run.Handlers)
	}
	jobs, hidden := flowstep.NarrowRun(run, narrowing(r))
	if hidden > 0 {
		n.infof("%d of %d jobs of this run are not shown because of the filters.", hidden, len(run.Jobs))
	}
	return jobs
}
