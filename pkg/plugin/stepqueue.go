package plugin

import (
	"context"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// sourceTraces is what meta.custom.source says of figures from the spans themselves.
const sourceTraces = "traces"

// queueSeries gives quantiles of how long executions of the steps waited for a worker. No metric knows that, but a
// job's id does: it carries the time of its push. So these are the waits of the executions in the newest traces of
// each part of the range, which a notice says; all of them where there are few.
func (d *Datasource) queueSeries(ctx context.Context, r request, n *notes, choice stepChoice) ([]flowstep.Series, error) {
	if d.reader == nil {
		return nil, needs("waits for a worker", "Tempo")
	}
	found, err := d.reader.Pulls(ctx, choice.pulled(r.Filters), r.within)
	if err != nil {
		return nil, err
	}
	n.fromTempo(found.Notices, found.Queries, found.Cost)
	n.info.Custom["source"] = sourceTraces
	waits := windmill.WaitsOf(found.Spans)
	over := flowstep.Intervals{From: r.within.From, To: r.within.To, Step: stepOf(r)}
	series, counted := flowstep.QueueSeries(waits.List, r.Quantiles, over, choice.wants, func(k flowstep.Key) *string {
		return flowstep.FlowOf(k, choice.flowOf(k))
	})
	n.info.Custom["sampled"] = counted
	d.saySample(ctx, n, found, waits, counted, over)
	return series, nil
}

// pulled are the filters of the spans: the steps of the flows that were asked for, as far as traces have shown them.
func (c stepChoice) pulled(f query.Filters) query.Filters {
	if len(c.filter.Keys) == 0 {
		return f
	}
	f.Flow = nil
	var steps, paths []string
	for _, k := range c.filter.Keys {
		if c.wants(flowstep.Key(k)) {
			steps, paths = append(steps, k.Step), append(paths, k.StepPath)
		}
	}
	f.Step, f.ScriptPath = unique(steps), unique(paths)
	return f
}

func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// wants says whether a step that was seen in a trace is one that was asked for.
func (c stepChoice) wants(k flowstep.Key) bool {
	return oneOfOrAny(c.filter.Workspaces, k.Workspace) && oneOfOrAny(c.filter.Steps, k.Step) && oneOfOrAny(c.filter.StepPaths, k.StepPath) && c.keep(k)
}

// saySample says how many of the executions the figures are of, and what cannot be told.
func (d *Datasource) saySample(ctx context.Context, n *notes, found runs.Pulls, waits windmill.QueueWaits, counted int, over flowstep.Intervals) {
	switch {
	case found.Condition == "" && counted == 0:
		n.infof("No execution that matches the filters was pulled in the time range.")
	case found.Condition == "" && found.Gaps:
		n.infof("Waits of the %d executions that were found: from the push, which a job's id tells, to the first pull by a worker.", counted)
	case found.Condition == "":
		n.infof("Waits of all %d executions: from the push, which a job's id tells, to the first pull by a worker.", counted)
	default:
		n.warnf("Waits of a sample, %d of %s: those in the newest traces of each part of the range. From the push, which a job's id tells, to the first pull by a worker.",
			counted, d.howMany(ctx, n, found.Condition, over, counted))
	}
	if waits.Retries > 0 {
		n.infof("%s left out that came after a failed one of the same step: a retry's delay may be in the wait.", executionsAre(waits.Retries))
	}
	if waits.Unknown > 0 {
		n.infof("%s left out whose wait is unknown: the id tells no creation, or clocks disagree.", executionsAre(waits.Unknown))
	}
	if counted > 0 {
		n.infof("A sleep after the step before cannot be told from a wait for a worker and is in it.")
	}
}

func executionsAre(n int) string {
	if n == 1 {
		return "1 execution is"
	}
	return counted(n, "execution") + " are"
}

// howMany counts the spans of a condition with TraceQL metrics, for a notice. They may not have all of the time:
// then they tell less than what was seen.
func (d *Datasource) howMany(ctx context.Context, n *notes, condition string, over flowstep.Intervals, seen int) string {
	q := "{ " + condition + ` && span.language != nil && name =~ "job .+" } | count_over_time()`
	n.info.Queries = append(n.info.Queries, q)
	defer upstream.MeterOf(ctx).Time(q)()
	res, err := d.tempo.QueryRange(ctx, tempo.MetricsRequest{Query: q, Start: over.From, End: over.To, Step: max(over.Step, time.Second)})
	var total float64
	for _, s := range res.Series {
		for _, p := range s.Samples {
			total += p.Value
		}
	}
	if err != nil || res.Start.After(over.From) || int(total) < seen {
		return "an unknown number of executions"
	}
	return "about " + counted(int(total), "execution")
}
