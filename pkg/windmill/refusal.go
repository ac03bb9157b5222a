package windmill

import "time"

// How long nothing may be heard of a run that was resumed and pushed nothing, before the approval counts as refused:
// with log lines of that moment, which would tell of a push, and without, when a step may be at work unseen.
const (
	silenceWithLogs    = 30 * time.Second
	silenceWithoutLogs = time.Hour
)

// refusals finds the flows that were refused an approval, or whose approval timed out: no span says so. Such a flow is
// pulled once more and pushes nothing. The same is seen while the step after it is at work, and when an approval that
// was granted is all that a flow ends with. Rules:
//   - a job below the flow had ended before it was pulled again (else it was restarted);
//   - neither a job nor a log line shows that it pushed anything then;
//   - no flow above went on to another step, but for a failure module;
//   - and the run has ended, a failure module followed, or nothing was heard of the run for a while.
func refusals(root *Job, members []*Job, now time.Time, p *problems) {
	silence := silenceOf(members, now)
	for _, j := range members {
		if len(j.pulls) < 2 || !j.Container || j.inFlight || (j == root && ended(root)) || !j.pushedNothing() {
			continue
		}
		needed := silenceWithoutLogs
		if last := j.pulls[len(j.pulls)-1]; !j.log.refetched.Before(last.start.Add(-time.Second)) {
			needed = silenceWithLogs
		}
		went, rescued := j.above()
		if went {
			continue
		}
		over := rescued || ended(root) || silence >= needed
		if over {
			j.refused = true
			p.add(ProblemRefused, 1)
		}
	}
}

// above says how it went on in the flows above a job: to another step, or to a failure module.
func (j *Job) above() (went, rescued bool) {
	for ; j.Parent != nil; j = j.Parent {
		if lastPushes(j.Parent.Children).wentOn(j) {
			return true, false
		}
		for _, c := range j.Parent.Children {
			rescued = rescued || c.Kind == KindFailure
		}
	}
	return false, rescued
}

// pushedNothing says whether a flow pushed no job when it was pulled for the last time, although one had ended before.
func (j *Job) pushedNothing() bool {
	last := j.pulls[len(j.pulls)-1].start.Add(-idPrecision)
	if !j.log.lastPush.Before(last) {
		return false
	}
	ended := false
	for _, c := range j.Children {
		if !c.pushed().Before(last) {
			return false
		}
		ended = ended || (!c.workEnd.IsZero() && !c.workEnd.After(last))
	}
	return ended
}

// silenceOf is how long nothing was heard of a run. 0 when it is not known what time it is.
func silenceOf(members []*Job, now time.Time) time.Duration {
	if now.IsZero() {
		return 0
	}
	var sign time.Time
	for _, j := range members {
		sign = later(sign, later(j.totalEnd(), j.log.lastSign))
	}
	if sign.IsZero() {
		return 0
	}
	return now.Sub(sign)
}
