package property

import (
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// Completions are the records of the run and its containers, of a case that is logged.
func (r Result) Completions() (list []windmill.Completion) {
	containers := map[string]bool{}
	for i := range r.Run.Jobs {
		containers[r.Run.Jobs[i].JobID] = isContainer(&r.Run.Jobs[i])
	}
	for _, log := range r.Logs {
		c, ok := windmill.CompletionOf(log.Time(), log.Body.GetStringValue(), log.Attribute)
		if ok && containers[c.JobID] {
			list = append(list, c)
		}
	}
	return list
}

func (t *truth) recorded() bool { return len(t.records) > 0 }

// endRecord is the record that tells the end of a run: no full_job does.
func (t *truth) endRecord(job *simulator.Job) (windmill.Completion, bool) {
	c, ok := t.records[job.JobID]
	return c, ok && job.ParentJob == nil && !t.FullJob
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

// Wait is what is to be read of a job's wait, and its kind: a schedule pushes its run ahead, for a time that only a record tells.
func (c *Comparison) Wait(job *simulator.Job) (*time.Duration, string) {
	if !c.truth.recorded() || job.WaitNS != nil || job.ParentJob != nil {
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
