package windmill

import (
	"slices"
	"time"
)

// ProblemKind names something of a run that is missing, contradictory or guessed.
type ProblemKind string

// The kinds of problems, in the order in which they are told.
const (
	ProblemNoRoot         ProblemKind = "no-root"
	ProblemNoParent       ProblemKind = "no-parent"
	ProblemCycle          ProblemKind = "cycle"
	ProblemOtherRun       ProblemKind = "other-run"
	ProblemStray          ProblemKind = "stray"
	ProblemOwnWork        ProblemKind = "own-work"
	ProblemSkew           ProblemKind = "clock-skew"
	ProblemOnlyLogged     ProblemKind = "only-logged"
	ProblemInFlight       ProblemKind = "in-flight"
	ProblemNoEnd          ProblemKind = "no-end"
	ProblemNoEndLogged    ProblemKind = "no-end-logged"
	ProblemSilent         ProblemKind = "silent"
	ProblemRefused        ProblemKind = "refused"
	ProblemHandled        ProblemKind = "handled"
	ProblemToleratedMaybe ProblemKind = "tolerated-maybe"
	ProblemCollapsedLoop  ProblemKind = "collapsed-loop"
	ProblemIterations     ProblemKind = "iterations"
	ProblemOrder          ProblemKind = "order"
	ProblemScriptRetried  ProblemKind = "script-retried"
	ProblemNoSteps        ProblemKind = "no-steps"
	ProblemNoWork         ProblemKind = "no-work"
	ProblemNoResult       ProblemKind = "no-result"
	ProblemUnseenFailure  ProblemKind = "unseen-failure"
	ProblemEarlyStop      ProblemKind = "early-stop"
	ProblemNoCreation     ProblemKind = "no-creation"
	ProblemQueueOrSleep   ProblemKind = "queue-or-sleep"
	ProblemParked         ProblemKind = "parked"
	ProblemLostRace       ProblemKind = "lost-race"
)

var problemOrder = [...]ProblemKind{
	ProblemNoRoot, ProblemNoParent, ProblemCycle, ProblemOtherRun, ProblemStray, ProblemOwnWork, ProblemSkew,
	ProblemOnlyLogged, ProblemInFlight, ProblemNoEnd, ProblemNoEndLogged, ProblemSilent, ProblemRefused,
	ProblemHandled, ProblemToleratedMaybe, ProblemCollapsedLoop, ProblemIterations, ProblemOrder,
	ProblemScriptRetried, ProblemNoSteps, ProblemNoWork, ProblemNoResult,
	ProblemUnseenFailure, ProblemEarlyStop, ProblemNoCreation, ProblemQueueOrSleep, ProblemParked, ProblemLostRace,
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

// problems counts what goes wrong while a run is put together.
type problems struct {
	counts  map[ProblemKind]int
	skewed  time.Duration // the largest difference between clocks that was seen
	silence time.Duration
}

func (p *problems) add(kind ProblemKind, n int) {
	if n == 0 {
		return
	}
	if p.counts == nil {
		p.counts = map[ProblemKind]int{}
	}
	p.counts[kind] += n
}

// skew takes note of a job that a clock puts before what caused it, by that much.
func (p *problems) skew(by time.Duration) {
	if by > skewTolerance {
		p.add(ProblemSkew, 1)
		p.skewed = max(p.skewed, by)
	}
}

// longSilence is when a run that has not ended is said to be silent.
const longSilence = time.Hour

// collect adds the problems that show only in the finished run and lists all of them.
func (p *problems) collect(r *Run, e Evidence) []Problem {
	noSteps, noWork, noCreation, races, flying := 0, 0, 0, 0, 0
	for _, j := range r.Jobs {
		races += j.races
		switch {
		case j.inFlight && j.FromLogs():
			flying++
		case j.Container && len(j.posts) > 0: // answered from its cache
		case j.Container && len(j.Children) == 0 && j.Outcome != OutcomeRunning:
			noSteps++
		case j.Leaf() && j.Pulled.IsZero():
			noWork++
		}
		if j.Created.IsZero() {
			noCreation++
		}
	}
	p.add(ProblemInFlight, flying)
	p.add(ProblemNoSteps, noSteps)
	p.add(ProblemNoWork, noWork)
	p.add(ProblemNoCreation, noCreation)
	p.add(ProblemLostRace, races)
	if !r.Ended {
		p.noEnd(r, e)
	}
	if r.Outcome == OutcomeError && r.FailedStep == nil && p.counts[ProblemRefused] == 0 {
		if r.Root.completed != nil {
			p.add(ProblemEarlyStop, 1)
		} else {
			p.add(ProblemUnseenFailure, 1)
		}
	}
	if r.maybeTolerated() && p.counts[ProblemHandled] == 0 {
		p.add(ProblemToleratedMaybe, 1)
	}
	if r.Outcome == OutcomeRunning {
		delete(p.counts, ProblemIterations) // they may be at work
	}
	list := make([]Problem, 0, len(p.counts))
	for _, k := range problemOrder {
		if n := p.counts[k]; n > 0 {
			list = append(list, Problem{Kind: k, Count: n, Size: p.size(k)})
		}
	}
	return list
}

// maybeTolerated says whether a run counts as failed although its full_job, which tells of the last step, does not:
// that is so where steps ran side by side. Older versions of Windmill set no status at all.
func (r *Run) maybeTolerated() bool {
	failed, full := r.FailedStep, r.Root.full
	if r.Root.completed != nil || r.Outcome != OutcomeError || failed == nil || full == nil || full.Failed {
		return false
	}
	return failed.failed || slices.ContainsFunc(failed.posts, func(s *Span) bool { return s.Failed })
}

func (p *problems) size(k ProblemKind) time.Duration {
	switch k {
	case ProblemSkew:
		return p.skewed
	case ProblemSilent:
		return p.silence
	}
	return 0
}

// noEnd says what can be said of a run whose end was not seen.
func (p *problems) noEnd(r *Run, e Evidence) {
	if p.counts[ProblemRefused] > 0 && r.Outcome == OutcomeCanceled {
		return // said already
	}
	if len(e.Sightings) > 0 {
		p.add(ProblemNoEndLogged, 1)
	} else {
		p.add(ProblemNoEnd, 1)
	}
	if s := silenceOf(r.Jobs, e.Now); s >= longSilence && r.Outcome == OutcomeRunning && !r.Root.inFlight {
		p.add(ProblemSilent, 1)
		p.silence = s
	}
}
