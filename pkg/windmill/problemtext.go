package windmill

import (
	"fmt"
	"time"
)

// Text is one or two sentences for users.
func (p Problem) Text() string {
	if t, ok := countedTexts[p.Kind]; ok {
		return t.of(p.Count)
	}
	switch p.Kind {
	case ProblemNoRoot:
		return "No span of the run itself was found: its start, end and outcome are derived from its steps."
	case ProblemSkew:
		return fmt.Sprintf("The clocks of Windmill's servers and workers differ by at least %s: %s, and other waits and the durations of containers, and of jobs that several workers pulled, may be wrong by as much.", about(p.Size), skewedText.of(p.Count))
	case ProblemNoEnd:
		return "No end of the run was seen (no full_job span): it is still running, waits for an approval, or ended in a way that Windmill does not report. Steps at work are invisible until they end, because no log lines of the run are at hand."
	case ProblemNoEndLogged:
		return "No end of the run was seen (no full_job span): it is still running, waits for an approval, or ended in a way that Windmill does not report."
	case ProblemSilent:
		return fmt.Sprintf("Nothing was heard of the run for %s: it waits for an approval, a step of it takes that long, or it ended in a way that Windmill does not report.", about(p.Size))
	case ProblemToleratedMaybe:
		return "The run counts as failed although the last of its steps went well: another one failed, and nothing followed that would show whether that was allowed (skip failures)."
	case ProblemEarlyStop:
		return "Windmill recorded a failure although no step of the run is seen to have failed: it stopped early with an error message, was canceled, or what failed left no span."
	case ProblemUnseenFailure:
		return "The run failed, but the step that failed was not found."
	}
	return string(p.Kind)
}

// countedText is a sentence for one thing, and one for several: many has a %d for their number.
type countedText struct{ one, many string }

func (t countedText) of(n int) string {
	if n == 1 {
		return t.one
	}
	return fmt.Sprintf(t.many, n)
}

// skewedText is the part of clock-skew that tells of jobs.
var skewedText = countedText{
	"1 job seems to have started before being pushed. Its wait is unknown",
	"%d jobs seem to have started before being pushed. Their waits are unknown",
}

// countedTexts are those that tell how many jobs they are about, and nothing else.
var countedTexts = map[ProblemKind]countedText{
	ProblemNoParent: {
		"The parent of 1 job was not found; the job is shown below the nearest one that is known to be above it.",
		"The parents of %d jobs were not found; the jobs are shown below the nearest ones that are known to be above them.",
	},
	ProblemCycle: {
		"The jobs of 1 chain named each other as parents; the chain is shown directly below the run.",
		"The jobs of %d chains named each other as parents; the chains are shown directly below the run.",
	},
	ProblemOtherRun: {
		"1 job of another run shares a trace with this run and was left out.",
		"%d jobs of other runs share a trace with this run and were left out.",
	},
	ProblemStray: {
		"The parent of 1 job was not found. It may belong to another run that shares the trace, and was left out.",
		"The parents of %d jobs were not found. They may belong to another run that shares the trace, and were left out.",
	},
	ProblemOwnWork: {
		"1 job that only locked dependencies was left out.",
		"%d jobs that only locked dependencies were left out.",
	},
	ProblemOnlyLogged: {
		"Log lines tell of 1 job whose spans were lost or have not arrived, although what comes after has: it was left out.",
		"Log lines tell of %d jobs whose spans were lost or have not arrived, although what comes after has: they were left out.",
	},
	ProblemInFlight: {
		"1 job has no span yet and is known from log lines only: at work (duration so far) or waiting for a worker (no start, wait so far).",
		"%d jobs have no span yet and are known from log lines only: at work (duration so far) or waiting for a worker (no start, wait so far).",
	},
	ProblemRefused: {
		"1 flow was pulled again after a step and pushed nothing more: its approval was refused or timed out, as far as can be told. Windmill reports no end of such a flow.",
		"%d flows were pulled again after a step and pushed nothing more: their approvals were refused or timed out, as far as can be told. Windmill reports no end of such flows.",
	},
	ProblemHandled: {
		"A failure module ran, so the flow counts as failed: Windmill does so too unless the module's result says \"recover\", which no span tells.",
		"%d failure modules ran, so their flows count as failed: Windmill does so too unless a module's result says \"recover\", which no span tells.",
	},
	ProblemCollapsedLoop: {
		"Windmill ran a loop's only step directly: the iterations carry no number and are numbered in the order in which they were pushed.",
		"Windmill ran the only steps of %d loops directly: the iterations carry no number and are numbered in the order in which they were pushed.",
	},
	ProblemIterations: {
		"1 iteration of a loop was not seen: its spans are missing, it was canceled before it began, or the run was restarted from a later one.",
		"%d iterations of loops were not seen: their spans are missing, they were canceled before they began, or the run was restarted from a later one.",
	},
	ProblemOrder: {
		"The order of the attempts or iterations of 1 step, or which of both they are, is a guess: no span is left that would tell.",
		"The order of the attempts or iterations of %d steps, or which of both they are, is a guess: no span is left that would tell.",
	},
	ProblemScriptRetried: {
		"Windmill retried the script 1 time: the first attempt stands for the run, which lasted until the last one had ended and has its outcome.",
		"Windmill retried the script %d times: the first attempt stands for the run, which lasted until the last one had ended and has its outcome.",
	},
	ProblemNoSteps: {
		"No step of 1 container was found, so its duration and outcome may be wrong.",
		"No steps of %d containers were found, so their durations and outcomes may be wrong.",
	},
	ProblemNoWork: {
		"1 job has no `job` span, so its start and duration are unknown (a tool of an AI agent never has one).",
		"%d jobs have no `job` span, so their start and duration are unknown (tools of an AI agent never have one).",
	},
	ProblemNoResult: {
		"The spans of 1 job that another worker had completed are missing; it counts as ok, because the run went on.",
		"The spans of %d jobs that another worker had completed are missing; they count as ok, because the run went on.",
	},
	ProblemNoCreation: {
		"The id of 1 job carries no creation time, so its queue wait is unknown.",
		"The ids of %d jobs carry no creation time, so their queue waits are unknown.",
	},
	ProblemQueueOrSleep: {
		"1 wait of a second or more counts as a wait for a worker. A sleep of the step before looks the same where no log line tells for when a job was scheduled.",
		"%d waits of a second or more count as waits for a worker. A sleep of the step before looks the same where no log line tells for when a job was scheduled.",
	},
	ProblemParked: {
		"1 iteration of a parallel loop began only when an earlier one had ended, while others began at once: it waited for the loop, not for a worker.",
		"%d iterations of parallel loops began only when an earlier one had ended, while others began at once: they waited for the loop, not for a worker.",
	},
	ProblemLostRace: {
		"1 worker pulled a job that another worker had completed; that pull was left out.",
		"%d workers pulled jobs that other workers had completed; those pulls were left out.",
	},
}

// about writes a time span for reading.
func about(d time.Duration) string {
	switch {
	case d >= 10*time.Minute:
		return d.Round(time.Minute).String()
	case d >= 10*time.Second:
		return d.Round(time.Second).String()
	}
	return d.Round(time.Millisecond).String()
}
