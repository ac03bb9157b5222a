package plugin

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// flowTraces is how many traces of a flow are looked at for the values of its jobs.
const flowTraces = 100

// spanTags read a tag from a span.
var spanTags = map[string]func(windmill.Span) string{
	"step":       func(s windmill.Span) string { return s.Step },
	"scriptPath": func(s windmill.Span) string { return s.ScriptPath },
	"worker":     func(s windmill.Span) string { return s.Worker },
	"tag":        func(s windmill.Span) string { return s.Tag },
	"language":   func(s windmill.Span) string { return s.Language },
}

// belowFlow says whether a tag's values are narrowed by flows.
func belowFlow(tag string, f query.Filters) bool {
	_, known := spanTags[tag]
	return known && len(f.Flow) > 0
}

// askFlowTagValues lists the values of a tag among the jobs of some flows. A job does not carry the path of the flow
// above it, so two questions are asked: for the jobs in the newest traces of the flows, and for those whose script lies
// below the path of a flow (inline scripts, loops and what is inline inside them, whatever their trace). A script by
// path that only runs in a parallel iteration is not found; a list of choices can do without.
func (d *Datasource) askFlowTagValues(ctx context.Context, tag string, f query.Filters, start, end time.Time) (tagValuesAnswer, error) {
	var inTraces, below tagValuesAnswer
	g, ctx := group.WithContext(ctx)
	g.Go(func() (err error) {
		inTraces, err = d.tagValuesInTraces(ctx, tag, f, start, end)
		return err
	})
	g.Go(func() (err error) {
		below.Values, below.Truncated, err = d.tempo.TagValues(ctx, tempo.TagValuesRequest{
			Tag: tagQuestions(tag)[0].attribute, Query: "{ " + tagCondition(tag, belowPath(f.Flow), f) + " }", Start: start, End: end, Limit: maxValues,
		})
		return err
	})
	if err := g.Wait(); err != nil {
		return tagValuesAnswer{}, err
	}
	values := slices.Sorted(slices.Values(slices.Concat([]string{}, inTraces.Values, below.Values)))
	return tagValuesAnswer{Values: slices.Compact(values), Truncated: inTraces.Truncated || below.Truncated}, nil
}

func (d *Datasource) tagValuesInTraces(ctx context.Context, tag string, f query.Filters, start, end time.Time) (tagValuesAnswer, error) {
	flow := `(name = "job" || name = "full_job") && ` + tempo.AnyOf("span.script_path", f.Flow)
	found, err := d.tempo.Search(ctx, tempo.SearchRequest{
		Query: "{ " + flow + " } && { " + tagCondition(tag, "", f) + " } | " + tempo.EachSpan + " | " + tempo.SelectWindmill +
			" with (most_recent=true)",
		Start: start, End: end, Limit: flowTraces,
	})
	if err != nil {
		return tagValuesAnswer{}, err
	}
	answer := tagValuesAnswer{Truncated: found.Traces >= flowTraces}
	for _, s := range found.Spans {
		// The flow's own spans are in the answer too, whatever the other filters.
		if v := spanTags[tag](s); v != "" && (!slices.Contains(f.Flow, s.ScriptPath) || !f.OfJobs()) {
			answer.Values = append(answer.Values, v)
		}
	}
	return answer, nil
}

// belowPath is the condition that an inline script, an iteration or a branch lies below one of the paths: a flow or
// a script by path that does so is another one.
func belowPath(paths []string) string {
	quoted := make([]string, len(paths))
	for i, p := range paths {
		quoted[i] = regexp.QuoteMeta(p)
	}
	inline := "span.script_path =~ " + tempo.Quote("("+strings.Join(quoted, "|")+")/.*")
	return inline + ` && span.job_kind =~ "flowscript|preview|aiagent|flownode|flowpreview"`
}
