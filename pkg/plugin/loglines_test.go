package plugin

import (
	"testing"

	"github.com/flowsteps/windmill-datasource/pkg/loki"
	"github.com/stretchr/testify/require"
)

// TestALogLinesIDIsNoneIfItIsNoID: it would open LogQL, or a page of Windmill, of the line's own choice.
func TestALogLinesIDIsNoneIfItIsNoID(t *testing.T) {
	const id = "0199f0c4-8d3e-7aa1-b7c5-2f64d0c9e811"
	require.Nil(t, logLine(loki.Line{Labels: map[string]string{"job_id": `x" or job_id=~".*`}}).JobID)
	require.Equal(t, id, *logLine(loki.Line{Labels: map[string]string{"job_id": id}}).JobID)
}
