package plugin

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
)

// shapeRun is a run that was rebuilt wrongly once, made small: most were found by the random flows of stack/property.
type shapeRun struct {
	name, about string
	// make adds the run's spans.
	make func(b *windmilltest.Builder) *windmilltest.Job
	// spoil changes them, nil: they are sent as they are.
	spoil func(run *windmilltest.Job, spans []windmill.Span) []windmill.Span
}

var shapeRuns = []shapeRun{
	{"nested-ends-in-its-pull", "The last thing in a sub-flow is an approval: the step after it is pushed in the sub-flow's own pull, and waited for a worker alone.", nestedEndsInItsPull, nil},
	{"after-an-approval", "An identity is over while the pull that resumed the flow lasts: only the identity waited for the approval, not the step after it.", afterAnApproval, nil},
	{"sleep-after-nested-approval", "A step that sleeps behind a sub-flow that was approved waits from its own push.", sleepAfterNestedApproval, nil},
	{"tolerated-branch", "A branch of a sequential branchall failed and the next one began: that failure was tolerated.", toleratedBranch, nil},
	{"recovered-child", "The failure module of an iteration recovered it: the flow around it has failed, because it did not go on.", recoveredChild, nil},
	{"agent-of-an-older-version", "Without job_kind an agent with tools is no container: it has a result of its own.", agentWithTools, withoutJobKind},
	{"refused-after-a-tolerated-failure", "An approval was refused after a failure that was tolerated: no step failed the run.", refusedAfterFailure, nil},
	{"parallel-failure-at-the-end", "An iteration failed before another one was pulled, and nothing follows the loop: that this was allowed shows nowhere.", parallelFailure, nil},
	{"partly-failed-inside", "Some iterations inside a sub-flow failed and the flow above went on: they were allowed to.", partlyFailedInside, nil},
	{"loop-without-iterations", "A loop runs its only script directly: jobs without a number, one after another.", collapsedLoop, nil},
	{"clocks-apart", "The clock of one worker is three seconds behind.", twoWorkers, clockBehind},
	{"order-without-transitions", "Clocks are three seconds apart and the transitions of the failed attempts are lost: the order of the attempts is known from the times of their pushes.", threeAttempts, withoutFailedTransitions},
	{"order-guessed", "The same, and the first attempt is lost altogether: the order of the others is a guess.", threeAttempts, withoutFirstAttempt},
	{"script-retried", "A standalone script was tried again without a flow around it: its attempts are one run, with the outcome of the last.", retriedScript, nil},
	{"handlers", "The run failed, and all handlers of errors ran: one is a flow, one fails. They are no steps, and outside of the run's figures.", handledRun, nil},
	{"launched-jobs", "A script starts jobs: one names the run as its root, one is in a trace of its own and outlives the run.", launchingRun, nil},
	{"set-up", "Spans of processes tell the time for dependencies from that of the script; a script that runs in the worker has none.", preparedRun, nil},
	{"cycle-of-parents", "The iteration names its own step as its parent.", oneIteration, cycleOfParents},
}

// shapeSubjects sends the runs of shapeRuns. They are too old for Tempo's span metrics and for the newest of a list.
func (r *recorder) shapeSubjects() map[string]*windmilltest.Job {
	jobs := map[string]*windmilltest.Job{}
	for i, shape := range shapeRuns {
		b := windmilltest.New(time.Now().Add(-2*time.Minute), 200+uint64(i))
		job := shape.make(b)
		if shape.spoil != nil {
			b.Spans = shape.spoil(job, b.Spans)
		}
		jobs[shape.name] = job
		r.send(b.Spans)
	}
	return jobs
}

func shapeCases(now time.Time, jobs map[string]*windmilltest.Job) []namedCase {
	var out []namedCase
	for _, shape := range shapeRuns {
		query := json.RawMessage(fmt.Sprintf(`{"queryType":"flow-steps","runId":%q}`, jobs[shape.name].ID))
		out = append(out, namedCase{"flow-steps/shape-" + shape.name, goldenCase{
			About: shape.about, Now: now, From: now.Add(-15 * time.Minute), To: now, Query: query,
		}})
	}
	return out
}

func shapeFlow(b *windmilltest.Builder, name string) *windmilltest.Job {
	return b.Flow("f/shapes/"+name, 0).Pull(20*ms, 40*ms)
}

func nestedEndsInItsPull(b *windmilltest.Builder) *windmilltest.Job {
	r := shapeFlow(b, "nested")
	sub := r.Subflow("ask", "f/shapes/ask", 30*ms).Pull(60*ms, 80*ms)
	sub.Inline("x", 70*ms).Run(100*ms, 600*ms)
	sub.Pull(10*time.Second, 10*time.Second+200*ms)
	r.Inline("b", 10*time.Second+100*ms).Run(10*time.Second+150*ms, 11*time.Second)
	return r.Full(20*ms, 11*time.Second+20*ms, false)
}

func afterAnApproval(b *windmilltest.Builder) *windmilltest.Job {
	r := shapeFlow(b, "resumed")
	r.Inline("a", 30*ms).Run(60*ms, 600*ms)
	r.Pull(10*time.Second, 10*time.Second+500*ms)
	r.Identity("i", 10*time.Second+50*ms).Run(10*time.Second+80*ms, 10*time.Second+90*ms)
	r.Inline("b", 10*time.Second+100*ms).Run(10*time.Second+150*ms, 11*time.Second)
	return r.Full(20*ms, 11*time.Second+20*ms, false)
}

func sleepAfterNestedApproval(b *windmilltest.Builder) *windmilltest.Job {
	r := shapeFlow(b, "slept")
	sub := r.Subflow("ask", "f/shapes/ask", 30*ms).Pull(60*ms, 80*ms)
	sub.Inline("x", 70*ms).Run(100*ms, 600*ms)
	sub.Pull(10*time.Second, 10*time.Second+200*ms)
	r.Inline("b", 10*time.Second+100*ms).Run(15*time.Second+150*ms, 16*time.Second)
	return r.Full(20*ms, 16*time.Second+20*ms, false)
}

func toleratedBranch(b *windmilltest.Builder) *windmilltest.Job {
	r := shapeFlow(b, "branches")
	r.Node("all", "branchall", 0, 30*ms).Pull(50*ms, 60*ms).Inline("x", 55*ms).Fail(80*ms, 580*ms, "ValueError", "no rows in input")
	r.Node("all", "branchall", 1, 590*ms).Pull(620*ms, 640*ms).Inline("y", 630*ms).Run(660*ms, 1160*ms)
	return r.Full(20*ms, 1180*ms, false)
}

func recoveredChild(b *windmilltest.Builder) *windmilltest.Job {
	r := shapeFlow(b, "recovered")
	it := r.Node("l", "loop", 0, 30*ms).Pull(50*ms, 60*ms)
	it.Inline("x", 55*ms).Fail(80*ms, 580*ms, "ValueError", "no rows in input")
	it.Inline("failure", 590*ms).Run(620*ms, 800*ms)
	return r.Full(20*ms, 820*ms, false)
}

func agentWithTools(b *windmilltest.Builder) *windmilltest.Job {
	r := shapeFlow(b, "agent")
	agent := r.Agent("ask", 30*ms)
	agent.Tool("lookup", 500*ms).Post(900*ms, 920*ms)
	agent.Run(60*ms, 2*time.Second)
	return r.Full(20*ms, 2020*ms, false)
}

func withoutJobKind(_ *windmilltest.Job, spans []windmill.Span) []windmill.Span {
	for i := range spans {
		spans[i].JobKind = ""
	}
	return spans
}

func refusedAfterFailure(b *windmilltest.Builder) *windmilltest.Job {
	r := shapeFlow(b, "refused")
	branch := r.Node("all", "branchall", 0, 30*ms).Pull(50*ms, 60*ms)
	branch.Inline("x", 55*ms).Fail(80*ms, 580*ms, "ValueError", "no rows in input")
	branch.Inline("ask", 590*ms).Run(620*ms, 1200*ms)
	branch.Pull(10*time.Second, 10*time.Second+20*ms)
	r.Inline("failure", 10*time.Second+10*ms).Run(10*time.Second+50*ms, 10*time.Second+300*ms)
	return r.Full(20*ms, 10*time.Second+320*ms, false)
}

func parallelFailure(b *windmilltest.Builder) *windmilltest.Job {
	r := shapeFlow(b, "parallel")
	r.Node("l", "forloop", 0, 30*ms).Pull(50*ms, 60*ms).Inline("x", 55*ms).Fail(80*ms, 180*ms, "ValueError", "no rows in input")
	r.Node("l", "forloop", 1, 31*ms).Pull(250*ms, 260*ms).Inline("x", 255*ms).Run(280*ms, 980*ms)
	return r.Full(20*ms, time.Second, false)
}

func partlyFailedInside(b *windmilltest.Builder) *windmilltest.Job {
	r := shapeFlow(b, "partly")
	sub := r.Subflow("s", "f/shapes/items", 30*ms).Pull(50*ms, 60*ms)
	sub.Node("l", "forloop", 0, 55*ms).Pull(70*ms, 80*ms).Inline("x", 75*ms).Fail(100*ms, 300*ms, "ValueError", "no rows in input")
	sub.Node("l", "forloop", 1, 56*ms).Pull(71*ms, 81*ms).Inline("x", 76*ms).Run(101*ms, 500*ms)
	r.Inline("b", 510*ms).Run(550*ms, time.Second)
	return r.Full(20*ms, 1020*ms, false)
}

func collapsedLoop(b *windmilltest.Builder) *windmilltest.Job {
	r := shapeFlow(b, "collapsed")
	for i := range time.Duration(3) {
		r.ByPath("l", "f/lib/store", 30*ms+i*500*ms).Run(60*ms+i*500*ms, 500*ms+i*500*ms)
	}
	return r.Full(20*ms, 1520*ms, false)
}

// twoWorkers has a step on each of two workers.
func twoWorkers(b *windmilltest.Builder) *windmilltest.Job {
	r := shapeFlow(b, "clocks")
	r.Inline("a", 30*ms).Run(60*ms, 560*ms)
	behind := r.Inline("b", 570*ms)
	behind.Worker = "wk-2"
	behind.Run(600*ms, 1600*ms)
	return r.Full(20*ms, 1620*ms, false)
}

func clockBehind(_ *windmilltest.Job, spans []windmill.Span) []windmill.Span {
	for i := range spans {
		if spans[i].Worker == "wk-2" {
			spans[i].Start = spans[i].Start.Add(-3 * time.Second)
		}
	}
	return spans
}

// threeAttempts has a step whose second attempt ran on a worker whose clock is three seconds behind.
func threeAttempts(b *windmilltest.Builder) *windmilltest.Job {
	r := shapeFlow(b, "order")
	r.ByPath("a", "f/lib/charge", 30*ms).Fail(60*ms, 560*ms, "TimeoutError", "no answer from the bank")
	second := r.ByPath("a", "f/lib/charge", 570*ms)
	second.Worker = "wk-2"
	second.Fail(600*ms, 1100*ms, "TimeoutError", "no answer from the bank")
	r.ByPath("a", "f/lib/charge", 1110*ms-3*time.Second).Run(1140*ms, 1640*ms) // pushed by wk-2
	clockBehind(nil, b.Spans)
	return r.Full(20*ms, 1680*ms, false)
}

func withoutFailedTransitions(_ *windmilltest.Job, spans []windmill.Span) []windmill.Span {
	return slices.DeleteFunc(spans, func(s windmill.Span) bool { return s.Success == "false" })
}

// withoutFirstAttempt leaves nothing of the first attempt, and of the second a transition that is too early to have
// pushed the third.
func withoutFirstAttempt(_ *windmilltest.Job, spans []windmill.Span) []windmill.Span {
	spans = slices.DeleteFunc(spans, func(s windmill.Span) bool { return s.Failed && s.Worker != "wk-2" })
	for i := range spans {
		if spans[i].Worker == "wk-2" {
			spans[i].Start = spans[i].Start.Add(-2 * time.Second)
		}
	}
	return spans
}

func retriedScript(b *windmilltest.Builder) *windmilltest.Job {
	s := b.Script("f/shapes/retried", 0)
	s.Fail(20*ms, 520*ms, "TimeoutError", "no answer from the bank")
	s.Again(530*ms).Run(2600*ms, 3100*ms)
	return s
}

func oneIteration(b *windmilltest.Builder) *windmilltest.Job {
	r := shapeFlow(b, "cycle")
	r.Inline("a", 30*ms).Run(60*ms, 560*ms)
	r.Node("l", "loop", 0, 570*ms).Pull(600*ms, 610*ms).Inline("x", 605*ms).Run(630*ms, time.Second)
	return r.Full(20*ms, 1020*ms, false)
}

// cycleOfParents makes the step the parent of the iteration that it is in.
func cycleOfParents(_ *windmilltest.Job, spans []windmill.Span) []windmill.Span {
	step := spans[slices.IndexFunc(spans, func(s windmill.Span) bool { return s.Step == "x" })].JobID
	for i := range spans {
		if spans[i].Step == "l" {
			spans[i].ParentJob = step
		}
	}
	return spans
}

func handledRun(b *windmilltest.Builder) *windmilltest.Job {
	r := shapeFlow(b, "handled")
	r.Inline("a", 30*ms).Run(60*ms, 560*ms)
	r.Inline("b", 570*ms).Fail(600*ms, 900*ms, "ValueError", "no such table")
	r.Handler("error_handler", "f/ops/tell_slack", 905*ms).Run(950*ms, 2950*ms)
	r.Handler("schedule_error_handler", "f/ops/page", 906*ms).Fail(960*ms, 1200*ms, "HTTPError", "503 from the pager")
	flow := r.Handler("global", "f/ops/report", 907*ms)
	flow.Kind, flow.Language, flow.Tag = "flow", "", "flow"
	flow.Pull(970*ms, 990*ms)
	step := flow.Inline("write", 985*ms)
	step.CreatedBy = "global"
	step.Run(1010*ms, 1500*ms)
	return r.Full(20*ms, 920*ms, true)
}

func launchingRun(b *windmilltest.Builder) *windmilltest.Job {
	r := shapeFlow(b, "launching")
	step := r.Inline("a", 30*ms)
	step.Run(60*ms, 1560*ms)
	named := step.Task("f/lib/one_customer", 200*ms)
	named.Root = r
	named.Run(230*ms, 1200*ms)
	own := step.Task("f/lib/send_mail", 300*ms)
	own.Root = nil
	own.Fail(330*ms, 4*time.Second, "SMTPError", "mailbox full")
	return r.Full(20*ms, 1600*ms, false)
}

func preparedRun(b *windmilltest.Builder) *windmilltest.Job {
	r := shapeFlow(b, "prepared")
	r.Inline("cold", 30*ms).Pull(60*ms, 2560*ms).Process("uv", 70*ms, 2070*ms).Process("python run", 2080*ms, 2550*ms).Post(2560*ms, 2580*ms)
	r.Inline("warm", 2570*ms).Pull(2600*ms, 3100*ms).Process("python run", 2610*ms, 3090*ms).Post(3100*ms, 3120*ms)
	r.Inline("inside", 3110*ms).Run(3150*ms, 3650*ms)
	return r.Full(20*ms, 3680*ms, false)
}
