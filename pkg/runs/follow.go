package runs

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// follow searches, level by level, for the jobs of sub-flows and parallel iterations, which live in traces of their
// own. A request asks for the children of up to 400 jobs, so the number of requests grows with the depth of nesting
// and with jobs/batch. It ends when a level brings no new container, or at a limit, which is said.
func (s *session) follow(ctx context.Context, c *collection) error {
	windows, rest := s.ofRun(c)
	for {
		ids := c.frontier()
		if rest {
			ids, rest = append(ids, c.id), false
			slices.Sort(ids)
		}
		if len(ids) == 0 {
			s.notAsked(c)
			return nil
		}
		if len(c.jobs) >= s.limits.Jobs {
			s.notice(true, "The run has more than %d jobs: %s were not read. To see them, %s.", s.limits.Jobs, c.below(ids), settingJobs)
			return nil
		}
		if upstream.TimeOver(ctx) {
			s.notice(true, "The time for the query is over: %s were not read. To see them, %s.", c.below(ids), settingSeconds)
			return nil
		}
		asked := questions(ids, windows)
		if left := s.remaining(); len(asked) > left {
			missing := map[string]bool{}
			for _, q := range asked[left:] {
				for _, id := range q.ids {
					missing[id] = true
				}
			}
			s.notice(true, "The run needs more than %d requests to Tempo: %s were not read. To see them, %s.",
				s.limits.Requests, c.below(slices.Collect(maps.Keys(missing))), settingRequests)
			asked = asked[:left]
		}
		if err := s.level(ctx, c, asked); err != nil {
			return err
		}
	}
}

// notAsked says that the scripts of a large run were not asked for what they started.
func (s *session) notAsked(c *collection) {
	if len(c.jobs) > mostAskedOfLeaves {
		s.notice(false, "The run has more than %d jobs, so jobs that its scripts started without naming the run were not looked for.", mostAskedOfLeaves)
	}
}

// below names what hangs below some jobs.
func (c *collection) below(ids []string) string {
	containers := 0
	for _, id := range ids {
		if j := c.jobs[id]; j == nil || j.mayHaveChildren() {
			containers++
		}
	}
	if containers == 0 {
		return fmt.Sprintf("jobs that %d scripts may have started", len(ids))
	}
	return fmt.Sprintf("the steps of %d loop iterations, branches and sub-flows", containers)
}

// ofRun are the windows in which what is below a run is looked for. rest: its own children have to be asked for again,
// because they may lie outside of the window in which the run was found.
func (s *session) ofRun(c *collection) (windows []Range, rest bool) {
	seen, ended := c.extent()
	within, rest := s.windows.OfRun(c.within, seen, ended)
	windows, cut := s.windows.Pieces(within)
	if cut {
		s.notice(true, "The run goes on for very long: what ran after %s was not looked for.",
			windows[len(windows)-1].To.UTC().Format(time.DateTime))
	}
	root := c.jobs[c.id]
	return windows, rest && (root == nil || root.mayHaveChildren())
}

// level asks all questions about the children of jobs side by side. One that fails leaves a gap, which is said.
func (s *session) level(ctx context.Context, c *collection, asked []question) error {
	found := make([][]windmill.Span, len(asked))
	var g group.Group
	g.SetLimit(parallel)
	for i, q := range asked {
		g.Go(func() error {
			if err := givenUp(ctx); err != nil {
				return err
			}
			filter, display := oneOf(q.ids, "span.root_job", "span.parent_job")
			spans, err := s.complete(ctx, spec{filter: filter, display: display, within: q.within, limit: maxTraces}, c)
			found[i] = spans
			if err != nil && givenUp(ctx) == nil {
				text := c.below(q.ids)
				s.notice(true, "%s could not be read: %v", strings.ToUpper(text[:1])+text[1:], err)
			}
			return givenUp(ctx)
		})
	}
	err := g.Wait()
	for _, spans := range found { // in the order of the questions, so that answers are repeatable
		c.add(spans)
	}
	return err
}
