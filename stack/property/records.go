package property

import (
	"encoding/hex"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// Completions are the records of the run and its containers that are read.
func (r Result) Completions() (list []windmill.Completion) {
	if r.Records != nil {
		return r.Records
	}
	containers := map[string]bool{}
	for i := range r.Run.Jobs {
		containers[r.Run.Jobs[i].JobID] = isContainer(&r.Run.Jobs[i])
	}
	for _, job := range r.Run.Handlers {
		containers[job.JobID] = job.JobKind == "flow"
	}
	for _, log := range r.Logs {
		c, ok := windmill.CompletionOf(log.Time(), log.Body.GetStringValue(), log.Attribute)
		if ok && containers[c.JobID] {
			list = append(list, c)
		}
	}
	return list
}

// RecordsInTrace are the records among the events of the spans in the run's own trace, the only one that is read whole.
func RecordsInTrace(run simulator.Run, spans []simulator.Span) []windmill.Completion {
	list := []windmill.Completion{}
	for _, span := range spans {
		if hex.EncodeToString(span.TraceId) != windmill.TraceID(run.RunID) {
			continue
		}
		for _, e := range span.Events {
			at := time.Unix(0, int64(e.TimeUnixNano)).UTC()
			field := func(name string) string { return simulator.Value(e.Attributes, name) }
			if c, ok := windmill.CompletionOf(at, e.Name, field); ok {
				list = append(list, c)
			}
		}
	}
	return list
}

// recorded says whether the record of a job's end is read. A nil job is the run.
func (t *truth) recorded(job *simulator.Job) bool {
	if job == nil {
		job = t.root()
	}
	_, ok := t.records[job.JobID]
	return ok
}

// endRecord is the record that tells the end of a run, or of the flow of a handler: no full_job does.
func (t *truth) endRecord(job *simulator.Job) (windmill.Completion, bool) {
	c, ok := t.records[job.JobID]
	ends := job.Kind == "handler" && job.JobKind == "flow"
	return c, ok && (ends || job.Kind == "flow" && !t.FullJob)
}

// Comparison starts without any difference. It knows of the records that were read.
func (r Result) Comparison() *Comparison {
	c := NewComparison(r.Run, r.Version)
	c.truth.records = map[string]windmill.Completion{}
	for _, record := range r.Completions() {
		c.truth.records[record.JobID] = record
	}
	return c
}

// Wait is what is to be read of a job's wait, and its kind: a schedule pushes its run ahead, for a time that only a
// record tells.
func (c *Comparison) Wait(job *simulator.Job) (*time.Duration, string) {
	if !c.truth.recorded(job) || job.WaitNS != nil || job.ParentJob != nil {
		return nanoseconds(job.WaitNS), value(job.WaitKind)
	}
	since := job.Start.Sub(job.ScheduledFor.Truncate(time.Microsecond))
	return &since, "queue"
}

// Duration is what is to be read of a job's duration: a run without a full_job lasts as its record says.
func (c *Comparison) Duration(job *simulator.Job) time.Duration {
	if record, ok := c.truth.endRecord(job); ok {
		return record.Duration
	}
	return time.Duration(job.DurationNS)
}
