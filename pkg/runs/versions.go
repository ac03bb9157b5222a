package runs

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Time is cut into parts with a search each.
const (
	partsBefore = 4 // of the time before the range
	partsWithin = 8 // of the range
	leastBefore = time.Hour
)

// Versions are jobs that tell which version of a script ran.
type Versions struct {
	Spans   []windmill.Span
	Since   time.Time // the search began here, before the range, to know the versions of before
	Queries []string
	Notices []Notice
	Cost    Cost
}

// Versions looks for jobs with a script_hash in the range and some time before it. Time is cut into equal parts, each
// with a search of its own, so that a version which ran early is not hidden by the many jobs after it. Where a part has
// more traces than are looked at, that is said.
func (r *Reader) Versions(ctx context.Context, f query.Filters, within Range) (Versions, error) {
	s := r.session()
	within = s.newestPart(within)
	length := within.To.Sub(within.From)
	before := max(length/2, leastBefore)
	parts := append(equalParts(Range{within.From.Add(-before), within.From}, partsBefore), equalParts(within, partsWithin)...)
	filter := conditions("span.script_hash != nil", anyOf("span.workspace_id", f.Workspace), ofFlows(f.Flow), anyOf("span.flow_step_id", f.Step),
		anyOf("span.script_path", f.ScriptPath), anyOf("span.language", f.Language), anyOf("span.tag", f.Tag),
		Compared(f, "workspace", "step", "scriptPath", "language", "tag"))
	found, err := s.inParts(ctx, filter, parts)
	if err != nil {
		return Versions{}, err
	}
	found.spans = inFlows(found.spans, f.Flow)
	if found.cut > 0 {
		s.notice(false, "Only the newest %d traces in each of %d parts of the time were looked at, and %d parts have more: a version may have run before it is first seen here, and one that ran seldom may be missing.",
			partTraces, len(parts), found.cut)
	}
	return Versions{Spans: found.spans, Since: within.From.Add(-before), Queries: s.executed(), Notices: s.notices, Cost: s.cost}, nil
}

// ofFlows: the flows themselves, their iterations and branches, and what lies directly below them, where inline
// steps are. What else lies there is left out afterwards, see inFlows.
func ofFlows(flows []string) string {
	if len(flows) == 0 {
		return ""
	}
	quoted := make([]string, 0, len(flows))
	for _, f := range flows {
		quoted = append(quoted, regexp.QuoteMeta(f))
	}
	return "span.script_path =~ " + tempo.Quote("("+strings.Join(quoted, "|")+")("+belowFlow+")?")
}

// belowFlow is how the paths of a flow's inline steps, iterations and branches go on.
const belowFlow = "/[^/]+|/(forloop|loop|branchone|branchall)-[0-9]+(/.*)?|/[^/]+/tools/[^/]+"

// inFlows leaves the spans that belong to one of the flows by their path. Without flows, all do.
func inFlows(spans []windmill.Span, flows []string) []windmill.Span {
	if len(flows) == 0 {
		return spans
	}
	return slices.DeleteFunc(slices.Clone(spans), func(s windmill.Span) bool {
		return !slices.ContainsFunc(flows, func(flow string) bool { return windmill.InFlow(flow, s.ScriptPath, s.Step, s.JobKind) })
	})
}
