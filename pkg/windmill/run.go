package windmill

import "time"

// Run is a top-level job and every job below it, whatever traces they are spread over.
type Run struct {
	ID   string
	Root *Job
	Jobs []*Job // in tree order, Root first

	Start, End time.Time
	Duration   *time.Duration // so far, when Outcome is running
	Outcome    Outcome
	Ended      bool // an end was seen: a full_job span, or a standalone script's `job` span
	FailedStep *Job // the leaf that failed the run, also when a failure module recovered it; nil: none known
	Problems   []Problem

	attempts []*Job // of a standalone script, without the first, which is Root
}

// BuildWith puts the run of a top-level job together from spans of any traces and from what log lines tell of jobs that
// have no span yet. It never fails: what is missing, contradictory or guessed is told in Problems, and when nothing of
// the run is there, the run consists of a root without times. The order of the evidence makes no difference.
func BuildWith(id string, e Evidence) *Run {
	p := &problems{}
	g := gather(e)
	root := g.jobs[id]
	if root == nil || len(root.spans) == 0 {
		root = g.job(id)
		p.add(ProblemNoRoot, 1)
	}
	members := link(root, g, p)
	classify(members)
	deriveCreation(members, p)
	deriveTimes(members)
	causalOrder(members, p)
	attempts := scriptAttempts(root, p)
	members = inFlight(root, members, e.Now, p)
	refusals(root, members, e.Now, p)
	clocks := clocksOf(members, p)
	deriveOutcomes(root, members, e.Now, clocks, p)
	numberScriptAttempts(root, attempts, clocks, p)
	sortTree(members)
	run := &Run{ID: id, Root: root, Jobs: flatten(root, len(members)), attempts: attempts}
	namePaths(run.Jobs)
	run.settle()
	deriveWaits(run, e.Now, p)
	contributions(run)
	criticalPath(run)
	run.FailedStep = failedStep(run.Decider())
	describeErrors(run)
	run.Problems = p.collect(run, e)
	return run
}

// Steps counts the executions of steps: iterations and attempts are counted, containers are not, nor what a step calls
// itself (tools of an AI agent, tasks of a workflow as code).
func (r *Run) Steps() int {
	n := 0
	for _, j := range r.Jobs {
		if j.Leaf() && j.Kind != KindTool && j.Kind != KindUnknown {
			n++
		}
	}
	return n
}
