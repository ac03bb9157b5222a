package build

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowsteps/windmill-datasource/stack/progress"
	"github.com/stretchr/testify/require"
)

// countingStep writes its one output and counts how often.
func countingStep(root string, runs *int) step {
	return step{
		name: "building it", root: root, inputs: []string{"src", "go.sum"}, skip: notCompiled, outputs: []string{"out"},
		run: func(context.Context, *progress.Stage) error {
			*runs++
			return os.WriteFile(filepath.Join(root, "out"), nil, 0o600)
		},
	}
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
}

func TestAStepRunsOnlyAfterAChange(t *testing.T) {
	root, runs := t.TempDir(), 0
	s := countingStep(root, &runs)
	do := func(want int, why string) {
		t.Helper()
		require.NoError(t, s.do(t.Context(), progress.Discard()))
		require.Equal(t, want, runs, why)
	}
	write(t, root, "src/a.go", "package a")
	write(t, root, "go.sum", "1")
	do(1, "never built")
	do(1, "nothing changed")
	write(t, root, "src/a_test.go", "package a")
	do(1, "a test is not compiled in")
	write(t, root, "src/a.go", "package a // changed")
	do(2, "a source changed")
	write(t, root, "src/sub/b.go", "package b")
	do(3, "a source was added")
	write(t, root, "go.sum", "2")
	do(4, "go.sum changed")
	require.NoError(t, os.Remove(filepath.Join(root, "out")))
	do(5, "the output was deleted")
	s.recipe = "-tags x"
	do(6, "the flags changed")
}

func TestAFailedStepRunsAgain(t *testing.T) {
	root, runs := t.TempDir(), 0
	s := countingStep(root, &runs)
	broken := s
	broken.run = func(context.Context, *progress.Stage) error { return errors.New("does not compile") }
	var out bytes.Buffer
	require.NoError(t, s.do(t.Context(), progress.Discard()))
	write(t, root, "src/a.go", "package a")
	require.EqualError(t, broken.do(t.Context(), progress.New(&out)), "does not compile")
	require.Contains(t, out.String(), "FAILED  building it")
	require.NoError(t, s.do(t.Context(), progress.Discard()))
	require.Equal(t, 2, runs)
}

func TestAStepMustWriteItsOutput(t *testing.T) {
	root := t.TempDir()
	s := countingStep(root, new(int))
	s.run = func(context.Context, *progress.Stage) error { return nil }
	require.ErrorContains(t, s.do(t.Context(), progress.Discard()), "did not write out")
}

func TestACommandsFailureShowsItsLastLines(t *testing.T) {
	err := command{quiet: packageLine.MatchString}.run(t.Context(), "sh", "-c", "echo github.com/a/b; echo main.go:3: undefined: x; exit 3")
	require.ErrorContains(t, err, "sh -c")
	require.ErrorContains(t, err, "main.go:3: undefined: x")
	require.NotContains(t, err.Error(), "\ngithub.com/a/b")
}

func TestTheKeptLinesAreTheFirstOrTheLast(t *testing.T) {
	err := command{}.run(t.Context(), "sh", "-c", "seq 1000 1100; exit 1")
	require.ErrorContains(t, err, "\n1100")
	require.NotContains(t, err.Error(), "\n1000")
	err = command{first: true}.run(t.Context(), "sh", "-c", "seq 1000 1100; exit 1")
	require.ErrorContains(t, err, "\n1000")
	require.NotContains(t, err.Error(), "\n1100")
}

func TestAFullDiskIsSaidInOneSentence(t *testing.T) {
	err := command{}.run(t.Context(), "sh", "-c", "echo write: no space left on device; exit 1")
	require.EqualError(t, err, "no disk space left while running sh: free some and try again")
	err = EnsureSpace(t.TempDir(), 1<<60)
	require.ErrorContains(t, err, "not enough disk space")
	require.Equal(t, 1, strings.Count(err.Error()+"\n", "\n"))
}

func TestAMissingProgramIsSaidInOneSentence(t *testing.T) {
	err := command{}.run(t.Context(), "no-such-program-here")
	require.EqualError(t, err, "no-such-program-here is not installed or not in PATH: install it and try again")
}

func TestUnknownServerIsRefused(t *testing.T) {
	_, err := Server(t.Context(), "mimir", progress.Discard())
	require.ErrorContains(t, err, `there is no server "mimir"`)
	require.ErrorContains(t, err, "embedded, loki, otelcol, prometheus, tempo")
}

func TestEveryServerHasItsModule(t *testing.T) {
	root, err := Root()
	require.NoError(t, err)
	for _, name := range Servers() {
		require.FileExists(t, filepath.Join(root, "stack", "backends", serverSpecs[name].module, "go.mod"))
	}
}
