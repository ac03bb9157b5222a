package runs

import (
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// With puts the run together anew, from its spans and what log lines tell of its jobs.
func (r Result) With(sightings []windmill.Sighting) Result {
	r.Run = windmill.BuildWith(r.id, windmill.Evidence{Spans: r.spans, Sightings: sightings, Now: r.now})
	r.Notices = slices.Clone(r.said)
	for _, p := range r.Run.Problems {
		if n := (Notice{p.Serious(), p.Text()}); !slices.Contains(r.Notices, n) {
			r.Notices = append(r.Notices, n)
		}
	}
	return r
}

// FromLogs is a run of which only log lines are known, because none of its jobs has ended yet.
func FromLogs(id string, sightings []windmill.Sighting, now time.Time) Result {
	return Result{id: id, now: now}.With(sightings)
}
