package plugin

import (
	"context"
	"slices"
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/flowsteps/windmill-datasource/pkg/tracemetrics"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// stepChoice is which steps a query of span metrics is about.
type stepChoice struct {
	filter spanmetrics.Filter
	flows  flowstep.FlowsOf // from traces; nil: nothing was learned
	wanted []string         // flows asked for; empty: all
	traced bool             // Tempo answers
	asked  query.Filters    // their operators other than = are judged here where series cannot
	alert  bool             // labels must not depend on a sample of traces
}

// chooseSteps turns the filters into those of span metrics. Span metrics do not say which flow a script by path ran in,
// so the newest traces of the range are looked at: with a filter by flow, the steps seen there are asked for; without
// one, they only fill the column flow. Filters that span metrics cannot answer are said to have no effect.
func (d *Datasource) chooseSteps(ctx context.Context, r request, n *notes) (stepChoice, error) {
	f := r.Filters
	c := stepChoice{wanted: f.Flow, filter: spanmetrics.Filter{
		Workspaces: f.Workspace, Steps: f.Step, Languages: f.Language, Tags: f.Tag,
	}}
	for _, p := range f.ScriptPath {
		c.filter.StepPaths = append(c.filter.StepPaths, windmill.StepPath(p))
	}
	for _, x := range f.Conditions {
		if tag := metricTags[x.Key]; tag != "" {
			comparison := spanmetrics.Comparison{Tag: tag, Pattern: x.Regexp(), Not: x.Negative()}
			c.filter.Compared = append(c.filter.Compared, comparison)
		}
	}
	c.asked = f
	sayIgnored(r, n)
	c.alert = r.alert
	if r.alert && len(f.Flow) == 0 && !f.Compares("flow") && d.seriesAlone(ctx, r) {
		return c, nil
	}
	if d.reader == nil {
		n.infof("Tempo is not configured: the flows of scripts by path and the slowest runs are unknown.")
		return c, nil
	}
	sample, err, failed := d.sampleSteps(ctx, r)
	if failed != nil {
		return c, failed
	}
	if err != nil {
		if ctx.Err() != nil {
			return c, err
		}
		n.warnf("The flows of scripts by path and the slowest runs are unknown: %v", err)
		return c, nil
	}
	n.fromTempo(nil, sample.Queries, sample.Cost)
	c.flows, c.traced = sample.Flows, true
	if len(f.Flow) == 0 {
		return c, nil
	}
	if len(sample.Flows) == 0 {
		n.infof("No trace of the flow was found in the time range: only its inline steps can be told.")
		return c, nil
	}
	if sample.Cut {
		n.infof("The steps of the flow are those seen in its newest traces: one that ran only earlier in the time range is not here.")
	}
	c.filter.Keys = []spanmetrics.Key{}
	for _, k := range sample.Keys() {
		c.filter.Keys = append(c.filter.Keys, spanmetrics.Key(k))
	}
	return c, nil
}

// metricTags are the tags of span metrics that filters compare.
var metricTags = map[string]string{
	"workspace": "workspace_id", "step": "flow_step_id", "scriptPath": "script_path", "language": "language", "tag": "tag",
}

// seriesAlone says that span metrics tell steps apart by themselves, so that a rule needs no traces.
func (d *Datasource) seriesAlone(ctx context.Context, r request) bool {
	if d.metrics == nil || r.Source == query.SourceTraceQLMetrics || r.Measure == query.MeasureQueue {
		return false
	}
	if r.Source == query.SourceSpanMetrics {
		return true
	}
	source, err := d.metrics.SourceIn(ctx, r.within.From, r.within.To)
	return err == nil && source == spanmetrics.SourceSpanMetrics
}

// sampleSteps looks at the newest traces, and meanwhile at what the span metrics can tell, which is kept for when
// they are asked (for single users nothing is). Where they fail, so does the query.
func (d *Datasource) sampleSteps(ctx context.Context, r request) (sample runs.Sample, err, failed error) {
	var g group.Group
	if d.metrics != nil && !d.metrics.PerUser() && r.Source != query.SourceTraceQLMetrics && r.Measure != query.MeasureQueue {
		g.Go(func() error {
			_, err := d.metrics.SourceIn(ctx, r.within.From, r.within.To)
			return err
		})
	}
	sample, err = d.reader.SampleSteps(ctx, r.Filters.Workspace, r.Filters.Flow, r.within)
	return sample, err, g.Wait()
}

// sayIgnored names the filters that have no effect on span metrics. Waits come from the spans, which name their worker.
func sayIgnored(r request, n *notes) {
	var ignored []string
	for _, x := range []struct {
		name string
		set  bool
	}{
		{"worker", (len(r.Filters.Worker) > 0 || r.Filters.Compares("worker")) && r.Measure != query.MeasureQueue},
		{"outcome", len(r.Filters.Outcome) > 0 || r.Filters.Compares("outcome")},
		{"job id", len(r.Filters.JobID) > 0 || r.Filters.Compares("jobId")},
		{"root job", len(r.Filters.RootJob) > 0 || r.Filters.Compares("rootJob")},
		{"parent job", len(r.Filters.ParentJob) > 0 || r.Filters.Compares("parentJob")},
		{"trigger", (len(r.Filters.TriggerKind)+len(r.Filters.Trigger) > 0 || r.Filters.Compares("triggerKind", "trigger")) && r.Measure != query.MeasureQueue},
		{"created by", (len(r.Filters.CreatedBy) > 0 || r.Filters.Compares("createdBy")) && r.Measure != query.MeasureQueue},
		{"minimum duration", r.MinDuration > 0},
	} {
		if x.set {
			ignored = append(ignored, x.name)
		}
	}
	if len(ignored) > 0 {
		n.warnf("Figures of steps cannot be filtered by %s: that has no effect here.", strings.Join(ignored, ", "))
	}
}

// source is where the figures of the choice may come from.
func (c stepChoice) source(r request) source {
	return source{wanted: r.Source, start: r.within.From, end: r.within.To, keys: len(c.seen()) > 0}
}

// filterFor is the filter as a source takes it: TraceQL metrics want the steps by name, and get those that the newest
// traces have shown.
func (c stepChoice) filterFor(f figures) spanmetrics.Filter {
	if _, traces := f.(*tracemetrics.Client); traces {
		return spanmetrics.Filter{Keys: c.seen()}
	}
	return c.filter
}

// mostTraced bounds the steps that TraceQL metrics are asked for: each hundred of them takes some queries.
const mostTraced = 300

// seen lists the steps that traces have shown and that match the filters, sorted, at most mostTraced.
func (c stepChoice) seen() []spanmetrics.Key {
	keys := c.matching()
	return keys[:min(len(keys), mostTraced)]
}

func (c stepChoice) matching() []spanmetrics.Key {
	keys := []spanmetrics.Key{}
	for k := range c.flows {
		if oneOfOrAny(c.filter.Workspaces, k.Workspace) && oneOfOrAny(c.filter.Steps, k.Step) && oneOfOrAny(c.filter.StepPaths, k.StepPath) {
			if c.holds(k) {
				keys = append(keys, spanmetrics.Key(k))
			}
		}
	}
	slices.SortFunc(keys, spanmetrics.Key.Compare)
	return keys
}

// oneOfOrAny says whether a list holds a value; an empty one holds all.
func oneOfOrAny(list []string, value string) bool {
	return len(list) == 0 || slices.Contains(list, value)
}

// sayTraced says what figures of TraceQL metrics leave out.
func (c stepChoice) sayTraced(n *notes, s spanmetrics.Source) {
	if s != spanmetrics.SourceTraceQL {
		return
	}
	n.infof("Figures are from TraceQL metrics, of the steps seen in the newest traces: one that ran only earlier in the time range is not here. Their buckets are a factor of two wide.")
	if all := len(c.matching()); all > mostTraced {
		n.warnf("%d steps match, and TraceQL metrics are asked for the first %d alone: choose some by workspace, flow or step.", all, mostTraced)
	}
	if len(c.filter.Languages) > 0 || len(c.filter.Tags) > 0 {
		n.warnf("TraceQL metrics are not filtered by tag or language here: that has no effect.")
	}
}

// keep says whether a step belongs to the flows asked for, as far as is known. Series by span name, and of steps
// that run no script, carry no path: they are kept when they were asked for by step, and when nothing else was asked
// for.
func (c stepChoice) keep(k flowstep.Key) bool {
	if !c.holds(k) {
		return false
	}
	if len(c.wanted) == 0 {
		return true
	}
	if k.StepPath == "" {
		return len(c.filter.Keys) > 0
	}
	if flow := flowstep.FlowOf(k, nil); flow != nil && slices.Contains(c.wanted, *flow) {
		return true
	}
	return slices.Contains(c.wanted, k.StepPath) || len(c.flows[k]) > 0
}

// holds judges a step by the operators other than =. A flow that is not known is another one than any that is named.
func (c stepChoice) holds(k flowstep.Key) bool {
	if !c.asked.Holds("workspace", k.Workspace) || !c.asked.Holds("step", k.Step) ||
		k.StepPath != "" && !c.asked.Holds("scriptPath", k.StepPath) {
		return false
	}
	if !c.asked.Compares("flow") {
		return true
	}
	flow := flowstep.FlowOf(k, c.flows)
	if flow == nil {
		flow = new(string)
	}
	return c.asked.Holds("flow", *flow)
}

// flowOf is the flow of a step, the one asked for if it belongs to several. An alert rule's labels come from the series
// alone: with a flow that a sample of traces knows at one evaluation and not at the next, a pending alert would start
// over.
func (c stepChoice) flowOf(k flowstep.Key) flowstep.FlowsOf {
	if c.alert {
		return nil
	}
	if len(c.wanted) == 1 && k.Step != "" && k.StepPath != "" {
		return flowstep.FlowsOf{k: c.wanted}
	}
	return c.flows
}
