//go:build integration

package integration

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/flowsteps/windmill-datasource/stack/servers"
)

// TestDeploymentsAreSeen lets three scripts run for half an hour: one gets a new version at a known run, one always had
// the same, one got its new version before the range.
func TestDeploymentsAreSeen(t *testing.T) {
	stack, err := servers.StartEmbedded(t.Context(), servers.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(stack.Stop)
	start := time.Now().Add(-30 * time.Minute)
	b := windmilltest.New(start, 5)
	run := func(path string, minute int, hash string) string {
		at, from := time.Duration(minute)*time.Minute, len(b.Spans)
		job := b.Script(path, at).Run(at+50*time.Millisecond, at+time.Second)
		for i := range b.Spans[from:] {
			b.Spans[from+i].ScriptHash = hash
		}
		return job.ID
	}
	var first string
	for minute := range 28 {
		hash, early := "00000000000000a1", "00000000000000c1"
		if minute >= 17 {
			hash = "00000000000000a2"
		}
		if minute >= 3 {
			early = "00000000000000c2"
		}
		id := run("f/lib/changed", minute, hash)
		if minute == 17 {
			first = id
		}
		run("f/lib/stable", minute, "00000000000000b1")
		run("f/lib/early", minute, early)
	}
	send(t, stack.OTLP, b.Spans)
	d := datasource(t, stack.Tempo, stack.Prometheus)
	q := query{"queryType": "deployments"}
	require.Eventually(t, func() bool {
		return ask(t, d, start.Add(10*time.Minute), time.Now(), q)[0].Rows() > 0
	}, arrivalTimeout, 500*time.Millisecond)
	frames := ask(t, d, start.Add(10*time.Minute), time.Now(), q)
	list := rows(frames[0])
	require.Len(t, list, 1, notices(frames[0]))
	require.Equal(t, "f/lib/changed", list[0].text("script_path"))
	require.Equal(t, first, list[0].text("job_id"))
	require.Equal(t, "00000000000000a2", list[0].text("script_hash"))
	require.Equal(t, "00000000000000a1", list[0].text("previous_hash"))
	require.True(t, start.Add(17*time.Minute+50*time.Millisecond).Equal(list[0]["time"].(time.Time)))

	all := rows(ask(t, d, start, time.Now(), q)[0])
	require.Len(t, all, 2, "the earlier one is in the longer range")
	require.Equal(t, "f/lib/early", all[1].text("script_path"), "newest first")
}

func send(t *testing.T, otlp string, spans []windmill.Span) {
	t.Helper()
	body, err := windmilltest.OTLP(spans, true)
	require.NoError(t, err)
	res, err := http.Post(otlp+"/v1/traces", "application/json", bytes.NewReader(body))
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusOK, res.StatusCode)
}
