package windmill

import (
	"fmt"
	"strings"
	"time"
)

// ParseID reads a job id in UUID form (8-4-4-4-12 hexadecimal digits, either case) and returns it in lower case.
// Anything else is an error: braces, "urn:uuid:" and missing dashes are not how Windmill writes ids.
func ParseID(s string) (string, error) {
	id := strings.ToLower(strings.TrimSpace(s))
	if !validID(id) {
		return "", fmt.Errorf("%q is no job id: give a UUID such as 0199a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b", s)
	}
	return id, nil
}

// IDOrNone is a job id as telemetry claims it, in lower case; "" if it is none. Anybody who can send spans or log
// lines can claim anything, and ids go into links and queries.
func IDOrNone(claimed string) string {
	if validID(claimed) {
		return claimed
	}
	id, err := ParseID(claimed)
	if err != nil {
		return ""
	}
	return id
}

func validID(id string) bool {
	if len(id) != 36 {
		return false
	}
	for i := range len(id) {
		c := id[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !hexDigits[c] {
				return false
			}
		}
	}
	return true
}

// hexDigits are the lower-case hexadecimal digits. A look at a table is twice as fast as comparing, and there are as
// many ids as jobs.
var hexDigits = func() (is [256]bool) {
	for _, c := range "0123456789abcdef" {
		is[c] = true
	}
	return is
}()

// TraceID is the trace that Windmill derives from a job id: its 16 bytes, 32 hexadecimal digits with leading zeros.
// It is empty when the id has no UUID form. The job's spans need not be there: an inbound traceparent moves them.
func TraceID(jobID string) string {
	if !validID(jobID) {
		return ""
	}
	return strings.ReplaceAll(jobID, "-", "")
}

// SpanID is the span id that Windmill derives from a job id: its last 8 bytes, 16 hexadecimal digits.
func SpanID(jobID string) string {
	if t := TraceID(jobID); t != "" {
		return t[16:]
	}
	return ""
}

// Ids that carry a time before this or far in the future are random UUIDs given by an API caller.
var (
	firstULID = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	lastULID  = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
)

// IDTime is the moment, to the millisecond, at which a job was pushed to the queue, as its id tells it.
// Windmill's ids are ULIDs written as UUIDs: the first 48 bits are Unix milliseconds. A caller of Windmill's API may
// bring an id of its own, which may be random; IDTime rejects only what cannot be a time at all. Whether the time fits
// the job is decided where its spans are known, see deriveCreation.
func IDTime(jobID string) (time.Time, bool) {
	if !validID(jobID) {
		return time.Time{}, false
	}
	var ms int64
	for i := range 13 { // the first 12 digits, which a dash parts
		if i != 8 {
			ms = ms<<4 | int64(hexDigit(jobID[i]))
		}
	}
	if ms <= firstULID || ms >= lastULID {
		return time.Time{}, false
	}
	return time.UnixMilli(ms).UTC(), true
}

// hexDigit is the value of a lower-case hexadecimal digit.
func hexDigit(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

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
