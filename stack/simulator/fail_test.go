package simulator

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAStepFailsFromAShareOfTheHistoryOn(t *testing.T) {
	batch := simulate(t, time.Hour, `
path: f/x
workspace: w
schedule: {every: 10m}
modules: [{id: a, rawscript: go, duration: 1s, fail: {probability: 0, message: no, from: 0.5, then: 1}}]
`)
	require.Len(t, batch.Runs, 6)
	for _, run := range batch.Runs {
		want := "ok"
		if !run.Start.Before(testStart.Add(30 * time.Minute)) {
			want = "error"
		}
		require.Equal(t, want, run.Outcome, run.Start)
	}
}
