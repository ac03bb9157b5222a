package windmilltest

import (
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Evidence is everything that was built, as known at the offset now.
func (b *Builder) Evidence(now time.Duration) windmill.Evidence {
	return windmill.Evidence{Spans: b.Spans, Sightings: b.Sightings, Now: b.Base.Add(now)}
}

// Fetched adds the log line of a worker that pulled the job, which was scheduled for the offset due.
func (j *Job) Fetched(at, due time.Duration) *Job {
	s := windmill.Sighting{
		Kind: windmill.SightingFetched, Time: j.b.Base.Add(at), JobID: j.ID, Workspace: j.b.Workspace, ScheduledFor: j.b.Base.Add(due),
	}
	if j.Root != nil {
		s.RootJob = j.Root.ID
	}
	j.b.Sightings = append(j.b.Sightings, s)
	return j
}

// Pushed adds the log line of a flow that pushed jobs.
func (j *Job) Pushed(at time.Duration, children ...*Job) *Job {
	s := windmill.Sighting{Kind: windmill.SightingPushed, Time: j.b.Base.Add(at), JobID: j.ID, Workspace: j.b.Workspace}
	for _, c := range children {
		s.Children = append(s.Children, c.ID)
	}
	j.b.Sightings = append(j.b.Sightings, s)
	return j
}

// Waited adds the log line that a job waited for an executor.
func (j *Job) Waited(at, wait time.Duration) *Job {
	j.b.Sightings = append(j.b.Sightings, windmill.Sighting{
		Kind: windmill.SightingWaited, Time: j.b.Base.Add(at), JobID: j.ID, Workspace: j.b.Workspace, Wait: wait,
	})
	return j
}
