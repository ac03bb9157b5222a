package plugin

import (
	"context"
	"errors"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/loki"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Spans leave Windmill when they end, so what is at work has none: log lines are its only sign. They are also the only
// ones that say for when a job was scheduled. Loki is asked only where that can add something: for a run whose end was
// not seen, and for one with waits that nothing explains.

// readNamed reads a run from Tempo, and from Loki what Tempo does not have.
func (d *Datasource) readNamed(ctx context.Context, id string, r request, n *notes) (*windmill.Run, error) {
	res, err := d.recording(n).Read(ctx, id, r.within)
	var missing *runs.NotFoundError
	switch {
	case errors.As(err, &missing):
		return d.readFromLogs(ctx, missing, r.within, n)
	case err != nil:
		return nil, err
	}
	return d.withLogs(ctx, res, n), nil
}

// withLogs notes what reading a run from Tempo took, and adds what log lines tell.
func (d *Datasource) withLogs(ctx context.Context, res runs.Result, n *notes) *windmill.Run {
	n.fromTempo(nil, res.Queries, res.Cost)
	res = d.addLogs(ctx, res, n)
	n.ofRun(res.Notices)
	return res.Run
}

// addLogs puts a run together anew with its log lines, if they can tell more than its spans.
func (d *Datasource) addLogs(ctx context.Context, res runs.Result, n *notes) runs.Result {
	run := res.Run
	unknown := waitingFor(run, windmill.WaitUnknown)
	held := append(unknown, waitingFor(run, windmill.WaitSleep)...) // by a sleep, or by a limit
	if run.Ended && len(held) == 0 {
		return res
	}
	if d.logs == nil {
		if !run.Ended {
			n.infof("Loki is not configured: if the run is still going, its steps at work cannot be seen.")
		}
		return res
	}
	ask := loki.SightingsRequest{IDs: familiesAtWork(run)}
	ask.Start, ask.End = d.timeOf(run)
	found := d.limited(ctx, held, ask, n)
	if !run.Ended || len(unknown) > 0 {
		lines, ok := d.sightings(ctx, ask, n)
		if !ok {
			return res
		}
		found = append(found, lines...)
	}
	if len(found) == 0 {
		return res
	}
	return d.named(ctx, res, found, ask, n)
}

// waitingFor are the jobs of a run with a wait of that kind.
func waitingFor(run *windmill.Run, kind windmill.WaitKind) (ids []string) {
	for _, j := range run.Jobs {
		if j.WaitKind == kind {
			ids = append(ids, j.ID)
		}
	}
	return ids
}

// limited asks which of some jobs were held back by a concurrency limit.
func (d *Datasource) limited(ctx context.Context, jobs []string, ask loki.SightingsRequest, n *notes) []windmill.Sighting {
	if len(jobs) == 0 {
		return nil
	}
	found, err := d.logs.Limited(ctx, jobs, ask.Start, ask.End)
	if err != nil {
		if ctx.Err() == nil {
			n.warnf("Which jobs a concurrency limit held back is not known: %v", err)
		}
		return nil
	}
	n.fromLoki(found.Notices, found.Queries, found.Stats)
	return found.List
}

// named puts a run together with its log lines, and with the steps of the jobs at work, which their lines tell later.
func (d *Datasource) named(ctx context.Context, res runs.Result, found []windmill.Sighting, ask loki.SightingsRequest, n *notes) runs.Result {
	with := res.With(found)
	nameless := namelessJobs(with.Run)
	if len(nameless) == 0 {
		return with
	}
	tagged, answer := d.logs.Tags(ctx, found, nameless, ask.Start, ask.End)
	n.fromLoki(answer.Notices, answer.Queries, answer.Stats)
	return res.With(tagged)
}

// readFromLogs looks for a run of which Tempo has nothing, because its first job has not ended. The line that a worker
// fetched a job within another run leads to that run.
func (d *Datasource) readFromLogs(ctx context.Context, missing *runs.NotFoundError, within runs.Range, n *notes) (*windmill.Run, error) {
	created, ok := windmill.IDTime(missing.ID)
	now := d.now()
	if d.logs == nil || !ok || now.Sub(created) > longestLog {
		return nil, missing
	}
	ask := loki.SightingsRequest{IDs: []string{missing.ID}, Start: created.Add(-logMargin), End: now.Add(logMargin)}
	if !ask.End.After(ask.Start) {
		return nil, missing
	}
	found, ok := d.sightings(ctx, ask, n)
	if !ok || len(found) == 0 {
		return nil, missing
	}
	for _, s := range found {
		if s.JobID == missing.ID && s.RootJob != "" && s.RootJob != missing.ID {
			res, err := d.recording(n).Read(ctx, s.RootJob, within)
			if err != nil {
				return nil, missing
			}
			if res.Run.ID == s.RootJob { // else it was said of the root
				n.infof("%s is a job within a run: the whole run %s is shown.", missing.ID, res.Run.ID)
			}
			return d.withLogs(ctx, res, n), nil
		}
	}
	res := d.named(ctx, runs.FromLogs(missing.ID, now), found, ask, n)
	n.ofRun(res.Notices)
	return res.Run, nil
}

// sightings asks Loki. false: it did not answer, which is said and does no more harm.
func (d *Datasource) sightings(ctx context.Context, ask loki.SightingsRequest, n *notes) ([]windmill.Sighting, bool) {
	found, err := d.logs.Sightings(ctx, ask)
	if err != nil {
		if ctx.Err() == nil {
			n.warnf("Steps at work, and when jobs were scheduled, are not known: %v", err)
		}
		return nil, false
	}
	n.fromLoki(found.Notices, found.Queries, found.Stats)
	return found.List, true
}

// familiesAtWork are the jobs whose lines tell what is at work: the run, all containers whose end was not seen, and the
// jobs that the steps with an unexplained wait name as their root.
func familiesAtWork(run *windmill.Run) []string {
	ids := newIDSet(run.ID)
	for _, j := range run.Jobs {
		if j.Container && j.Outcome == windmill.OutcomeRunning {
			ids.add(j.ID)
			ids.add(j.RootJob)
		}
		if j.WaitKind == windmill.WaitUnknown {
			ids.add(j.RootJob)
			ids.add(j.ID)
		}
	}
	return ids.list
}

// namelessJobs are jobs at work of which no line said yet which step or script they are.
func namelessJobs(run *windmill.Run) []string {
	var ids []string
	for _, j := range run.Jobs {
		if j.FromLogs() && j.Step == "" && j.ScriptPath == "" && !j.Start.IsZero() {
			ids = append(ids, j.ID)
		}
	}
	return ids
}

// timeOf is the time in which a run's log lines lie: from its creation to its end, or to now. A run whose end was not
// seen may have ended long ago, so only its last week counts.
func (d *Datasource) timeOf(run *windmill.Run) (from, to time.Time) {
	now := d.now()
	from, to = run.Root.Created, now
	if from.IsZero() {
		from = run.Start
	}
	if run.Ended {
		to = run.End
	}
	from, to = from.Add(-logMargin), to.Add(logMargin)
	if limit := now.Add(logMargin); to.After(limit) {
		to = limit
	}
	if earliest := to.Add(-longestLog); from.Before(earliest) {
		from = earliest
	}
	return from, to
}
