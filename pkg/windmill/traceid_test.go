package windmill

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestJobOfTrace(t *testing.T) {
	id := PadTraceID("1A20c3a1bb410b229b4f7c4243c56bf")
	require.Equal(t, "01a20c3a1bb410b229b4f7c4243c56bf", id)
	created, ok := IDTime("01a20c3a-1bb4-10b2-29b4-f7c4243c56bf")
	require.True(t, ok)
	job, ok := JobOfTrace(id, created.Add(time.Minute))
	require.True(t, ok)
	require.Equal(t, "01a20c3a-1bb4-10b2-29b4-f7c4243c56bf", job)
	for _, seen := range []time.Time{created.Add(-time.Hour), created.Add(100 * 24 * time.Hour)} {
		_, ok = JobOfTrace(id, seen)
		require.False(t, ok, "the id of another program's trace")
	}
	_, ok = JobOfTrace("4bf92f3577b34da6a3ce929d0e0e4736", created)
	require.False(t, ok)
	_, ok = JobOfTrace("1a2", created)
	require.False(t, ok)
}
