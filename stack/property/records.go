package property

import (
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
