package loki

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
)

const (
	familyBatch = 300 // ids in one query: about 55 kB of the 128 kB that Loki reads
	maxBatches  = 10  // of ids in one request of a user
	parallel    = 4   // requests at a time
	shownIDs    = 3   // of a long list in what users see of a query
)

// Lines finds log lines of both forms. When Loki answers only a part of the queries, what it gave is the result, with a
// notice. The error is that of Loki, when it gave nothing.
func (c *Client) Lines(ctx context.Context, r Request) (Result, error) {
	selector, err := c.streams(ctx, r.Start, r.End)
	if err != nil {
		return Result{}, err
	}
	var out Result
	if selector == "" {
		out.notice(false, "Loki has no logs from that time.")
		return out, nil
	}
	questions, left := r.questions(selector)
	limit := r.Limit
	r.Limit++ // one more tells that there are more
	answers, errs := make([]queryAnswer, len(questions)), make([]error, len(questions))
	var g group.Group
	g.SetLimit(parallel)
	for i, q := range questions {
		g.Go(func() error {
			answers[i], errs[i] = c.ask(ctx, q.text, r)
			return nil
		})
	}
	_ = g.Wait() // errors are kept
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	if left > 0 {
		out.notice(true, "The run has so many parts that the logs of %d loop iterations and sub-flows were not looked for.", left)
	}
	failed := out.gather(questions, answers, errs)
	if failed == len(questions) {
		return Result{}, errs[0]
	}
	out.order(r.Forward)
	if len(out.Lines) > limit {
		out.Lines, out.More = out.Lines[:limit], true
	}
	return out, nil
}

// question is one query and how it is shown.
type question struct {
	text, shown string
	form        Form
	extracted   []string // tags that the query itself reads from a line
}

// questions are the queries for a filter, for each form and batch of ids. left counts the ids beyond the bound.
func (f Filter) questions(selector string) (list []question, left int) {
	batches := slices.Collect(slices.Chunk(f.Family, familyBatch))
	if len(batches) == 0 {
		batches = [][]string{nil}
	}
	for i, ids := range batches {
		if i >= maxBatches {
			left += len(ids)
			continue
		}
		f.Family = ids
		short := f
		short.Family = ids[:min(len(ids), shownIDs)]
		for _, as := range []Form{FormMetadata, FormJSON} {
			q := question{text: f.LogQL(selector, as), shown: short.LogQL(selector, as), form: as, extracted: f.tags()}
			if n := len(ids) - len(short.Family); n > 0 {
				q.shown += fmt.Sprintf(" # and %d more ids", n)
			}
			list = append(list, q)
		}
	}
	return list, left
}

// gather joins the answers and counts the questions that failed.
func (r *Result) gather(questions []question, answers []queryAnswer, errs []error) (failed int) {
	seen := map[string]bool{}
	for i, q := range questions {
		r.Queries = append(r.Queries, q.shown)
		if errs[i] != nil {
			failed++
			r.notice(true, "A part of the logs could not be read: %v", errs[i])
			continue
		}
		r.Stats.Add(answers[i].stats)
		for _, w := range answers[i].warnings {
			r.notice(true, "Loki warns: %s", w)
		}
		if n := answers[i].cutAt; n > 0 {
			r.More = true
			r.notice(true, "Loki gives at most %d lines at once (limits_config.max_entries_limit_per_query): there may be more. Ask for a shorter range, or raise it in Loki.", n)
		}
		own := map[string]bool{}
		for _, line := range answers[i].lines {
			// A line that belongs to jobs of two batches is found twice. Equal lines within one answer are two lines.
			key := line.key()
			if own[key] = true; seen[key] {
				continue
			}
			if q.form == FormJSON && !line.readJSON(q.extracted) {
				continue
			}
			r.Lines = append(r.Lines, line)
		}
		for key := range own {
			seen[key] = true
		}
	}
	return failed
}

func (l Line) key() string {
	return l.Time.Format(time.RFC3339Nano) + "\x00" + l.Body + "\x00" + labelText(l.Labels)
}

// order sorts lines by time. Lines of the same moment keep the order in which Loki gave them.
func (r *Result) order(forward bool) {
	slices.SortStableFunc(r.Lines, func(a, b Line) int {
		if forward {
			return a.Time.Compare(b.Time)
		}
		return b.Time.Compare(a.Time)
	})
}

func (r *Result) notice(warning bool, format string, args ...any) {
	n := Notice{warning, strings.TrimSpace(fmt.Sprintf(format, args...))}
	if !slices.Contains(r.Notices, n) {
		r.Notices = append(r.Notices, n)
	}
}
