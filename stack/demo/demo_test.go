package demo

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAPortInUseGivesAnother(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	taken := other.Addr().(*net.TCPAddr).Port

	port, preferredWasTaken, err := pickPort(taken)
	require.NoError(t, err)
	require.True(t, preferredWasTaken)
	require.NotEqual(t, taken, port)

	again, preferredWasTaken, err := pickPort(port)
	require.NoError(t, err)
	require.False(t, preferredWasTaken)
	require.Equal(t, port, again)
}

func TestTheWorkbenchsAddressIsReadFromItsLog(t *testing.T) {
	log := filepath.Join(t.TempDir(), "workbench.log")
	require.NoError(t, os.WriteFile(log, []byte("plugin started\nworkbench: http://127.0.0.1:3000\n"), 0o600))
	got, err := lineAfter(log, readyPrefix)
	require.NoError(t, err)
	require.Equal(t, "://127.0.0.1:3000", got)
	_, err = lineAfter(log+".other", readyPrefix)
	require.Error(t, err)
}

func TestAFailedQueryGivesThePluginsOwnSentence(t *testing.T) {
	for name, test := range map[string]struct {
		status     int
		body, want string
	}{
		"a failed query":   {http.StatusBadRequest, `{"results":{"A":{"status":400,"error":"the run id is no UUID"}}}`, "the run id is no UUID"},
		"no run yet":       {http.StatusOK, `{"results":{"A":{"status":200,"frames":[]}}}`, "no finished run is found yet"},
		"no such endpoint": {http.StatusNotFound, `{"message":"not found"}`, `what shows the plugin answers 404 Not Found: {"message":"not found"}`},
		"not JSON":         {http.StatusOK, `<html>`, "what shows the plugin answers 200 OK: <html>"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				_, err := w.Write([]byte(test.body))
				require.NoError(t, err)
			}))
			defer server.Close()
			_, err := queryFlowSteps(t.Context(), server.URL, flowSteps{})
			require.EqualError(t, err, test.want)
		})
	}
}

func TestOnlyFlowsWithStepsAreAskedFor(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"1.json": `{"flow":"f/etl/nightly","jobs":[{},{}]}`,
		"2.json": `{"flow":"f/etl/nightly","jobs":[{},{},{}]}`,
		"3.json": `{"flow":"f/ops/script","jobs":[{}]}`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	runs, err := runsOfFlows(dir)
	require.NoError(t, err)
	require.Equal(t, []string{"f/etl/nightly"}, flowsOf(runs))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "4.json"), []byte("{"), 0o600))
	_, err = runsOfFlows(dir)
	require.ErrorContains(t, err, "cannot read the record")
}

func TestARunIsOlderOnlyByStartAndEnd(t *testing.T) {
	at := func(second int) *time.Time { return ptr(time.Unix(int64(second), 0)) }
	run := truth{Start: at(10), End: at(20)}
	require.True(t, run.isOlderThan(truth{Start: at(11), End: at(21)}))
	require.False(t, run.isOlderThan(truth{Start: at(9), End: at(30)}), "it ran longer, but began before")
	require.False(t, run.isOlderThan(truth{Start: at(12), End: at(13)}), "it began later, but ended before")
	require.False(t, run.isOlderThan(run))
	require.False(t, run.isOlderThan(truth{Start: at(11)}), "it has not ended")
}
