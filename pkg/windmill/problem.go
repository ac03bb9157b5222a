package windmill

import "time"

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
	ProblemToleratedMaybe  ProblemKind = "tolerated-maybe"
	ProblemCollapsedLoop   ProblemKind = "collapsed-loop"
	ProblemIterations      ProblemKind = "iterations"
	ProblemOrder           ProblemKind = "order"
	ProblemScriptRetried   ProblemKind = "script-retried"
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
	ProblemRecoveredInside, ProblemToleratedMaybe, ProblemCollapsedLoop, ProblemIterations, ProblemOrder,
	ProblemScriptRetried, ProblemNoSteps, ProblemNoWork, ProblemNoResult,
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
	case ProblemNoRoot, ProblemNoParent, ProblemCycle, ProblemStray, ProblemSkew, ProblemOnlyLogged, ProblemIterations, ProblemOrder,
		ProblemNoSteps, ProblemNoResult, ProblemUnseenFailure:
		return true
	}
	return false
}
