package runs

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Listed is a run of a list. Its jobs are those of its own trace, and the sub-flows and parallel iterations directly
// below it; of the steps inside those only failed ones.
type Listed struct {
	*windmill.Run
	// Whole says that every job of the run is there. Else only start, duration and outcome can be relied upon.
	Whole bool
}

// List is an answer of Reader.List.
type List struct {
	Runs    []Listed // newest first
	Queries []string
	Notices []Notice
	Cost    Cost
}

// overfetch is how many times the wanted runs are asked for when some are dropped afterwards.
const overfetch = 5

// List finds the newest runs of a range: full_job spans, and `job` spans of top-level jobs, so that running and failed
// runs and standalone scripts are there too. The number of requests does not grow with the number of runs beyond one
// for each hundred. Filters are those of the query model; see package query for what they mean here.
func (r *Reader) List(ctx context.Context, q query.Query, within Range, limit int) (List, error) {
	s := r.session()
	out, _, err := s.newestRuns(ctx, q, within, limit, s.fill)
	if err != nil {
		return List{}, err
	}
	for _, run := range out.Runs {
		if !run.Whole {
			s.notice(false, "Runs with sub-flows or parallel loops, or with very many steps, are not read whole for a list: their steps, slowest step and wait are left empty. Open a run to see them.")
			break
		}
	}
	out.Queries, out.Notices, out.Cost = s.executed(), s.notices, s.cost
	return out, nil
}

// newestRuns lists the newest runs of a range, with as much of each as read fetches.
func (s *session) newestRuns(ctx context.Context, q query.Query, within Range, limit int, read func(context.Context, *listing, Range) error) (List, *listing, error) {
	within = s.newestPart(within)
	spans, err := s.topLevel(ctx, q, within, limit)
	if err != nil {
		return List{}, nil, err
	}
	l := newListing(spans, q.Filters)
	l.keepNewest(fetchLimit(q, limit))
	if err := read(ctx, l, within); err != nil {
		return List{}, nil, err
	}
	s.record(ctx, l, within)
	out := List{Runs: l.build(q, s.now)}
	if len(out.Runs) > limit {
		out.Runs = out.Runs[:limit]
	}
	return out, l, nil
}

// fetchLimit is how many runs to look at so that limit are left after the filters that Tempo cannot judge.
func fetchLimit(q query.Query, limit int) int {
	if len(q.Filters.Outcome) > 0 || q.Filters.Compares("outcome", "triggerKind", "trigger", "createdBy") || q.MinDuration > 0 {
		return min(limit*overfetch, max(limit, query.MaxLimit))
	}
	return limit
}

// spare leaves room for traces that are no runs, such as Windmill's own work after a deployment.
func spare(limit int) int { return limit + limit/5 + 5 }

// topLevel finds the spans of the runs themselves. A top-level job has no step, so its span is named just "job".
func (s *session) topLevel(ctx context.Context, q query.Query, within Range, limit int) ([]windmill.Span, error) {
	base := conditions(`(name = "full_job" || name = "job")`, anyOf("span.workspace_id", q.Filters.Workspace),
		anyOf("span.script_path", q.Filters.Flow), Compared(q.Filters, "workspace", "flow"))
	if !q.Filters.OfJobs() {
		return s.newestTops(ctx, q, spec{filter: base, within: within, mostRecent: true}, limit)
	}
	// Some of them turn out to be no runs, or not to match the flow.
	tops, err := s.topsOfMatching(ctx, q.Filters, within, max(2*fetchLimit(q, limit), smallBatch))
	if err != nil || len(tops) == 0 {
		return nil, err
	}
	found := make([][]windmill.Span, 0, 1)
	for _, ids := range batches(tops) {
		filter, display := oneOf(ids, "span.job_id")
		res, err := s.search(ctx, spec{
			filter: conditions(base, filter), display: conditions(base, display),
			within: s.windows.Around(ids, within), limit: len(ids) * 2,
		})
		if errors.Is(err, errBudget) && len(found) > 0 {
			s.notice(true, "Runs are missing: %v", err)
			break
		}
		if err != nil {
			return nil, err
		}
		found = append(found, res.Spans)
	}
	return slices.Concat(found...), nil
}

// newestTops searches for the newest runs. Jobs that scripts launched, handlers and tasks name no step either, and
// TraceQL cannot ask for what has no parent: where they leave too few runs, the search goes on among more traces.
func (s *session) newestTops(ctx context.Context, q query.Query, search spec, limit int) ([]windmill.Span, error) {
	wanted := fetchLimit(q, limit)
	for search.limit = spare(wanted); ; search.limit = min(moreTraces*search.limit, maxListTraces) {
		res, err := s.search(ctx, search)
		if err != nil {
			return nil, err
		}
		cut := res.Traces >= search.limit
		enough := len(newListing(res.Spans, q.Filters).ids) >= wanted
		if cut && !enough && search.limit < maxListTraces && s.remaining() > leastForSteps {
			continue
		}
		if cut && wanted > limit {
			s.sifted(search.limit)
		}
		return res.Spans, nil
	}
}

const (
	// moreTraces is by how much a search that found too few runs grows.
	moreTraces = 5
	// leastForSteps is how many requests are left for the steps of the runs.
	leastForSteps = 10
)

func (s *session) sifted(traces int) {
	s.notice(false, "Only the newest %d traces of the range were looked at: narrow the range or the filters to find older runs.", traces)
}

// newest searches for the newest traces. sifted: some of them may be dropped, so that it matters where the search
// ended.
func (s *session) newest(ctx context.Context, q spec, sifted bool) ([]windmill.Span, error) {
	res, err := s.search(ctx, q)
	if err == nil && res.Traces >= q.limit && sifted {
		s.sifted(q.limit)
	}
	return res.Spans, err
}

// topsOfMatching finds the top-level jobs above all jobs that match the filters, one level upwards per request.
func (s *session) topsOfMatching(ctx context.Context, f query.Filters, within Range, limit int) ([]string, error) {
	match := conditions("span.job_id != nil", anyOf("span.workspace_id", f.Workspace), anyOf("span.flow_step_id", f.Step),
		anyOf("span.script_path", f.ScriptPath), workers(f.Worker), anyOf("span.tag", f.Tag), anyOf("span.language", f.Language),
		anyOf("span.job_id", f.JobID), anyOf("span.root_job", f.RootJob), anyOf("span.parent_job", f.ParentJob),
		anyOf("span.trigger_kind", f.TriggerKind), anyOf("span.trigger", f.Trigger), anyOf("span.created_by", f.CreatedBy),
		Compared(f, "workspace", "step", "scriptPath", "worker", "tag", "language", "jobId", "rootJob", "parentJob", "triggerKind", "trigger", "createdBy"))
	matching, err := s.newest(ctx, spec{filter: match, within: within, limit: max(limit, 200), mostRecent: true}, true)
	if err != nil {
		return nil, err
	}
	c := newCollection("")
	c.add(matching)
	above, err := s.tops(ctx, c, ids(matching), within)
	if errors.Is(err, errBudget) {
		s.notice(true, "Runs that are nested deep may be missing: %v", err)
		err = nil
	}
	if err != nil {
		return nil, err
	}
	list := slices.Sorted(maps.Values(above))
	list = slices.Compact(list)
	if len(list) > limit {
		list = list[len(list)-limit:] // ids sort by creation: these are the newest
	}
	return list, nil
}

// fill fetches the steps of the listed runs, what loops and branches inside them started in traces of its own, and the
// failed steps there. Where that fails, the runs are shown without their steps, and that is said.
func (s *session) fill(ctx context.Context, l *listing, within Range) error {
	if len(l.ids) == 0 {
		return nil
	}
	windows := s.ofList(l, within)
	l.addSteps(s.all(ctx, l.ids, windows, "", "span.root_job", "span.parent_job"))
	if scripts := l.scriptsWithTasks(); len(scripts) > 0 {
		l.addOwn(s.all(ctx, scripts, windows, `name = "job postprocessing"`, "span.job_id"))
	}
	if nested := l.nestedIDs(); len(nested) > 0 {
		l.addSteps(s.all(ctx, nested, windows, "", "span.parent_job"))
	}
	if spread := l.spreadIDs(); len(spread) > 0 {
		const onlyFailed = `(status = error || span.success = "false")`
		failed := s.all(ctx, spread, windows, onlyFailed, "span.root_job")
		if failed.partial {
			s.notice(true, "Not all failures inside sub-flows and parallel loops could be looked for: the outcome of a run may be wrong.")
		}
		l.addFailures(failed.spans)
	}
	return givenUp(ctx)
}

// ofList are the windows in which the steps of the listed runs ran. What is cut off is the oldest, and that is said.
func (s *session) ofList(l *listing, within Range) []Range {
	windows, cut := s.windows.NewestPieces(l.window(within, s.now))
	if cut {
		l.all = false
		s.notice(true, "Some runs began long before the others: what ran before %s was not read.",
			windows[0].From.UTC().Format(time.DateTime))
	}
	return windows
}

// question asks for the jobs that name one of some ids, in one search.
type question struct {
	ids    []string
	within Range
}

// questions has one for each batch of ids in each window, the windows of a batch one after another.
func questions(ids []string, windows []Range) []question {
	var list []question
	for _, batch := range batches(ids) {
		for _, w := range windows {
			list = append(list, question{batch, w})
		}
	}
	return list
}

// gathered is what several searches found together.
type gathered struct {
	spans   []windmill.Span
	partial bool // something was left out: a limit was reached, or a search failed
}

// all searches for the jobs that name one of the ids. A search that fails leaves a gap, which is said.
func (s *session) all(ctx context.Context, ids []string, windows []Range, also string, attributes ...string) gathered {
	var out gathered
	asked := questions(ids, windows)
	if left := s.remaining() / 2; len(asked) > left {
		asked, out.partial = asked[:left], true
	}
	results := make([]tempo.SearchResult, len(asked))
	errs := make([]error, len(asked))
	var g group.Group
	g.SetLimit(parallel)
	for i, q := range asked {
		g.Go(func() error {
			filter, display := oneOf(q.ids, attributes...)
			results[i], errs[i] = s.search(ctx, spec{
				filter: conditions(also, parens(filter)), display: conditions(also, parens(display)),
				within: q.within, limit: maxListTraces,
			})
			return nil
		})
	}
	_ = g.Wait() // the functions keep their errors
	for i, r := range results {
		out.spans = append(out.spans, r.Spans...)
		out.partial = out.partial || r.Truncated || errs[i] != nil
		if errs[i] != nil && givenUp(ctx) == nil {
			s.notice(true, "The steps of some runs could not be read: %v", errs[i])
		}
	}
	return out
}

// maxListTraces bounds the traces of parallel iterations that are looked at for a list.
const maxListTraces = 5000

func ids(spans []windmill.Span) []string {
	var list []string
	for _, s := range spans {
		list = append(list, s.JobID)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// conditions joins the conditions that are not empty.
func conditions(list ...string) string {
	return strings.Join(slices.DeleteFunc(list, func(c string) bool { return c == "" }), " && ")
}

func parens(c string) string { return "(" + c + ")" }

func anyOf(attribute string, values []string) string {
	if len(values) == 0 {
		return ""
	}
	return tempo.AnyOf(attribute, values)
}

// workers: the spans say worker, the documentation worker_id.
func workers(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return parens(tempo.AnyOf("span.worker", values) + " || " + tempo.AnyOf("span.worker_id", values))
}

func newestFirst(a, b Listed) int {
	return cmp.Or(b.Start.Compare(a.Start), strings.Compare(b.ID, a.ID))
}
