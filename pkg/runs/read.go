package runs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Result is one run as far as Tempo has it.
type Result struct {
	Run     *windmill.Run
	Queries []string // what Tempo was asked
	Notices []Notice
	Cost    Cost

	id    string
	spans []windmill.Span
	ends  []windmill.Completion
	now   time.Time
	said  []Notice // beside the problems of the run
}

// NotFoundError says that Tempo has no span of a run.
type NotFoundError struct {
	ID     string
	Within Range
}

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("Run %s was not found in Tempo between %s and %s: check the id, and whether Tempo still keeps traces of that time.",
		e.ID, e.Within.From.UTC().Format(time.DateTime), e.Within.To.UTC().Format(time.DateTime))
}

// Read puts the run with that job id together. The id carries the run's creation, so it is found whatever the range,
// which counts only for ids without a time. The id of a job inside a run gives the run it belongs to, with a notice.
// Errors: *NotFoundError, and those of Tempo when nothing at all could be read.
func (r *Reader) Read(ctx context.Context, id string, dashboard Range) (Result, error) {
	s := r.session()
	c, err := s.find(ctx, id, dashboard)
	if err != nil {
		return Result{}, err
	}
	if top := s.climb(ctx, c, id); top != id {
		s.notice(false, "%s is a job within a run: the whole run %s is shown.", id, top)
		known := c.spans
		if c, err = s.find(ctx, top, dashboard); err != nil {
			return Result{}, err
		}
		c.add(known)
	}
	if err := s.follow(ctx, c); err != nil {
		return Result{}, err
	}
	if err := givenUp(ctx); err != nil {
		return Result{}, err
	}
	ends := s.recordsOf(ctx, c)
	out := Result{Queries: s.executed(), Cost: s.cost, id: c.id, spans: c.spans, ends: ends, now: s.now, said: s.notices}
	return out.With(nil), nil
}

// find reads what is nearest to a job id: the trace named after it, and all spans that name it as job, parent or root.
func (s *session) find(ctx context.Context, id string, dashboard Range) (*collection, error) {
	c := newCollection(id)
	windows := s.windows.OfID(id, dashboard)
	for i, w := range windows {
		c.within = w
		if err := s.nearest(ctx, c, i == 0); err != nil {
			return nil, err
		}
		if len(c.spans) > 0 {
			return c, nil
		}
	}
	return nil, &NotFoundError{ID: id, Within: Whole(windows)}
}

// nearest fetches the trace named after the id and searches for spans that name the id, side by side. When one of the
// two fails, the other is enough, and that is said.
func (s *session) nearest(ctx context.Context, c *collection, withTrace bool) error {
	var traced, searched []windmill.Span
	var traceErr, searchErr error
	var g group.Group
	if withTrace {
		g.Go(func() error {
			traced, traceErr = s.trace(ctx, windmill.TraceID(c.id))
			return nil
		})
	}
	g.Go(func() error {
		filter, _ := oneOf([]string{c.id}, "span.job_id", "span.parent_job", "span.root_job")
		searched, searchErr = s.complete(ctx, spec{filter: filter, within: c.within, limit: maxTraces}, c)
		return nil
	})
	_ = g.Wait() // the functions keep their errors
	c.add(ofJobs(traced))
	c.add(searched)
	if len(traced) > 0 {
		c.fetched[windmill.TraceID(c.id)] = true
	}
	err := firstError(givenUp(ctx), searchErr, traceErr)
	if err == nil {
		return nil
	}
	if len(c.spans) == 0 || givenUp(ctx) != nil {
		return err
	}
	s.notice(true, "A part of the run could not be read: %v", err)
	return nil
}

// complete runs a search and fetches whole those traces of which the answer left spans out: tempo.EachSpan lifts the
// limit of spans per trace where it was tried, but another version of Tempo may see that otherwise.
func (s *session) complete(ctx context.Context, q spec, c *collection) ([]windmill.Span, error) {
	res, err := s.search(ctx, q)
	if err != nil || !res.Truncated {
		return res.Spans, err
	}
	perTrace := make(map[string]int, res.Traces)
	for _, sp := range res.Spans {
		perTrace[sp.TraceID]++
	}
	if len(perTrace) >= q.limit {
		s.notice(true, "Tempo gave only the first %d traces of the run: steps are missing.", q.limit)
		return res.Spans, nil
	}
	spans := slices.Clip(res.Spans) // which others may have got too
	for _, id := range largeTraces(perTrace) {
		if c.skip(id) {
			continue
		}
		whole, err := s.trace(ctx, id)
		if err != nil {
			s.notice(true, "Trace %s could not be read whole, so steps are missing: %v", id, err)
		}
		spans = append(spans, ofJobs(whole)...)
	}
	return spans, nil
}

func largeTraces(perTrace map[string]int) []string {
	var ids []string
	for id, n := range perTrace {
		if n >= spansPerTrace {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// climb finds the top-level job above a job, following root_job and parent_job upwards. It needs one search for each
// trace boundary that is not known yet. What cannot be found ends the climb: the highest known id is the top.
func (s *session) climb(ctx context.Context, c *collection, id string) string {
	seen := map[string]bool{}
	for !seen[id] {
		seen[id] = true
		up, known := c.above(id)
		if !known && len(seen) > 1 {
			filter, _ := oneOf([]string{id}, "span.job_id")
			for _, w := range s.windows.OfID(id, c.within) {
				res, err := s.search(ctx, spec{filter: filter, within: w, limit: 20})
				c.add(res.Spans)
				if err != nil || len(res.Spans) > 0 {
					break
				}
			}
			up, known = c.above(id)
		}
		if !known || up == "" {
			return id
		}
		id = up
	}
	return id
}

// ofJobs leaves out the spans that tell nothing of jobs, such as those that scripts make. It leaves the list as it is:
// other queries may have got the same from Tempo.
func ofJobs(spans []windmill.Span) []windmill.Span {
	isOther := func(s windmill.Span) bool { return !windmill.IsJobSpan(s) && !windmill.IsProcess(s) }
	if !slices.ContainsFunc(spans, isOther) {
		return spans
	}
	return slices.DeleteFunc(slices.Clone(spans), isOther)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
