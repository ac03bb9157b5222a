package windmill

import "time"

// SightingKind is what a log line tells of a job.
type SightingKind string

// The kinds of sightings. Each is one of the lines that Windmill's workers log for every job.
const (
	SightingFetched SightingKind = "fetched" // "fetched job": a worker pulled it
	SightingPushed  SightingKind = "pushed"  // "all next flow jobs pushed": a flow pushed its next jobs
	SightingWaited  SightingKind = "waited"  // "waited for an executor": it waited longer than usual
)

// Sighting is one such log line. Spans are exported when they end, so a log line is the only sign of a job in flight,
// and the only one that tells for when a job was scheduled. Unknown values are zero.
type Sighting struct {
	Kind SightingKind
	Time time.Time // of the log record

	JobID        string        // the job; pushed: the flow-like job that pushed
	Children     []string      // pushed: the jobs that were pushed
	ScheduledFor time.Time     // fetched: the earliest time at which it could have been pulled
	Wait         time.Duration // waited: how long

	// Tags of the log record, as far as it carries them.
	ParentJob, RootJob, Step, ScriptPath, Workspace, Worker, Language, Tag, JobKind string
}
