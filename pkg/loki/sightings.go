package loki

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

const (
	// mostSightings is how many lines one question takes: one less than Loki gives at most by default.
	mostSightings = 4999
	maxRounds     = 6
)

// SightingsRequest asks what log lines tell of the jobs of a run.
type SightingsRequest struct {
	// IDs are the run and those jobs of it that may have pushed others: the search goes on from them.
	IDs        []string
	Start, End time.Time
}

// SightingsResult is what log lines tell.
type SightingsResult struct {
	List    []windmill.Sighting
	Queries []string
	Notices []Notice
	Stats   Stats
}

// Sightings finds the lines in which workers say that they fetched a job, pushed the next jobs of a flow, or that a job
// had to wait. Sub-flows and iterations name no job above them when they are fetched: they are known from the line that
// says that they were pushed, so the search goes down a level at a time.
func (c *Client) Sightings(ctx context.Context, r SightingsRequest) (SightingsResult, error) {
	var out SightingsResult
	asked := map[string]bool{}
	next := r.IDs
	for round := 0; len(next) > 0; round++ {
		if round == maxRounds {
			out.notice("Flows are nested so deep that jobs at work below the %d level that logs were followed to are missing.", maxRounds)
			return out, nil
		}
		for _, id := range next {
			asked[id] = true
		}
		res, err := c.Lines(ctx, Request{
			Filter: Filter{Family: next, Messages: []string{saysFetched, saysPushed, saysWaited}},
			Start:  r.Start, End: r.End, Limit: mostSightings,
		})
		if err != nil && (round == 0 || ctx.Err() != nil) {
			return SightingsResult{}, err
		}
		if err != nil {
			out.notice("Jobs at work below a sub-flow or a loop may be missing: %v", err)
			return out, nil
		}
		out.add(res)
		next = unseen(out.List, asked)
	}
	return out, nil
}

// add takes over the lines of one round.
func (r *SightingsResult) add(res Result) {
	for _, l := range res.Lines {
		if s, ok := sighting(l); ok {
			r.List = append(r.List, s)
		}
	}
	r.Queries = append(r.Queries, res.Queries...)
	r.Stats.Add(res.Stats)
	for _, n := range res.Notices {
		if n.Warning && !slices.Contains(r.Notices, n) {
			r.Notices = append(r.Notices, n)
		}
	}
	if res.More {
		r.notice("The run has more log lines than were read: of its jobs at work, only those of the newest %d lines are known.", mostSightings)
	}
}

func (r *SightingsResult) notice(format string, args ...any) {
	var n Result
	n.notice(true, format, args...)
	if !slices.Contains(r.Notices, n.Notices[0]) {
		r.Notices = append(r.Notices, n.Notices[0])
	}
}

// unseen are jobs that were pushed and of which nothing was asked yet: they may be sub-flows or iterations. What
// names a root was found by it.
func unseen(list []windmill.Sighting, asked map[string]bool) []string {
	skip := maps.Clone(asked)
	for _, s := range list {
		if s.Kind == windmill.SightingFetched && s.RootJob != "" {
			skip[s.JobID] = true
		}
	}
	var ids []string
	for _, s := range list {
		for _, id := range s.Children {
			if !skip[id] {
				skip[id] = true
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// Tags adds the tags of jobs to the lines of their start, which do not carry them: those of any line that a job wrote
// since. It says what it could not find out in the result's notices.
func (c *Client) Tags(ctx context.Context, list []windmill.Sighting, jobs []string, start, end time.Time) ([]windmill.Sighting, Result) {
	res, err := c.Lines(ctx, Request{
		Filter: Filter{Jobs: jobs[:min(len(jobs), familyBatch)], Tagged: true}, Start: start, End: end, Limit: mostSightings,
	})
	if err != nil {
		res.notice(true, "The steps of jobs at work are not known: %v", err)
		return list, res
	}
	if n := len(jobs) - familyBatch; n > 0 {
		res.notice(false, "The steps of %d more jobs at work were not looked for.", n)
	}
	byJob := map[string]Line{}
	for _, l := range res.Lines {
		byJob[l.Tag("job_id")] = l
	}
	list = slices.Clone(list)
	for i := range list {
		if l, ok := byJob[list[i].JobID]; ok && list[i].Kind == windmill.SightingFetched {
			addTags(&list[i], l)
		}
	}
	return list, res
}
