package plugin

import (
	"context"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// runTrace shows one run as a trace: the hierarchy of its jobs, with waits and transitions as spans.
func (d *Datasource) runTrace(ctx context.Context, r request) (data.Frames, error) {
	if d.reader == nil {
		return nil, needs("the trace of a run", "Tempo")
	}
	n := newNotes()
	run, err := d.readRun(ctx, r, n)
	if err != nil {
		return nil, err
	}
	if run == nil {
		return data.Frames{frame.RunTrace(nil, n.info, d.links(r.within))}, nil
	}
	jobs := shownJobs(r, run, n)
	describeRun(n, run)
	spans, counts := flowstep.Trace(run, jobs, d.now())
	sayDerived(n, counts)
	return data.Frames{frame.RunTrace(spans, n.info, d.links(r.within))}, nil
}

// sayDerived names the spans that Windmill did not send.
func sayDerived(n *notes, c flowstep.TraceCounts) {
	if c.Waits > 0 || c.Derived > 0 {
		n.infof("Derived, not measured: %d waits, and the lengths of %d containers.", c.Waits, c.Derived)
	}
	if c.Running > 0 {
		n.infof("No end was seen of %d jobs: their length is the time elapsed so far.", c.Running)
	}
	if c.Untimed > 0 {
		n.infof("%d jobs have neither start nor length: they are drawn without one at their first sign.", c.Untimed)
	}
}
