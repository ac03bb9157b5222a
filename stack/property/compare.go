package property

import (
	"fmt"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// Difference is a field of the rebuilt run that is not what happened.
type Difference struct {
	Job       string // its id and step, empty for the run
	Field     string
	Want, Got string
}

func (d Difference) String() string {
	return fmt.Sprintf("%s %s: want %s, got %s", d.Job, d.Field, d.Want, d.Got)
}

// Comparison collects the differences between a truth and what was made of its telemetry.
type Comparison struct {
	Differences []Difference

	truth truth
}

// NewComparison starts without any difference. The version is that of the Windmill that ran it.
func NewComparison(run simulator.Run, version simulator.Version) *Comparison {
	return &Comparison{truth: newTruth(run, version)}
}

// Compare gives what differs between a run as it was and as it was rebuilt, the exceptions aside.
func Compare(r Result, got *windmill.Run) []Difference {
	run := r.Run
	c := r.Comparison()
	jobs := map[string]*windmill.Job{}
	for _, j := range got.Jobs {
		jobs[j.ID] = j
	}
	for i := range run.Jobs {
		job := &run.Jobs[i]
		j := jobs[job.JobID]
		if j == nil {
			c.Check(job, "job", "there", "missing")
			continue
		}
		delete(jobs, job.JobID)
		c.compareJob(job, j)
	}
	c.compareHandlers(run, got)
	for id := range jobs {
		c.Differences = append(c.Differences, Difference{Job: id, Field: "job", Want: "missing", Got: "there"})
	}
	c.compareRun(run, got)
	return c.Differences
}

// Check notes a difference, unless it is one of the exceptions. A nil job is the run itself.
func (c *Comparison) Check(job *simulator.Job, field string, want, got any) {
	w, g := show(want), show(got)
	if w == g {
		return
	}
	d := Difference{Field: field, Want: w, Got: g}
	if job != nil {
		d.Job = job.JobID + " " + value(job.Step)
	}
	for _, e := range exceptions {
		if (e.field == field || e.field == "") && e.explains(&c.truth, job, d) {
			return
		}
	}
	c.Differences = append(c.Differences, d)
}

// compareHandlers compares what Windmill started when a run was over: each must be there, and none among the run's
// jobs.
func (c *Comparison) compareHandlers(run simulator.Run, got *windmill.Run) {
	handlers := map[string]*windmill.Job{}
	for _, j := range got.Handlers {
		handlers[j.ID] = j
	}
	c.Check(nil, "handlers", len(run.Handlers), len(got.Handlers))
	for i := range run.Handlers {
		job := &run.Handlers[i]
		if j := handlers[job.JobID]; j != nil {
			c.compareJob(job, j)
		} else {
			c.Check(job, "handler", "there", "missing")
		}
	}
}

func (c *Comparison) compareRun(run simulator.Run, got *windmill.Run) {
	c.Check(nil, "run outcome", run.Outcome, string(got.Outcome))
	c.Check(nil, "run start", run.Start, got.Start)
	took := time.Duration(run.DurationNS)
	record, recorded := c.truth.endRecord(&run.Jobs[0])
	if recorded {
		took = record.Duration
	}
	c.Check(nil, "run duration", took, got.Duration)
	c.Check(nil, "run ended", run.FullJob || recorded || run.Jobs[0].Kind == "step" || run.Jobs[0].TransitionNS != nil, got.Ended)
	failed := ""
	if got.FailedStep != nil {
		failed = got.FailedStep.Step
	}
	c.Check(nil, "run failed step", value(run.FailedStep), failed)
}

func (c *Comparison) compareJob(job *simulator.Job, j *windmill.Job) {
	c.Check(job, "parent", value(job.ParentJob), parentOf(j))
	c.Check(job, "root", value(job.RootJob), j.RootJob)
	c.Check(job, "trace", job.TraceID, j.TraceID)
	c.Check(job, "span", job.SpanID, j.SpanID)
	c.Check(job, "step", value(job.Step), j.Step)
	c.Check(job, "script path", value(job.ScriptPath), j.ScriptPath)
	c.Check(job, "job kind", job.JobKind, j.JobKind)
	c.Check(job, "kind", job.Kind, string(j.Kind))
	c.Check(job, "language", value(job.Language), j.Language)
	c.Check(job, "worker", job.Worker, j.Worker)
	c.Check(job, "tag", job.Tag, j.Tag)
	c.Check(job, "iteration", number(job.Iteration), number(j.Iteration))
	c.Check(job, "attempt", number(job.Attempt), number(j.Attempt))
	c.Check(job, "created", job.Created, j.Created)
	c.Check(job, "start", job.Start, j.Start)
	end, took := job.End, time.Duration(job.DurationNS)
	if record, ok := c.truth.endRecord(job); ok {
		end, took = job.Start.Add(record.Duration), record.Duration
	}
	c.Check(job, "end", end, j.End)
	c.Check(job, "duration", took, j.Duration)
	c.Check(job, "transition", nanoseconds(job.TransitionNS), j.Transition)
	wait, kind := c.Wait(job)
	c.Check(job, "wait", wait, j.Wait)
	c.Check(job, "wait kind", kind, string(j.WaitKind))
	c.Check(job, "outcome", job.Outcome, string(j.Outcome))
	c.Check(job, "handled", job.Handled, j.Handled)
	c.Check(job, "setup", nanoseconds(job.SetupNS), j.Setup)
	c.Check(job, "work", nanoseconds(job.WorkNS), j.Work)
	if j.Leaf() {
		c.Check(job, "error", value(job.Error), j.Error)
	}
}

func parentOf(j *windmill.Job) string {
	if j.Parent == nil {
		return ""
	}
	return j.Parent.ID
}

// show makes values of both sides comparable: what is unknown is "none".
func show(v any) string {
	switch v := v.(type) {
	case *time.Duration:
		if v == nil {
			return "none"
		}
		return v.String()
	case time.Time:
		if v.IsZero() {
			return "none"
		}
		return v.UTC().Format(time.RFC3339Nano)
	case string:
		if v == "" {
			return "none"
		}
		return v
	}
	return fmt.Sprint(v)
}

func number[T int | int64](n *T) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}

func nanoseconds(n *int64) *time.Duration {
	if n == nil {
		return nil
	}
	d := time.Duration(*n)
	return &d
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
