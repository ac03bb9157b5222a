package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	session, err := parse([]string{"-otlp", "http://127.0.0.1:4318", "-backfill", "1h", "-live", "-step-path", "-seed", "9", "-truth", "out"})
	require.NoError(t, err)
	require.Equal(t, "http://127.0.0.1:4318", session.Traces)
	require.Equal(t, time.Hour, session.Backfill)
	require.True(t, session.Live)
	require.True(t, session.StepPath)
	require.EqualValues(t, 9, session.Seed)
	require.EqualValues(t, "out", session.Truth)
	require.Greater(t, len(session.Flows), 10)
	require.Len(t, session.Workers, 3)
	require.Contains(t, session.Metrics.Dimensions, "step_path")
}

func TestParseShapesOfAnOlderVersion(t *testing.T) {
	session, err := parse([]string{"-flows", "shapes", "-without", "job_kind,log_trace", "-service-name", "wm", "-user-spans", "0.5"})
	require.NoError(t, err)
	require.Greater(t, len(session.Flows), 30)
	require.Len(t, session.Workers, 3)
	require.True(t, session.Version.NoJobKind)
	require.True(t, session.Version.NoLogTrace)
	require.Equal(t, "wm", session.Version.Service)
	require.Equal(t, 0.5, session.Foreign.UserSpans)
}

func TestParseRefuses(t *testing.T) {
	_, err := parse([]string{"-without", "colour"})
	require.ErrorContains(t, err, `no part "colour"`)
	_, err = parse([]string{"now"})
	require.ErrorContains(t, err, `unknown argument "now"`)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.yaml"), []byte("path: f/a\nworkspce: w\n"), 0o600))
	_, err = parse([]string{"-flows", dir})
	require.ErrorContains(t, err, `a.yaml: line 2: unknown key "workspce"`)
}

func TestRunWithoutAnythingToDo(t *testing.T) {
	require.ErrorContains(t, run(t.Context(), nil), "neither a backfill nor a live simulation")
}
