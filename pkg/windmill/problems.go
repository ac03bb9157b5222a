package windmill

import "time"

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
	if (r.Outcome == OutcomeError || r.Outcome == OutcomeRecovered) && r.FailedStep == nil && p.counts[ProblemRefused] == 0 {
		p.add(ProblemUnseenFailure, 1)
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
