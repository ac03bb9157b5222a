package loki

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// limitedLine is what Windmill says when it queues a job again because a concurrency limit was reached. It carries
// no tags.
var limitedLine = regexp.MustCompile(`^Job '([0-9a-fA-F-]{36})' .* has reached its concurrency limit`)

// Limited finds which of some jobs were queued again because of a concurrency limit, in one question for at most a
// thousand.
func (c *Client) Limited(ctx context.Context, jobs []string, start, end time.Time) (SightingsResult, error) {
	texts := make([]string, 0, len(jobs))
	for _, id := range jobs[:min(len(jobs), mostLimited)] {
		texts = append(texts, "Job '"+id+"' ")
	}
	res, err := c.Lines(ctx, Request{Filter: Filter{Messages: texts, Untagged: true}, Start: start, End: end, Limit: mostSightings})
	if err != nil {
		return SightingsResult{}, err
	}
	out := SightingsResult{Queries: shortened(res.Queries, texts), Notices: warnings(res.Notices), Stats: res.Stats}
	for _, l := range res.Lines {
		if m := limitedLine.FindStringSubmatch(strings.TrimSpace(l.Body)); m != nil {
			out.List = append(out.List, windmill.Sighting{Kind: windmill.SightingLimited, JobID: strings.ToLower(m[1]), Time: spokenAt(l)})
		}
	}
	return out, nil
}

// mostLimited bounds the jobs of a question.
const mostLimited = 1000
