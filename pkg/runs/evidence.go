package runs

import (
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// With puts the run together anew, from its spans and what log lines tell of its jobs.
func (r Result) With(sightings []windmill.Sighting) Result {
	r.Run = windmill.BuildWith(r.id, windmill.Evidence{Spans: r.spans, Sightings: sightings, Completions: r.ends, Now: r.now})
	r.Notices = slices.Clone(r.said)
	for _, p := range r.Run.Problems {
		if n := (Notice{p.Serious(), p.Text()}); !slices.Contains(r.Notices, n) {
			r.Notices = append(r.Notices, n)
		}
	}
	return r
}

// FromLogs is a run of which Tempo has nothing yet, because none of its jobs has ended: put it together With log lines.
func FromLogs(id string, now time.Time) Result { return Result{id: id, now: now} }
