package runs

import (
	"context"
	"slices"
)

// maxLevels bounds how many trace boundaries lie between a job and its run. Each costs a request.
const maxLevels = 10

// tops finds the top-level job above each job, all of them one level further with each round of requests. A job whose
// parents cannot be found counts as the top of what is below it.
func (s *session) tops(ctx context.Context, c *collection, jobs []string, within Range) (map[string]string, error) {
	result := make(map[string]string, len(jobs))
	for level := 0; ; level++ {
		var unknown []string
		for _, id := range jobs {
			top, known := c.highest(id)
			result[id] = top
			if !known {
				unknown = append(unknown, top)
			}
		}
		slices.Sort(unknown)
		unknown = slices.Compact(unknown)
		before := len(c.jobs)
		if len(unknown) == 0 || level == maxLevels {
			return result, nil
		}
		for _, group := range batches(unknown) {
			filter, display := oneOf(group, "span.job_id")
			res, err := s.search(ctx, spec{
				filter: filter, display: display, within: s.windows.Around(group, within), limit: len(group) * 2,
			})
			if err != nil {
				return result, err
			}
			c.add(res.Spans)
		}
		if len(c.jobs) == before {
			return result, nil
		}
	}
}

// highest goes up as far as is known. known: the top itself was reached.
func (c *collection) highest(id string) (top string, known bool) {
	for range len(c.jobs) + 1 {
		up, ok := c.above(id)
		if !ok {
			return id, false
		}
		if up == "" {
			return id, true
		}
		id = up
	}
	return id, true // a cycle
}
