package tempo

import (
	"testing"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/stretchr/testify/require"
)

// TestWhatIsNoIDIsNone: an id becomes a part of links, so that a span could make a reader's browser ask for anything.
func TestWhatIsNoIDIsNone(t *testing.T) {
	const id = "0199f0c4-8d3e-7aa1-b7c5-2f64d0c9e811"
	for _, key := range []string{"job_id", "parent_job", "root_job"} {
		get := func(s windmill.Span) string {
			return map[string]string{"job_id": s.JobID, "parent_job": s.ParentJob, "root_job": s.RootJob}[key]
		}
		for _, claimed := range []string{"../api/w/x/jobs/run/p/f", `x" or job_id="`, "", id + "/..", "javascript:alert(1)"} {
			var s windmill.Span
			setTag(&s, key, claimed)
			require.Empty(t, get(s), claimed)
		}
		var s windmill.Span
		setTag(&s, key, "0199F0C4-8D3E-7AA1-B7C5-2F64D0C9E811")
		require.Equal(t, id, get(s))
	}
}
