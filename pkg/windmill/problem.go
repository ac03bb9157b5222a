package windmill

import (
	"fmt"
	"time"
)

// ProblemKind names something of a run that is missing, contradictory or guessed.
type ProblemKind string

// The kinds of problems, in the order in which they are told.
const (
	ProblemNoRoot          ProblemKind = "no-root"
	ProblemNoParent        ProblemKind = "no-parent"
	ProblemCycle           ProblemKind = "cycle"
	ProblemOtherRun        ProblemKind = "other-run"
	ProblemStray           ProblemKind = "stray"
	ProblemOwnWork         ProblemKind = "own-work"
	ProblemSkew            ProblemKind = "clock-skew"
	ProblemOnlyLogged      ProblemKind = "only-logged"
	ProblemInFlight        ProblemKind = "in-flight"
	ProblemNoEnd           ProblemKind = "no-end"
	ProblemNoEndLogged     ProblemKind = "no-end-logged"
	ProblemSilent          ProblemKind = "silent"
	ProblemRefused         ProblemKind = "refused"
	ProblemRecoveredInside ProblemKind = "recovered-inside"
	ProblemCollapsedLoop   ProblemKind = "collapsed-loop"
	ProblemIterations      ProblemKind = "iterations"
	ProblemNoSteps         ProblemKind = "no-steps"
	ProblemNoWork          ProblemKind = "no-work"
	ProblemNoResult        ProblemKind = "no-result"
	ProblemUnseenFailure   ProblemKind = "unseen-failure"
	ProblemNoCreation      ProblemKind = "no-creation"
	ProblemQueueOrSleep    ProblemKind = "queue-or-sleep"
	ProblemLostRace        ProblemKind = "lost-race"
)

var problemOrder = [...]ProblemKind{
	ProblemNoRoot, ProblemNoParent, ProblemCycle, ProblemOtherRun, ProblemStray, ProblemOwnWork, ProblemSkew,
	ProblemOnlyLogged, ProblemInFlight, ProblemNoEnd, ProblemNoEndLogged, ProblemSilent, ProblemRefused,
	ProblemRecoveredInside, ProblemCollapsedLoop, ProblemIterations, ProblemNoSteps, ProblemNoWork, ProblemNoResult,
	ProblemUnseenFailure, ProblemNoCreation, ProblemQueueOrSleep, ProblemLostRace,
}

// Problem is one kind of problem and how often it occurred.
type Problem struct {
	Kind  ProblemKind
	Count int
	// Size is how large it is: of clock-skew by how much clocks differ at least, of silent for how long nothing was heard.
	Size time.Duration
}

// Serious says whether something may be missing or wrong in what is shown; else it is only good to know.
func (p Problem) Serious() bool {
	switch p.Kind {
	case ProblemNoRoot, ProblemNoParent, ProblemCycle, ProblemStray, ProblemSkew, ProblemOnlyLogged, ProblemIterations,
		ProblemNoSteps, ProblemNoResult, ProblemUnseenFailure:
		return true
	}
	return false
}

// Text is one or two sentences for users.
func (p Problem) Text() string {
	switch p.Kind {
	case ProblemNoRoot:
		return "No span of the run itself was found: its start, end and outcome are derived from its steps."
	case ProblemNoParent:
		return fmt.Sprintf("The parents of %s were not found; they are shown below the nearest job that is known to be above them.", count(p.Count, "job"))
	case ProblemCycle:
		return fmt.Sprintf("%s named each other as parents; they are shown directly below the run.", count(p.Count, "chain")+" of jobs")
	case ProblemOtherRun:
		return fmt.Sprintf("%s of other runs share a trace with this run and were left out.", count(p.Count, "job"))
	case ProblemStray:
		return fmt.Sprintf("The parents of %s were not found. They may belong to another run that shares the trace, and were left out.", count(p.Count, "job"))
	case ProblemOwnWork:
		return fmt.Sprintf("%s that only locked dependencies were left out.", count(p.Count, "job"))
	case ProblemSkew:
		return fmt.Sprintf("The clocks of Windmill's servers and workers differ by at least %s: %s seem to have started before being pushed. Their waits are unknown, and other waits and the durations of containers may be wrong by as much.", about(p.Size), count(p.Count, "job"))
	case ProblemOnlyLogged:
		return fmt.Sprintf("Log lines tell of %s whose spans were lost or have not arrived, although what comes after has: left out.", count(p.Count, "job"))
	case ProblemInFlight:
		return fmt.Sprintf("%s have no span yet and are known from log lines only: at work (duration so far) or waiting for a worker (no start, wait so far).", count(p.Count, "job"))
	case ProblemQueueOrSleep:
		return fmt.Sprintf("%s of a second or more count as waits for a worker. A sleep of the step before looks the same where no log line tells for when a job was scheduled.", count(p.Count, "wait"))
	}
	return p.textOfEnd()
}

// textOfEnd tells of problems with how the run and its parts ended.
func (p Problem) textOfEnd() string {
	switch p.Kind {
	case ProblemNoEnd:
		return "No end of the run was seen (no full_job span): it is still running, waits for an approval, or ended in a way that Windmill does not report. Steps at work are invisible until they end, because no log lines of the run are at hand."
	case ProblemNoEndLogged:
		return "No end of the run was seen (no full_job span): it is still running, waits for an approval, or ended in a way that Windmill does not report."
	case ProblemSilent:
		return fmt.Sprintf("Nothing was heard of the run for %s: it waits for an approval, a step of it takes that long, or it ended in a way that Windmill does not report.", about(p.Size))
	case ProblemRefused:
		return fmt.Sprintf("%s pulled again after a step and pushed nothing more: its approval was refused or timed out, as far as can be told. Windmill reports no end of such a flow.", countOf(p.Count, "flow was", "flows were"))
	case ProblemRecoveredInside:
		return fmt.Sprintf("%s recovered by a failure module and nothing followed: taken for failures of the flow above, as Windmill does unless the module's result says \"recover\", which no span tells.", countOf(p.Count, "sub-flow, iteration or branch was", "sub-flows, iterations or branches were"))
	case ProblemCollapsedLoop:
		return "Windmill ran a loop's only step directly: the iterations carry no number and are numbered by their start."
	case ProblemIterations:
		return fmt.Sprintf("%s of loops were not seen: their spans are missing, they were canceled before they began, or the run was restarted from a later one.", count(p.Count, "iteration"))
	case ProblemNoSteps:
		return fmt.Sprintf("No steps of %s were found, so their durations and outcomes may be wrong.", count(p.Count, "container"))
	case ProblemNoWork:
		return fmt.Sprintf("%s have no `job` span, so their start and duration are unknown (tools of an AI agent never have one).", count(p.Count, "job"))
	case ProblemNoResult:
		return fmt.Sprintf("The spans of %s that another worker had completed are missing; they count as ok, because the run went on.", count(p.Count, "job"))
	case ProblemUnseenFailure:
		return "The run failed, but the step that failed was not found."
	case ProblemNoCreation:
		return fmt.Sprintf("The ids of %s carry no creation time, so their queue waits are unknown.", count(p.Count, "job"))
	case ProblemLostRace:
		return fmt.Sprintf("%s pulled a job that another worker had completed; those pulls were left out.", count(p.Count, "worker"))
	}
	return string(p.Kind)
}

func count(n int, noun string) string { return countOf(n, noun, noun+"s") }

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
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
