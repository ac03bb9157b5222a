package windmill

import "fmt"

// ProblemKind names something of a run that is missing, contradictory or guessed.
type ProblemKind string

// The kinds of problems.
const (
	ProblemNoRoot        ProblemKind = "no-root"
	ProblemNoParent      ProblemKind = "no-parent"
	ProblemCycle         ProblemKind = "cycle"
	ProblemOtherRun      ProblemKind = "other-run"
	ProblemNoEnd         ProblemKind = "no-end"
	ProblemCollapsedLoop ProblemKind = "collapsed-loop"
	ProblemNoSteps       ProblemKind = "no-steps"
	ProblemNoWork        ProblemKind = "no-work"
	ProblemUnseenFailure ProblemKind = "unseen-failure"
	ProblemNoCreation    ProblemKind = "no-creation"
	ProblemLostRace      ProblemKind = "lost-race"
)

// Problem is one kind of problem and how often it occurred.
type Problem struct {
	Kind  ProblemKind
	Count int
}

// Serious says whether something may be missing or wrong in what is shown; else it is only good to know.
func (p Problem) Serious() bool {
	switch p.Kind {
	case ProblemNoRoot, ProblemNoParent, ProblemCycle, ProblemNoSteps, ProblemUnseenFailure:
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
		return fmt.Sprintf("The parents of %s were not found; they are shown directly below the run.", count(p.Count, "job"))
	case ProblemCycle:
		return fmt.Sprintf("%s named each other as parents; they are shown directly below the run.", count(p.Count, "chain")+" of jobs")
	case ProblemOtherRun:
		return fmt.Sprintf("%s of other runs share a trace with this run and were left out.", count(p.Count, "job"))
	case ProblemNoEnd:
		return "No end of the run was seen (no full_job span): it is still running, waits for an approval, or ended in a way that Windmill does not report. Steps at work are invisible until they end."
	case ProblemCollapsedLoop:
		return "Windmill ran a loop's only step directly: the iterations carry no number and are numbered by their start."
	case ProblemNoSteps:
		return fmt.Sprintf("No steps of %s were found, so their durations and outcomes may be wrong.", count(p.Count, "container"))
	case ProblemNoWork:
		return fmt.Sprintf("%s have no `job` span, so their start and duration are unknown (tools of an AI agent never have one).", count(p.Count, "job"))
	case ProblemUnseenFailure:
		return "The run failed, but the step that failed was not found."
	case ProblemNoCreation:
		return fmt.Sprintf("The ids of %s carry no creation time, so their queue waits are unknown.", count(p.Count, "job"))
	case ProblemLostRace:
		return fmt.Sprintf("%s pulled a job that another worker had completed; those pulls were left out.", count(p.Count, "worker"))
	}
	return string(p.Kind)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// problems counts what goes wrong while a run is put together.
type problems struct {
	counts map[ProblemKind]int
	order  []ProblemKind
}

func (p *problems) add(kind ProblemKind, n int) {
	if n == 0 {
		return
	}
	if p.counts == nil {
		p.counts = map[ProblemKind]int{}
	}
	if p.counts[kind] == 0 {
		p.order = append(p.order, kind)
	}
	p.counts[kind] += n
}

// collect adds the problems that show only in the finished run and lists all of them.
func (p *problems) collect(r *Run) []Problem {
	if !r.Ended {
		p.add(ProblemNoEnd, 1)
	}
	noSteps, noWork, noCreation, races := 0, 0, 0, 0
	for _, j := range r.Jobs {
		races += j.races
		switch {
		case j.Container && len(j.Children) == 0 && j.Outcome != OutcomeRunning:
			noSteps++
		case j.Leaf() && j.Pulled.IsZero():
			noWork++
		}
		if j.Created.IsZero() {
			noCreation++
		}
	}
	p.add(ProblemNoSteps, noSteps)
	p.add(ProblemNoWork, noWork)
	p.add(ProblemNoCreation, noCreation)
	p.add(ProblemLostRace, races)
	if (r.Outcome == OutcomeError || r.Outcome == OutcomeRecovered) && r.FailedStep == nil {
		p.add(ProblemUnseenFailure, 1)
	}
	list := make([]Problem, 0, len(p.order))
	for _, k := range p.order {
		list = append(list, Problem{k, p.counts[k]})
	}
	return list
}
