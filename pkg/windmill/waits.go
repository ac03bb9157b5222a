package windmill

import (
	"cmp"
	"slices"
	"time"
)

const (
	// A pause shorter than this before a job was pushed is the ordinary cost of pushing it.
	noticeablePause = time.Second
	// A job that was scheduled for later than this after its push was meant to wait.
	meantToWait = 50 * time.Millisecond
)

// deriveWaits finds how long each job could not start, and why. Nothing in a span says so; the id of a job tells when
// it was pushed, its first `job` span when a worker pulled it, and a log line, if there is one, for when it was
// scheduled. Rules, the first that fits counts:
//   - approval: the flow above was pulled again (it had been parked) and pushed the job then. The wait lasts from the
//     end of what ran before until the job's start;
//   - retry: the job is a further attempt, pushed at once and scheduled for later;
//   - sleep: a log line says that it was scheduled for later than it was pushed. Without such a line: a job of the same
//     tag that was pushed at least a second later was pulled before it, so workers were there and it must have been
//     scheduled for later (or have a lower priority, which telemetry does not tell);
//   - unknown: it was pushed more than a second after everything before it had ended, and nothing says why;
//   - queue: from push to pull. Without log lines, a sleep that nothing overtook cannot be told from a queue and counts
//     as one, which is said;
//   - without a creation time (an id that is no ULID): since the time for which it was scheduled, as queue; else the
//     time since the job before it ended, as unknown.
//
// Where clocks disagree so that a wait would be negative, it is unknown. A job that waits for a worker waits until now.
// The run itself waits from the time for which it was scheduled, if a log line tells it; else from its push, unless a
// schedule started it: schedules push their next run far ahead.
func deriveWaits(r *Run, now time.Time, p *problems) {
	for _, j := range r.Jobs {
		j.queueWait(now)
	}
	if p.skewed == 0 { // else nothing can be said of who overtook whom
		overtaken(r.Jobs)
	}
	for _, j := range r.Jobs {
		if j.Container && mayPause(j) {
			flowWaits(j, p)
		}
	}
	r.Root.rootWait()
}

// setWait sets a wait that ends at the job's start, or now. One that would be negative is unknown.
func (j *Job) setWait(d time.Duration, kind WaitKind) {
	if d < -skewTolerance {
		j.Wait, j.WaitKind = nil, ""
		return
	}
	j.Wait, j.WaitKind = keep(&j.own.wait, max(d, 0)), kind
}

// queueWait is the wait from a job's push.
func (j *Job) queueWait(now time.Time) {
	until := j.Pulled
	if until.IsZero() && j.inFlight && len(j.spans) == 0 {
		until = now
	}
	from := j.Created
	if from.IsZero() {
		if from = j.due(); from.IsZero() && j.inFlight {
			from = j.log.pushLogged
		}
	}
	if from.IsZero() || until.IsZero() {
		return
	}
	j.setWait(until.Sub(from), WaitQueue)
	switch {
	case j.Wait == nil:
	case j.retried():
		j.WaitKind = WaitRetry
	case j.due().Sub(from) >= meantToWait:
		j.WaitKind = WaitSleep
	}
}

func (j *Job) retried() bool { return j.Attempt != nil && *j.Attempt > 1 }

// rootWait is the wait of the run itself.
func (j *Job) rootWait() {
	due := j.due()
	switch {
	case !due.IsZero() && !j.Pulled.IsZero() && (j.Created.IsZero() || due.Sub(j.Created) >= meantToWait):
		j.setWait(j.Pulled.Sub(due), WaitQueue)
	case j.TriggerKind == "schedule" && due.IsZero():
		j.Wait, j.WaitKind = nil, ""
	}
}

// overtaken finds jobs that waited although later ones of the same tag did not.
func overtaken(jobs []*Job) {
	type pull struct {
		at, created int64
		job         *Job
	}
	list := make([]pull, 0, len(jobs))
	long := false // what waited less than a second was overtaken by nothing pushed a second later
	for _, j := range jobs {
		if j.WaitKind == WaitQueue && j.Parent != nil && !j.Created.IsZero() && !j.Pulled.IsZero() {
			list = append(list, pull{j.Pulled.UnixNano(), j.Created.UnixNano(), j})
			long = long || (*j.Wait >= noticeablePause && j.due().IsZero())
		}
	}
	if !long {
		return
	}
	slices.SortFunc(list, func(a, b pull) int { return cmp.Compare(a.at, b.at) })
	newest := make(map[string]int64, 4) // by tag, the latest creation among the jobs pulled so far
	for i := 0; i < len(list); {
		end := i + 1 // those pulled at the same time did not overtake each other
		for end < len(list) && list[end].at == list[i].at {
			end++
		}
		for _, p := range list[i:end] {
			if newest[p.job.Tag]-p.created >= int64(noticeablePause) && p.job.due().IsZero() {
				p.job.WaitKind = WaitSleep
			}
		}
		for _, p := range list[i:end] {
			newest[p.job.Tag] = max(newest[p.job.Tag], p.created)
		}
		i = end
	}
}
