package flowstep

import (
	"cmp"
	"slices"
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/histogram"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Stats are a step's figures over a window, from span metrics. nil is unknown; durations are seconds.
type Stats struct {
	Key                      Key
	Calls, Rate              *float64
	Errors, ErrorRatio       *float64
	P50, P90, P95, P99, Mean *float64
	Total                    *float64 // seconds spent in the window
	SizeBytes                *float64 // bytes of spans per execution
	Series                   string   // matchers of its series in Prometheus; empty: unknown
	Buckets                  histogram.Histogram
	// The same of the window to compare with.
	PreviousCalls, PreviousP95, PreviousMean *float64
	PreviousBuckets                          histogram.Histogram
}

// StatsRow is one row of step-stats.
type StatsRow struct {
	Stats
	Workspace, Flow, Step, ScriptPath *string
	Contribution                      *float64 // share of the total of all rows
	Change                            *float64 // p95 against the window to compare with: 0.5 is half as much again
	Impact                            *float64 // seconds: what the p95 grew by, times the calls
	Verdict                           string   // by the rule
	SlowestRun                        *string
}

// Slowest tells which run had the slowest execution of a step.
type Slowest map[Key]string

// FlowsOf tells to which flows a step is known to belong, from traces.
type FlowsOf map[Key][]string

// FlowOf finds the flow of a step's key. Rules: an inline step's path is its flow's and its id; in a loop or a branch
// the path is cut at the segment and what is left is the flow's own path, so an inline step there has no id in it.
// Which of the two a path without the id at its end is, only traces tell: a script by its path looks the same. It is
// unknown unless traces have shown one flow for it.
func FlowOf(k Key, flows FlowsOf) *string {
	if k.Step == "" {
		return known(k.StepPath)
	}
	if flow, ok := windmill.InlineFlow(k.StepPath, k.Step); ok {
		return &flow
	}
	if list := flows[k]; len(list) == 1 {
		return &list[0]
	}
	return nil
}

// StepStats gives a row for each step, the one that took most time first. Flows themselves (keys without a step) are
// no steps and are left out.
func StepStats(stats []Stats, flows FlowsOf, slowest Slowest, rule Rule) []StatsRow {
	var total float64
	rows := make([]StatsRow, 0, len(stats))
	for _, s := range stats {
		if s.Key.Step == "" {
			continue
		}
		s.dropImpossible()
		if s.Total != nil {
			total += *s.Total
		}
		row := StatsRow{
			Stats: s, Workspace: known(s.Key.Workspace), Flow: FlowOf(s.Key, flows), Step: known(s.Key.Step),
			ScriptPath: known(s.Key.StepPath),
		}
		row.judge(rule)
		if run, ok := slowest[s.Key]; ok {
			row.SlowestRun = known(run)
		}
		rows = append(rows, row)
	}
	for i := range rows {
		if t := rows[i].Total; t != nil && total > 0 {
			share := *t / total
			rows[i].Contribution = &share
		}
	}
	slices.SortStableFunc(rows, func(a, b StatsRow) int {
		return cmp.Or(cmp.Compare(value(b.Total), value(a.Total)), strings.Compare(a.Key.StepPath, b.Key.StepPath), strings.Compare(a.Key.Step, b.Key.Step))
	})
	return rows
}

// dropImpossible makes a total and mean of 0 unknown where something ran. Prometheus sees no increase of a sum that
// appeared with its first value, which is how the sum of a step's very first executions arrives, while their count and
// buckets began at 0.
func (s *Stats) dropImpossible() {
	if s.Calls != nil && *s.Calls > 0 && s.Total != nil && *s.Total <= 0 {
		s.Total, s.Mean = nil, nil
	}
}

// judge compares the two windows.
func (r *StatsRow) judge(rule Rule) {
	change, verdict := rule.Compare(
		Window{Calls: r.PreviousCalls, P95: r.PreviousP95, Mean: r.PreviousMean, Buckets: r.PreviousBuckets},
		Window{Calls: r.Calls, P95: r.P95, Mean: r.Mean, Buckets: r.Buckets},
	)
	r.Change, r.Verdict = change, string(verdict)
	if change != nil && r.Calls != nil {
		impact := (*r.P95 - *r.PreviousP95) * *r.Calls
		r.Impact = &impact
	}
}

// Regressions keeps the steps that became slower, the one with the greatest impact first.
func Regressions(rows []StatsRow) []StatsRow {
	list := slices.DeleteFunc(slices.Clone(rows), func(r StatsRow) bool { return r.Verdict != string(Slow) })
	slices.SortStableFunc(list, func(a, b StatsRow) int { return cmp.Compare(*b.Impact, *a.Impact) })
	return list
}

func value(f *float64) float64 {
	if f == nil {
		return -1
	}
	return *f
}
