package flowstep

import (
	"math"
	"strconv"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// The verdicts of a comparison, beside Unknown.
const (
	Slower Verdict = "slower"
	Faster Verdict = "faster"
	Same   Verdict = "same"
	OnlyA  Verdict = "only_a"
	OnlyB  Verdict = "only_b"
)

// Two durations are the same when they differ by no more than a fifth of side b, or by no more than 50 ms: so much
// Windmill's workers alone make of it.
const (
	sameShare   = 0.2
	sameSeconds = 0.05
)

// CompareRow is one row of run-compare: a step execution of run a beside that of run b, or beside its baseline. nil is
// unknown, or not there; durations are seconds.
type CompareRow struct {
	Step                         *string
	Path                         string
	DurationA, DurationB         *float64
	Change                       *float64 // of a against b: 0.5 is half as much again
	WaitA, WaitB                 *float64
	OutcomeA, OutcomeB           *string
	Verdict                      string
	JobA, JobB                   *string
	TraceA, SpanA, TraceB, SpanB *string
	Series                       *string // matchers of the baseline's series in Prometheus
}

// CompareRuns sets two runs side by side, in the order of a; what only b has stands behind what precedes it in b. Jobs
// match by their path, so iterations by number and attempts by number. Jobs that share a path match in their order.
func CompareRuns(a, b []*windmill.Job) []CompareRow {
	partner := make(map[string]*windmill.Job, len(b))
	keysB := places(b)
	for i, j := range b {
		partner[keysB[i]] = j
	}
	keysA := places(a)
	inA := make(map[string]bool, len(a))
	for _, k := range keysA {
		inA[k] = true
	}
	onlyB := map[string][]*windmill.Job{} // by the place in both runs that precedes them
	before := ""
	for i, j := range b {
		if inA[keysB[i]] {
			before = keysB[i]
		} else {
			onlyB[before] = append(onlyB[before], j)
		}
	}
	rows := make([]CompareRow, 0, len(a)+len(b))
	appendB := func(place string) {
		for _, j := range onlyB[place] {
			rows = append(rows, compareRow(nil, j))
		}
	}
	appendB("")
	for i, j := range a {
		rows = append(rows, compareRow(j, partner[keysA[i]]))
		appendB(keysA[i])
	}
	return rows
}

// CompareBaseline sets a run beside what its steps usually take: side b is the p50. Containers have no baseline.
func CompareBaseline(jobs []*windmill.Job, baselines Baselines) []CompareRow {
	rows := make([]CompareRow, 0, len(jobs))
	for _, j := range jobs {
		row := sideA(j)
		key, ok := KeyOf(j)
		if b, found := baselines[key]; ok && found {
			row.DurationB, row.Series = b.P50, known(b.Series)
			row.judge(j.Outcome == windmill.OutcomeRunning)
			if b.Count < MinCount {
				row.Verdict = string(Unknown)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// places are the paths of jobs, made unique: the second job of the same path gets a number.
func places(jobs []*windmill.Job) []string {
	seen := make(map[string]int, len(jobs))
	list := make([]string, len(jobs))
	for i, j := range jobs {
		p := "/" + j.Path // the run itself has an empty path, and is not nothing
		if n := seen[p]; n > 0 {
			list[i] = p + " " + strconv.Itoa(n)
		} else {
			list[i] = p
		}
		seen[p]++
	}
	return list
}

func sideA(j *windmill.Job) CompareRow {
	outcome := string(j.Outcome)
	return CompareRow{
		Step: known(j.Step), Path: j.Path, DurationA: seconds(j.Duration), WaitA: seconds(j.Wait), OutcomeA: &outcome,
		JobA: known(j.ID), TraceA: known(j.TraceID), SpanA: known(j.SpanID), Verdict: string(Unknown),
	}
}

func compareRow(a, b *windmill.Job) CompareRow {
	var row CompareRow
	switch {
	case a == nil:
		row = CompareRow{Step: known(b.Step), Path: b.Path, Verdict: string(OnlyB)}
	default:
		row = sideA(a)
	}
	if b == nil {
		row.Verdict = string(OnlyA)
		return row
	}
	outcome := string(b.Outcome)
	row.DurationB, row.WaitB, row.OutcomeB = seconds(b.Duration), seconds(b.Wait), &outcome
	row.JobB, row.TraceB, row.SpanB = known(b.ID), known(b.TraceID), known(b.SpanID)
	if a != nil {
		row.judge(a.Outcome == windmill.OutcomeRunning || b.Outcome == windmill.OutcomeRunning)
	}
	return row
}

// judge fills in change and verdict from the durations. What is running has no duration to judge.
func (r *CompareRow) judge(running bool) {
	if r.DurationA == nil || r.DurationB == nil || running {
		return
	}
	a, b := *r.DurationA, *r.DurationB
	if b > 0 {
		change := a/b - 1
		r.Change = &change
	}
	switch {
	case math.Abs(a-b) <= math.Max(sameShare*b, sameSeconds):
		r.Verdict = string(Same)
	case a > b:
		r.Verdict = string(Slower)
	default:
		r.Verdict = string(Faster)
	}
}
