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
	for _, x := range []struct {
		count int
		noun  string
		text  string
	}{
		{c.Waits, "wait", "derived: Windmill sends no span of a wait"},
		{c.Derived, "container", "of derived length: from the first pull to the latest end below"},
		{c.Running, "job", "without an end: drawn until now, which is too long for what ended in a way that Windmill does not report"},
		{c.Untimed, "job", "without start and length: drawn as a point at the first sign"},
	} {
		if x.count > 0 {
			n.infof("%s %s.", counted(x.count, x.noun), x.text)
		}
	}
}
