package plugin

import (
	"context"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// mostExemplars bounds the points that are drawn over a graph.
const mostExemplars = 100

// exemplars finds executions behind a graph of latency, for people: an alert rule cannot use them. They are an extra:
// where they cannot be had, the graph comes without.
func (d *Datasource) exemplars(ctx context.Context, r request, n *notes, choice stepChoice) data.Frames {
	if r.alert || d.metrics == nil {
		return nil
	}
	res, err := d.metrics.Exemplars(ctx, spanmetrics.ExemplarRequest{
		Filter: choice.filter, Start: r.within.From, End: r.within.To, Step: stepOf(r), Limit: mostExemplars,
		Keep: func(k spanmetrics.Key) bool { return choice.keep(flowstep.Key(k)) },
	})
	if err != nil {
		n.infof("There are no exemplars: %v", err)
		return nil
	}
	if len(res.List) == 0 {
		return nil
	}
	list := make([]frame.Exemplar, 0, len(res.List))
	for _, e := range res.List {
		key := flowstep.Key(e.Key)
		x := frame.Exemplar{Key: key, Flow: flowstep.FlowOf(key, choice.flowOf(key)), Time: e.Time, Seconds: e.Seconds, TraceID: e.TraceID}
		if job, ok := windmill.JobOfTrace(e.TraceID, e.Time); ok {
			x.JobID = &job
		}
		list = append(list, x)
	}
	return data.Frames{frame.Exemplars(list, frame.Info{Queries: res.Queries}, d.links(r.within))}
}
