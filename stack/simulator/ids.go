package simulator

import (
	"encoding/hex"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/oklog/ulid/v2"
)

// JobID is the id of a Windmill job: a ULID, whose first 48 bits are the millisecond of creation, written as a UUID.
type JobID [16]byte

// newJobID makes the id of a job created at the given time. Its random part comes from r, so that a seed repeats it.
func newJobID(created time.Time, r *rand.Rand) JobID {
	var id ulid.ULID
	if err := id.SetTime(ulid.Timestamp(created)); err != nil { // only after the year 10889
		panic(err)
	}
	entropy := append(randomBytes(r), randomBytes(r)...)
	if err := id.SetEntropy(entropy[:10]); err != nil { // only for a wrong length
		panic(err)
	}
	return JobID(id)
}

// String is the id as Windmill writes it, with dashes.
func (id JobID) String() string { return uuid.UUID(id).String() }

// Created is the time in the id, to the millisecond.
func (id JobID) Created() time.Time { return ulid.Time(ulid.ULID(id).Time()).UTC() }

// TraceID is the trace id that Windmill derives from the job id: its 16 bytes.
func (id JobID) TraceID() TraceID { return TraceID(id) }

// SpanID is the span id that Windmill derives from the job id: its low 64 bits.
func (id JobID) SpanID() SpanID { return SpanID(id[8:]) }

// TraceID is an OpenTelemetry trace id.
type TraceID [16]byte

// String is the id as 32 hex digits.
func (id TraceID) String() string { return hex.EncodeToString(id[:]) }

// SpanID is an OpenTelemetry span id; all zeros is none.
type SpanID [8]byte

// String is the id as 16 hex digits.
func (id SpanID) String() string { return hex.EncodeToString(id[:]) }

// newSpanID draws a span id, as an SDK's generator does.
func newSpanID(r *rand.Rand) SpanID {
	for {
		if id := SpanID(randomBytes(r)); id != (SpanID{}) {
			return id
		}
	}
}

// newTraceID draws a trace id: that of a caller outside Windmill.
func newTraceID(r *rand.Rand) TraceID {
	return TraceID(append(randomBytes(r), randomBytes(r)...))
}

func randomBytes(r *rand.Rand) []byte {
	n := r.Uint64()
	out := make([]byte, 8)
	for i := range out {
		out[i] = byte(n >> (8 * i))
	}
	return out
}
