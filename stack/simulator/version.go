package simulator

import (
	"fmt"
	"slices"
	"strings"
)

// Version says what the simulated Windmill does not do yet, and how it is set up. The zero value is the newest one.
type Version struct {
	// NoJobKind leaves out job_kind, created_by, trigger_kind, trigger and script_hash (before early 2026-04).
	NoJobKind bool
	// NoStatus leaves the status of `job` and `job_postprocessing` spans unset when a job failed; success and error.* on
	// job_postprocessing are there all the same (before 2026-05).
	NoStatus bool
	// NoFullJob emits no full_job spans.
	NoFullJob bool
	// NoTraceparent ignores the trace context of callers (before 1.719.0).
	NoTraceparent bool
	// NoLogTrace leaves trace_id and span_id out of log records (before 2026-09-14).
	NoLogTrace bool
	// RaceStatus makes every failed `job` span say that another worker had completed the job (about 1.686 to 1.694).
	RaceStatus bool
	// Service is the resource attribute service.name (default windmill-worker); OTEL_SERVICE_NAME may be anything.
	Service string
}

// versionParts are the names of what a version may be without, as the command line has them.
var versionParts = map[string]func(*Version) *bool{
	"job_kind":    func(v *Version) *bool { return &v.NoJobKind },
	"status":      func(v *Version) *bool { return &v.NoStatus },
	"full_job":    func(v *Version) *bool { return &v.NoFullJob },
	"traceparent": func(v *Version) *bool { return &v.NoTraceparent },
	"log_trace":   func(v *Version) *bool { return &v.NoLogTrace },
	"race_fix":    func(v *Version) *bool { return &v.RaceStatus },
}

// Without makes the version one without the parts named, separated by commas: job_kind, status, full_job, traceparent,
// log_trace, race_fix. An unknown name is an error.
func (v *Version) Without(parts string) error {
	for part := range strings.SplitSeq(parts, ",") {
		if part == "" {
			continue
		}
		field := versionParts[part]
		if field == nil {
			names := make([]string, 0, len(versionParts))
			for name := range versionParts {
				names = append(names, name)
			}
			slices.Sort(names)
			return fmt.Errorf("there is no part %q of a version; the parts are: %s", part, strings.Join(names, ", "))
		}
		*field(v) = true
	}
	return nil
}
