package runs

import (
	"context"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// follow searches, level by level, for the jobs of sub-flows and parallel iterations, which live in traces of their
// own. A request asks for the children of up to 400 jobs, so the number of requests grows with the depth of nesting
// and with jobs/batch. It ends when a level brings no new container, or at a limit, which is said.
func (s *session) follow(ctx context.Context, c *collection) error {
	if end := c.end(); !end.IsZero() {
		c.within.To = end.Add(5 * time.Minute) // exporters are late
	}
	for {
		ids := c.frontier()
		if len(ids) == 0 {
			return nil
		}
		if len(c.jobs) >= s.limits.Jobs {
			s.notice(true, "The run has more than %d jobs: the steps of %d loop iterations, branches and sub-flows were not read. To see them, %s.", s.limits.Jobs, len(ids), settingJobs)
			return nil
		}
		if upstream.TimeOver(ctx) {
			s.notice(true, "The time for the query is over: the steps of %d loop iterations, branches and sub-flows were not read. To see them, %s.", len(ids), settingSeconds)
			return nil
		}
		groups := batches(ids)
		if left := s.remaining(); len(groups) > left {
			missing := 0
			for _, g := range groups[left:] {
				missing += len(g)
			}
			s.notice(true, "The run needs more than %d requests to Tempo: the steps of %d loop iterations, branches and sub-flows were not read. To see them, %s.", s.limits.Requests, missing, settingRequests)
			groups = groups[:left]
		}
		if err := s.level(ctx, c, groups); err != nil {
			return err
		}
	}
}

// level searches for the children of all groups of jobs side by side. A group that fails leaves a gap, which is said.
func (s *session) level(ctx context.Context, c *collection, groups [][]string) error {
	found := make([][]windmill.Span, len(groups))
	var g group.Group
	g.SetLimit(parallel)
	for i, ids := range groups {
		g.Go(func() error {
			if err := givenUp(ctx); err != nil {
				return err
			}
			filter, display := oneOf(ids, "span.root_job", "span.parent_job")
			spans, err := s.complete(ctx, spec{filter: filter, display: display, within: c.within, limit: maxTraces}, c)
			found[i] = spans
			if err != nil && givenUp(ctx) == nil {
				s.notice(true, "The steps of %d loop iterations, branches or sub-flows could not be read: %v", len(ids), err)
			}
			return givenUp(ctx)
		})
	}
	err := g.Wait()
	for _, spans := range found { // in the order of the groups, so that answers are repeatable
		c.add(spans)
	}
	return err
}
