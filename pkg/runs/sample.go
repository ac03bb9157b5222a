package runs

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// sampleTraces is how many of the newest traces a search looks at to learn which steps a flow has, or which of their
// executions were slowest.
const sampleTraces = 100

// Sample is what traces show of the steps of flows.
type Sample struct {
	Flows   flowstep.FlowsOf // the flows in which each step was seen
	Cut     bool             // there are more traces than were looked at
	Queries []string
	Cost    Cost
}

// Keys lists the steps that were seen, sorted.
func (s Sample) Keys() []flowstep.Key {
	list := make([]flowstep.Key, 0, len(s.Flows))
	for k := range s.Flows {
		list = append(list, k)
	}
	slices.SortFunc(list, func(a, b flowstep.Key) int {
		return strings.Compare(a.Workspace+"\x00"+a.StepPath+"\x00"+a.Step, b.Workspace+"\x00"+b.StepPath+"\x00"+b.Step)
	})
	return list
}

// SampleSteps learns from the newest traces which steps belong to which flows, which span metrics do not say of
// scripts by path. Two searches side by side, because a parallel loop makes so many traces that they would hide the
// others: traces of flows and sub-flows, and traces of parallel iterations. No flows: all flows.
func (r *Reader) SampleSteps(ctx context.Context, workspaces, flows []string, within Range) (Sample, error) {
	s := r.session()
	within, _ = s.windows.Newest(within)
	inFlow, inLoop := `span.job_kind =~ "flow|flowpreview|singlestepflow"`, `span.script_path =~ ".*/forloop-[0-9]+"`
	if len(flows) > 0 {
		quoted := make([]string, 0, len(flows))
		for _, f := range flows {
			quoted = append(quoted, regexp.QuoteMeta(f))
		}
		inFlow = tempo.AnyOf("span.script_path", flows)
		inLoop = "span.script_path =~ " + tempo.Quote("("+strings.Join(quoted, "|")+")(/.*)?/forloop-[0-9]+")
	}
	workspace := anyOf("span.workspace_id", workspaces)
	var results [2]tempo.SearchResult
	g, gctx := group.WithContext(ctx)
	for i, condition := range []string{inFlow, inLoop} {
		g.Go(func() error {
			filter := conditions(condition, workspace) + " } && { " + conditions("span.flow_step_id != nil", workspace)
			var err error
			results[i], err = s.search(gctx, spec{filter: filter, within: within, limit: sampleTraces, mostRecent: true})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return Sample{}, err
	}
	return Sample{
		Flows: flowsOf(slices.Concat(results[0].Spans, results[1].Spans), flows), Queries: s.executed(), Cost: s.cost,
		Cut: results[0].Traces >= sampleTraces || results[1].Traces >= sampleTraces,
	}, nil
}

// flowsOf finds the flow of each step: its script path is that of a loop or branch inside the flow, or the flow's and
// the step's id, or else the job above it belongs to the flow.
func flowsOf(spans []windmill.Span, wanted []string) flowstep.FlowsOf {
	paths := make(map[string]string, len(spans)) // of jobs that contain others
	for _, s := range spans {
		if windmill.IsFlowKind(s.JobKind) {
			paths[s.JobID] = windmill.StepPath(s.ScriptPath)
		}
	}
	found := flowstep.FlowsOf{}
	for _, s := range spans {
		if s.Step == "" || s.ScriptPath == "" || windmill.IsFlowKind(s.JobKind) || !windmill.IsJobSpan(s) {
			continue
		}
		key := flowstep.Key{Workspace: s.Workspace, StepPath: windmill.StepPath(s.ScriptPath), Step: s.Step}
		flow, ok := paths[s.ParentJob]
		if !ok && key.StepPath != s.ScriptPath {
			flow, ok = key.StepPath, true
		}
		if !ok {
			flow, ok = windmill.InlineFlow(key.StepPath, s.Step)
		}
		if ok && oneOfOrAny(wanted, flow) && !slices.Contains(found[key], flow) {
			found[key] = append(found[key], flow)
		}
	}
	return found
}

// SlowThreshold is a step and the duration from which on its executions are of interest.
type SlowThreshold struct {
	Key  flowstep.Key
	From time.Duration
}

// SlowestRuns finds, with one search and one more for each level of nesting, the runs of the slowest executions of
// steps. When there are more slow executions than one answer holds, the newest are looked at.
func (r *Reader) SlowestRuns(ctx context.Context, steps []SlowThreshold, within Range) (flowstep.Slowest, []string, error) {
	if len(steps) == 0 {
		return nil, nil, nil
	}
	s := r.session()
	within, _ = s.windows.Newest(within)
	var each []string
	for _, t := range steps {
		each = append(each, parens(conditions("span.flow_step_id = "+tempo.Quote(t.Key.Step), "duration >= "+t.From.String())))
	}
	var workspaces []string
	for _, t := range steps {
		if w := t.Key.Workspace; w != "" && !slices.Contains(workspaces, w) {
			workspaces = append(workspaces, w)
		}
	}
	filter := conditions(anyOf("span.workspace_id", workspaces), parens(strings.Join(each, " || ")))
	res, err := s.search(ctx, spec{filter: filter, within: within, limit: sampleTraces, mostRecent: true})
	if err != nil {
		return nil, s.executed(), err
	}
	longest := map[flowstep.Key]windmill.Span{}
	for _, sp := range res.Spans {
		if windmill.IsFlowKind(sp.JobKind) || sp.Success != "" || !windmill.IsJobSpan(sp) {
			continue
		}
		for _, key := range matching(steps, sp) {
			if sp.Duration > longest[key].Duration {
				longest[key] = sp
			}
		}
	}
	c := newCollection("")
	c.add(res.Spans)
	var jobs []string
	for _, sp := range longest {
		jobs = append(jobs, sp.JobID)
	}
	slices.Sort(jobs)
	tops, err := s.tops(ctx, c, jobs, within)
	slowest := flowstep.Slowest{}
	for key, sp := range longest {
		slowest[key] = tops[sp.JobID]
	}
	return slowest, s.executed(), err
}

// matching lists the keys that a span counts for. Span metrics by name know neither workspace nor path.
func matching(steps []SlowThreshold, s windmill.Span) []flowstep.Key {
	var keys []flowstep.Key
	path := windmill.StepPath(s.ScriptPath)
	for _, t := range steps {
		k := t.Key
		if k.Step == s.Step && (k.StepPath == "" || k.StepPath == path) && (k.Workspace == "" || k.Workspace == s.Workspace) {
			keys = append(keys, k)
		}
	}
	return keys
}
