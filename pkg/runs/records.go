package runs

import (
	"context"
	"slices"
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Records gives what logs recorded of the ends of jobs, as far as it is there. A failure is told by whoever reads
// them: runs are then put together from their spans alone.
type Records func(ctx context.Context, ids []string, within Range) []windmill.Completion

// mostRecords is how many jobs a question names: a run and its containers, or the runs of a page.
const mostRecords = 1000

// Recording gives a reader that asks for the records of runs and of their containers, in one question for each query.
func (r *Reader) Recording(records Records) *Reader {
	recording := *r
	recording.records = records
	return &recording
}

// recordsOf asks for the records of a run and its containers. Leaves are not asked for: their spans tell as much.
func (s *session) recordsOf(ctx context.Context, c *collection) []windmill.Completion {
	if s.records == nil || len(c.spans) == 0 {
		return nil
	}
	ids := []string{c.id}
	for id, j := range c.jobs {
		if id != c.id && (windmill.IsFlowKind(j.kind) || (j.kind == "" && j.language == "")) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids[1:], strings.Compare) // by creation
	if len(ids) > mostRecords {
		s.notice(false, "The run has %d flows, iterations and branches: how the last %d ended follows from their spans, not from the logs.",
			len(ids), len(ids)-mostRecords)
		ids = ids[:mostRecords]
	}
	seen, ended := c.extent()
	if !ended {
		seen.To = s.now
	}
	return s.records(ctx, ids, Range{seen.From.Add(-margin), seen.To.Add(margin)})
}

// record asks for the records of the listed runs.
func (s *session) record(ctx context.Context, l *listing, within Range) {
	if s.records == nil || len(l.ids) == 0 {
		return
	}
	ids := l.ids // they sort by creation
	if len(ids) > mostRecords {
		s.notice(false, "How the oldest %d of %d runs ended follows from their spans, not from the logs.", len(ids)-mostRecords, len(ids))
		ids = ids[len(ids)-mostRecords:]
	}
	l.completions = map[string][]windmill.Completion{}
	for _, c := range s.records(ctx, ids, l.window(within, s.now)) {
		l.completions[c.JobID] = append(l.completions[c.JobID], c)
	}
}
