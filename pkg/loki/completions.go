package loki

import (
	"context"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// CompletionsResult is what Windmill recorded of the ends of jobs.
type CompletionsResult struct {
	List    []windmill.Completion
	Queries []string
	Notices []Notice
	Stats   Stats
}

// Completions finds the records of the ends of jobs, in one question (one query for each form of lines). The records
// carry no tags of a job around them, and their ids are written in several ways: so their text is searched, which
// has the id as it is. It is meant for a run and its containers, or for the runs of a list: at most a thousand ids,
// each with one line.
func (c *Client) Completions(ctx context.Context, ids []string, start, end time.Time) (CompletionsResult, error) {
	texts := make([]string, 0, len(ids))
	for _, id := range ids {
		texts = append(texts, windmill.SaysCompleted+id)
	}
	res, err := c.Lines(ctx, Request{
		Filter: Filter{Messages: texts}, Start: start, End: end, Limit: min(max(2*len(ids), 10), mostSightings),
	})
	if err != nil {
		return CompletionsResult{}, err
	}
	out := CompletionsResult{Queries: shortened(res.Queries, texts), Notices: warnings(res.Notices), Stats: res.Stats}
	for _, l := range res.Lines {
		if done, ok := windmill.CompletionOf(spokenAt(l), strings.TrimSpace(l.Body), l.Tag); ok {
			out.List = append(out.List, done)
		}
	}
	return out, nil
}

// shortened shows queries with the first of many ids.
func shortened(queries, texts []string) []string {
	if len(texts) <= shownIDs {
		return queries
	}
	all, few := literals(texts), literals(texts[:shownIDs])
	long, short := strings.Join(all, "|"), strings.Join(few, "|")
	out := make([]string, len(queries))
	for i, q := range queries {
		inner := Quote(long)
		out[i] = strings.ReplaceAll(q, inner[1:len(inner)-1], short+"|...")
	}
	return out
}

func warnings(list []Notice) (out []Notice) {
	for _, n := range list {
		if n.Warning {
			out = append(out, n)
		}
	}
	return out
}
