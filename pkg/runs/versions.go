package runs

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"golang.org/x/sync/errgroup"
)

// Time is cut into parts with a search each.
const (
	partsBefore   = 4   // of the time before the range
	partsWithin   = 8   // of the range
	versionTraces = 100 // newest traces of a part that are looked at
	leastBefore   = time.Hour
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
	if clamped := clamp(within); clamped != within {
		within = clamped
		s.notice(true, "Tempo searches at most 168 hours at once: only the last 168 hours of the range were searched.")
	}
	length := within.To.Sub(within.From)
	before := max(length/2, leastBefore)
	parts := append(equalParts(Range{within.From.Add(-before), within.From}, partsBefore), equalParts(within, partsWithin)...)
	filter := conditions("span.script_hash != nil", anyOf("span.workspace_id", f.Workspace), ofFlows(f.Flow), anyOf("span.flow_step_id", f.Step),
		anyOf("span.script_path", f.ScriptPath), anyOf("span.language", f.Language), anyOf("span.tag", f.Tag))
	results := make([]tempo.SearchResult, len(parts))
	errs := make([]error, len(parts))
	var g errgroup.Group
	g.SetLimit(parallel)
	for i, part := range parts {
		g.Go(func() error {
			results[i], errs[i] = s.search(ctx, spec{filter: filter, within: part, limit: versionTraces, mostRecent: true})
			return nil
		})
	}
	_ = g.Wait() // the functions keep their errors
	out := Versions{Since: within.From.Add(-before)}
	if err := out.take(ctx, s, results, errs); err != nil {
		return Versions{}, err
	}
	out.Queries, out.Notices, out.Cost = s.executed(), s.notices, s.cost
	return out, nil
}

// take puts the answers of the parts together. Parts that failed leave a gap, which is said; when all did, that is the error.
func (v *Versions) take(ctx context.Context, s *session, results []tempo.SearchResult, errs []error) error {
	cut, failed := 0, 0
	for i, r := range results {
		v.Spans = append(v.Spans, ofJobs(r.Spans)...)
		if r.Traces >= versionTraces {
			cut++
		}
		if errs[i] != nil {
			failed++
			s.notice(true, "A part of the range could not be searched: %v", errs[i])
		}
	}
	if err := firstError(errs...); failed == len(results) || ctx.Err() != nil {
		return firstError(ctx.Err(), err)
	}
	if cut > 0 {
		s.notice(false, "Only the newest %d traces in each of %d parts of the time were looked at, and %d parts have more: a version may have run before it is first seen here, and one that ran seldom may be missing.",
			versionTraces, len(results), cut)
	}
	return nil
}

// equalParts cuts a range into n parts of equal length.
func equalParts(r Range, n int) []Range {
	parts := make([]Range, n)
	step := r.To.Sub(r.From) / time.Duration(n)
	for i := range parts {
		parts[i] = Range{r.From.Add(time.Duration(i) * step), r.From.Add(time.Duration(i+1) * step)}
	}
	parts[n-1].To = r.To
	return parts
}

// ofFlows: the flows themselves and the scripts written into them.
func ofFlows(flows []string) string {
	if len(flows) == 0 {
		return ""
	}
	quoted := make([]string, 0, len(flows))
	for _, f := range flows {
		quoted = append(quoted, regexp.QuoteMeta(f))
	}
	return "span.script_path =~ " + tempo.Quote("("+strings.Join(quoted, "|")+")(/.*)?")
}
