package plugin

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/loki"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

const (
	logMargin  = time.Minute        // clocks differ, and a run's last lines come after its end
	logHorizon = 24 * time.Hour     // how far to look for the lines of a run whose end is not known
	longestLog = 7 * 24 * time.Hour // how much of a run is looked through at most
)

// stepLogs finds the log lines of a run, of some of its jobs, or of any jobs in the time range.
func (d *Datasource) stepLogs(ctx context.Context, r request) (data.Frames, error) {
	if d.logs == nil {
		return nil, needs("log lines", "Loki")
	}
	n := newNotes()
	ask := loki.Request{
		Filter: logFilter(r), Start: r.within.From, End: r.within.To,
		Limit: r.Limit, Forward: r.Direction == query.Forward,
	}
	if r.RunID != "" {
		if err := d.logsOfRun(ctx, r, &ask, n); err != nil {
			return nil, err
		}
	}
	sayNotOfLogs(r, n)
	if r.Volume {
		return d.logVolume(ctx, r, ask, n)
	}
	res, err := d.logs.Lines(ctx, ask)
	if err != nil {
		return nil, err
	}
	n.fromLoki(res.Notices, res.Queries, res.Stats)
	sayHowMany(n, res, ask)
	lines := make([]frame.LogLine, 0, len(res.Lines))
	for _, l := range res.Lines {
		lines = append(lines, logLine(l))
	}
	return data.Frames{frame.StepLogs(lines, n.info, d.links(r.within), regexp.QuoteMeta(r.Search))}, nil
}

// logVolume counts the lines in place of reading them, for Explore's graph above them.
func (d *Datasource) logVolume(ctx context.Context, r request, ask loki.Request, n *notes) (data.Frames, error) {
	v, err := d.logs.Volume(ctx, loki.VolumeRequest{Filter: ask.Filter, Start: ask.Start, End: ask.End, Step: r.step})
	if err != nil {
		return nil, err
	}
	n.fromLoki(v.Notices, v.Queries, v.Stats)
	return frame.LogVolume(v.Times, v.Counts, n.info), nil
}

// logFilter is what a query itself asks for. The flow counts only where no run is named, which has its own.
func logFilter(r request) loki.Filter {
	f := r.Filters
	out := loki.Filter{
		Jobs: f.JobID, RootJobs: f.RootJob, ParentJobs: f.ParentJob, Workspaces: f.Workspace, Steps: f.Step,
		ScriptPaths: f.ScriptPath, Workers: f.Worker, Tags: f.Tag, Languages: f.Language, Search: r.Search,
	}
	if r.RunID == "" {
		out.Flows = f.Flow
	}
	for key, values := range map[string][]string{"trigger_kind": f.TriggerKind, "trigger": f.Trigger, "created_by": f.CreatedBy} {
		if len(values) > 0 {
			out.Compared = append(out.Compared, loki.Comparison{Tags: []string{key}, Pattern: query.Condition{Values: values}.Regexp()})
		}
	}
	slices.SortFunc(out.Compared, func(a, b loki.Comparison) int { return slices.Compare(a.Tags, b.Tags) })
	for _, c := range f.Conditions {
		if tags := logTags[c.Key]; tags != nil {
			out.Compared = append(out.Compared, loki.Comparison{Tags: tags, Pattern: c.Regexp(), Not: c.Negative()})
		}
	}
	return out
}

// logTags are the tags of log lines that filters compare.
var logTags = map[string][]string{
	"jobId": {"job_id"}, "rootJob": {"root_job", "root_id"}, "parentJob": {"parent_job"}, "workspace": {"workspace_id"},
	"step": {"flow_step_id"}, "scriptPath": {"script_path"}, "worker": {"worker", "worker_id"}, "tag": {"tag"},
	"language": {"language"}, "triggerKind": {"trigger_kind"}, "trigger": {"trigger"}, "createdBy": {"created_by"},
}

// logsOfRun adds which jobs a run has and when it was. Tempo knows both; without it, only the lines that name the run's
// own job can be found.
func (d *Datasource) logsOfRun(ctx context.Context, r request, ask *loki.Request, n *notes) error {
	run, err := d.runForLogs(ctx, r, n)
	if err != nil {
		return err
	}
	if d.goesOn(r.RunID, run) {
		frame.MarkRunning(n.info)
	}
	ask.Start, ask.End = d.logWindow(r, run)
	if ask.End.Sub(ask.Start) > longestLog {
		ask.End = ask.Start.Add(longestLog)
		n.infof("The run goes on for more than a week: only its first week is looked through for log lines.")
	}
	if len(ask.Jobs) > 0 {
		return nil // the jobs are named
	}
	ask.Family = []string{r.RunID}
	if run != nil {
		ask.Family = families(run)
	}
	return nil
}

// goesOn says whether more lines of a run may come: no end of it was seen. Of a run that is not in Tempo nothing tells
// its end, so lines are expected for as long as they are looked for.
func (d *Datasource) goesOn(id string, run *windmill.Run) bool {
	if run != nil {
		return run.Outcome == windmill.OutcomeRunning
	}
	created, ok := windmill.IDTime(id)
	return ok && d.now().Sub(created) < logHorizon
}

// runForLogs reads the run from Tempo. nil: it is not there, which is said.
func (d *Datasource) runForLogs(ctx context.Context, r request, n *notes) (*windmill.Run, error) {
	const only = "Only the log lines that name the run's own job are shown; those of its sub-flows and parallel iterations are missing"
	if d.reader == nil {
		n.warnf("%s, because Tempo is not configured.", only)
		return nil, nil
	}
	res, err := d.reader.Read(ctx, r.RunID, r.within)
	var missing *runs.NotFoundError
	switch {
	case err == nil:
		n.fromTempo(res.Notices, res.Queries, res.Cost)
		return res.Run, nil
	case ctx.Err() != nil:
		return nil, err
	case errors.As(err, &missing):
		n.infof("%s, because Tempo has nothing of the run, or nothing yet.", only)
	default:
		n.warnf("%s: %v", only, err)
	}
	return nil, nil
}

// families are the jobs that the lines of a run name as their own job, root or parent: the run, and each job that
// has no root above it (sub-flows and parallel iterations), whose own steps name it. While a container is at work,
// sub-flows below it that Tempo does not have yet name it as their parent. The run comes first.
func families(run *windmill.Run) []string {
	ids := newIDSet(run.ID)
	for _, j := range run.Jobs {
		ids.add(j.RootJob)
		if j.RootJob == "" || j.Container && j.Outcome == windmill.OutcomeRunning {
			ids.add(j.ID)
		}
	}
	return ids.list
}

// logWindow is the time of a run, whatever the dashboard's: from its creation to its end. A run without an end goes on
// until now, or for a day when nothing of it is known but its id.
func (d *Datasource) logWindow(r request, run *windmill.Run) (from, to time.Time) {
	created, ok := windmill.IDTime(r.RunID)
	if run != nil {
		if !run.Root.Created.IsZero() {
			created, ok = run.Root.Created, true
		} else if !run.Start.IsZero() {
			created, ok = run.Start, true
		}
	}
	if !ok {
		return r.within.From, r.within.To
	}
	now := d.now()
	switch {
	case run == nil:
		to = created.Add(logHorizon)
	case run.Ended:
		to = run.End
	default:
		to = now
	}
	from, to = created.Add(-logMargin), to.Add(logMargin)
	if limit := now.Add(logMargin); to.After(limit) {
		to = limit
	}
	if !to.After(from) {
		return r.within.From, r.within.To
	}
	return from, to
}

// sayNotOfLogs names the filters that have no effect on log lines.
func sayNotOfLogs(r request, n *notes) {
	var ignored []string
	if len(r.Filters.Outcome) > 0 || r.Filters.Compares("outcome") {
		ignored = append(ignored, "outcome")
	}
	if r.Filters.Compares("flow") {
		ignored = append(ignored, "flow with another operator than =")
	}
	if r.MinDuration > 0 {
		ignored = append(ignored, "minimum duration")
	}
	if len(ignored) > 0 {
		n.warnf("Log lines cannot be filtered by %s: that has no effect here.", strings.Join(ignored, " and "))
	}
	if r.RunID == "" && len(r.Filters.Flow) > 0 {
		n.infof("A log line does not say which flow its job belongs to: lines of scripts by path are missing. Name a run to see all of its lines.")
	}
}

func sayHowMany(n *notes, res loki.Result, ask loki.Request) {
	which := "newest"
	if ask.Forward {
		which = "oldest"
	}
	switch {
	case res.More:
		n.infof("These are the %s %d lines, as many as the limit allows: there are more.", which, len(res.Lines))
	case len(res.Lines) == 0 && len(res.Notices) == 0:
		n.infof("No log line was found between %s and %s: widen the time range or the filters, and see whether Windmill's logs reach Loki.",
			ask.Start.UTC().Format(time.DateTime), ask.End.UTC().Format(time.DateTime))
	}
}

func logLine(l loki.Line) frame.LogLine {
	tag := func(names ...string) *string {
		for _, name := range names {
			if v := l.Tag(name); v != "" {
				return &v
			}
		}
		return nil
	}
	out := frame.LogLine{
		Time: l.Time, Body: l.Body, Labels: l.Labels, JobID: tag("job_id"), Workspace: tag("workspace_id"),
		Step: tag("flow_step_id"), TraceID: tag("trace_id"), SpanID: tag("span_id"),
	}
	if out.JobID != nil && windmill.IDOrNone(*out.JobID) == "" {
		out.JobID = nil // it would become a part of links
	}
	if l.Level != "" {
		out.Level = &l.Level
	}
	return out
}
