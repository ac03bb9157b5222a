package runs

import (
	"context"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// partTraces is how many of the newest traces of a part of the time are looked at.
const partTraces = 100

// parted is what was found in parts of the time together.
type parted struct {
	spans []windmill.Span // of jobs
	cut   int             // parts that have more traces than were looked at
	gaps  int             // parts that could not be searched
}

// inParts searches each part of the time by itself, so that what ran early is not hidden by the many jobs after it.
// Parts that failed leave a gap, which is said; when all did, that is the error.
func (s *session) inParts(ctx context.Context, filter string, parts []Range) (parted, error) {
	results := make([]tempo.SearchResult, len(parts))
	errs := make([]error, len(parts))
	var g group.Group
	g.SetLimit(parallel)
	for i, part := range parts {
		g.Go(func() error {
			if errs[i] = givenUp(ctx); errs[i] != nil {
				return nil
			}
			results[i], errs[i] = s.search(ctx, spec{filter: filter, within: part, limit: partTraces, mostRecent: true})
			return nil
		})
	}
	_ = g.Wait() // the functions keep their errors
	var out parted
	for i, r := range results {
		out.spans = append(out.spans, ofJobs(r.Spans)...)
		if r.Traces >= partTraces {
			out.cut++
		}
		if errs[i] != nil {
			out.gaps++
			s.notice(true, "A part of the range could not be searched: %v", errs[i])
		}
	}
	if err := firstError(errs...); out.gaps == len(results) || ctx.Err() != nil {
		return parted{}, firstError(ctx.Err(), err)
	}
	return out, nil
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
