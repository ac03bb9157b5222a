package runs

import (
	"context"
	"slices"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// ListWhole finds the newest runs as List does, and reads every job of each, in whatever traces they are. The number
// of requests grows with the depth of nesting and with containers/batch, not with the number of runs. Where a limit
// is reached or a search fails, Whole is false for all of them, and a notice says so.
func (r *Reader) ListWhole(ctx context.Context, q query.Query, within Range, limit int) (List, error) {
	s := r.session()
	out, l, err := s.newestRuns(ctx, q, within, limit, s.deepen)
	if err != nil {
		return List{}, err
	}
	if !l.all {
		s.notice(true, "Not every step of these runs could be read: there are too many, or a search failed. Ask for fewer runs to see all.")
	}
	out.Queries, out.Notices, out.Cost = s.executed(), s.notices, s.cost
	return out, nil
}

// deepen fetches what is below the listed runs, one level of containers after another, for all runs at once. A level
// asks for the jobs that name the containers of the level before as their root or parent.
func (s *session) deepen(ctx context.Context, l *listing, within Range) error {
	if len(l.ids) == 0 {
		return nil
	}
	windows := s.ofList(l, within)
	belongs := make(map[string]string, len(l.ids)) // job -> run
	for _, id := range l.ids {
		belongs[id] = id
	}
	for ids := l.ids; len(ids) > 0; {
		if s.remaining() == 0 {
			l.all = false
			return nil
		}
		found := s.all(ctx, ids, windows, "", "span.root_job", "span.parent_job")
		if err := ctx.Err(); err != nil {
			return err
		}
		l.all = l.all && !found.partial
		ids = l.takeLevel(found.spans, belongs)
	}
	return nil
}

// takeLevel takes over jobs below known ones and gives those among them that are new and may have children of their
// own.
func (l *listing) takeLevel(spans []windmill.Span, belongs map[string]string) []string {
	jobs, owner := map[string]*known{}, map[string]string{}
	for _, s := range spans {
		run := either(belongs[s.RootJob], belongs[s.ParentJob])
		if run == "" || !windmill.IsJobSpan(s) {
			continue
		}
		l.spans[run] = append(l.spans[run], s)
		if belongs[s.JobID] != "" {
			continue // its children were asked for already
		}
		j := jobs[s.JobID]
		if j == nil {
			j = &known{}
			jobs[s.JobID], owner[s.JobID] = j, run
		}
		j.kind, j.language = either(j.kind, s.JobKind), either(j.language, s.Language)
		if s.Success == "" {
			j.pulls++
		}
	}
	var next []string
	for id, j := range jobs {
		belongs[id] = owner[id]
		if j.mayHaveChildren() {
			next = append(next, id)
		}
	}
	slices.Sort(next)
	return next
}
