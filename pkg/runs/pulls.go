package runs

import (
	"context"
	"regexp"
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// partsOfPulls is into how many parts a range is cut, with a search each.
const partsOfPulls = 12

// Pulls are `job` spans of steps, and what tells that a job failed.
type Pulls struct {
	Spans []windmill.Span
	// Condition is what was searched for, in TraceQL, when there are more traces than were looked at; empty: all are here.
	Condition string
	Gaps      bool // a part of the range could not be searched
	Queries   []string
	Notices   []Notice
	Cost      Cost
}

// Pulls looks for executions of steps in a range: those in the newest traces of each of its parts. Workspace, flow,
// step, script path, worker, tag and language of the filters count; a flow finds its inline steps alone.
func (r *Reader) Pulls(ctx context.Context, f query.Filters, within Range) (Pulls, error) {
	s := r.session()
	within = s.newestPart(within)
	const kind = `(name =~ "job .+" || span.success = "false")`
	filter := conditions(kind, "span.flow_step_id != nil", anyOf("span.workspace_id", f.Workspace), ofFlows(f.Flow), ofScripts(f.ScriptPath),
		anyOf("span.trigger_kind", f.TriggerKind), anyOf("span.trigger", f.Trigger), anyOf("span.created_by", f.CreatedBy),
		anyOf("span.flow_step_id", f.Step), workers(f.Worker), anyOf("span.tag", f.Tag), anyOf("span.language", f.Language),
		Compared(f, "workspace", "step", "scriptPath", "worker", "tag", "language", "triggerKind", "trigger", "createdBy"))
	found, err := s.inParts(ctx, filter, equalParts(within, partsOfPulls))
	if err != nil {
		return Pulls{}, err
	}
	out := Pulls{Spans: inFlows(found.spans, f.Flow), Gaps: found.gaps > 0, Queries: s.executed(), Notices: s.notices, Cost: s.cost}
	if found.cut > 0 {
		out.Condition = filter
	}
	return out, nil
}

// ofScripts: the scripts, in whatever iteration or branch they are.
func ofScripts(paths []string) string {
	if len(paths) == 0 {
		return ""
	}
	quoted := make([]string, 0, len(paths))
	for _, p := range paths {
		quoted = append(quoted, regexp.QuoteMeta(p))
	}
	return "span.script_path =~ " + tempo.Quote("("+strings.Join(quoted, "|")+")(/(forloop|loop|branchone|branchall)-[0-9]+(/.*)?)?")
}
