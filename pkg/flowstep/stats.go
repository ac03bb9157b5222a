package flowstep

import (
	"cmp"
	"slices"
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Stats are a step's figures over a window, from span metrics. nil is unknown; durations are seconds.
type Stats struct {
	Key                      Key
	Calls, Rate              *float64
	Errors, ErrorRatio       *float64
	P50, P90, P95, P99, Mean *float64
	Total                    *float64 // seconds spent in the window
	PreviousP95              *float64 // of the window before, of the same length
	SizeBytes                *float64 // bytes of spans per execution
	Series                   string   // matchers of its series in Prometheus; empty: unknown
}

// StatsRow is one row of step-stats.
type StatsRow struct {
	Stats
	Workspace, Flow, Step, ScriptPath *string
	Contribution                      *float64 // share of the total of all rows
	Change                            *float64 // p95 against the window before: 0.5 is half as much again
	Verdict                           string
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
func StepStats(stats []Stats, flows FlowsOf, slowest Slowest) []StatsRow {
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
		row.Change, row.Verdict = change(s)
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

// change compares the p95 with the window before. Rules: unknown without both or with fewer than MinCount calls; slow
// from half as much again on; fast when it fell by a third or more; else normal. A p95 of the window before exists
// only where the step ran then; how often, span metrics of that window tell.
func change(s Stats) (*float64, string) {
	if s.P95 == nil || s.PreviousP95 == nil || *s.PreviousP95 <= 0 {
		return nil, string(Unknown)
	}
	c := *s.P95 / *s.PreviousP95 - 1
	switch {
	case s.Calls == nil || *s.Calls < MinCount:
		return &c, string(Unknown)
	case c >= 0.5:
		return &c, string(Slow)
	case c <= -0.33:
		return &c, string(Fast)
	}
	return &c, string(Normal)
}

func value(f *float64) float64 {
	if f == nil {
		return -1
	}
	return *f
}
