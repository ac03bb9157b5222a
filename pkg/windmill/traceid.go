package windmill

import (
	"strings"
	"time"
)

// PadTraceID writes a trace id with the leading zeros that Tempo leaves out in places: 32 lower-case digits.
func PadTraceID(id string) string {
	return strings.Repeat("0", max(32-len(id), 0)) + strings.ToLower(id)
}

// JobOfTrace is the job that a trace has its id from, as far as can be told: an inbound traceparent brings along an id
// that is no job's. Not ok: the id carries no time that suits a job which was seen at the given moment.
func JobOfTrace(traceID string, seen time.Time) (jobID string, ok bool) {
	if len(traceID) != 32 {
		return "", false
	}
	jobID = strings.Join([]string{traceID[:8], traceID[8:12], traceID[12:16], traceID[16:20], traceID[20:]}, "-")
	created, ok := IDTime(jobID)
	return jobID, ok && plausibleCreation(created, seen, time.Time{})
}
