package simulator

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// everything is a deployed flow with each kind of module, once.
const everything = `
path: f/all
workspace: w
schedule: {every: 1h}
preprocessor: {rawscript: bun, duration: 10ms}
modules:
  - {id: bypath, script: f/lib/a, language: go, duration: 10ms}
  - {id: hub, script: hub/1/x/y, language: bun, duration: 10ms}
  - {id: inline, rawscript: python3, duration: 10ms}
  - {id: sub, flow: f/sub}
  - id: par
    forloop:
      parallel: true
      iterations: 2
      modules: [{id: p1, rawscript: python3, duration: 10ms}]
  - id: seq
    forloop:
      iterations: 2
      modules:
        - {id: s1, rawscript: python3, duration: 10ms}
        - id: inner
          branchone:
            default: {weight: 0}
            branches: [{weight: 1, modules: [{id: s2, rawscript: python3, duration: 10ms}]}]
  - id: while
    whileloop:
      iterations: 2
      modules: [{id: w1, rawscript: python3, duration: 10ms}, {id: w2, script: f/lib/a, language: go, duration: 10ms}]
  - id: default
    branchone:
      default: {weight: 1, modules: [{id: d1, rawscript: python3, duration: 10ms}]}
      branches: [{weight: 0, modules: [{id: d2, rawscript: python3, duration: 10ms}]}]
  - id: all
    branchall:
      branches:
        - modules: [{id: b0, rawscript: python3, duration: 10ms}]
        - modules: []
        - modules: [{id: b2, rawscript: python3, duration: 10ms}]
  - id: allpar
    branchall:
      parallel: true
      branches:
        - modules: [{id: c0, rawscript: python3, duration: 10ms}]
        - modules: [{id: c1, rawscript: python3, duration: 10ms}]
  - {id: same, identity: true}
  - {id: skipped, rawscript: python3, duration: 10ms, skip: 1}
  - {id: empty, forloop: {iterations: 0, modules: [{id: e1, rawscript: python3, duration: 10ms}]}}
  - {id: fails, rawscript: python3, duration: 10ms, fail: {probability: 1, name: Boom, message: it broke}}
failure_module: {script: f/lib/a, language: go, duration: 10ms}
`

const subflow = `
path: f/sub
workspace: w
modules: [{id: x, rawscript: python3, duration: 10ms}]
`

// place says where a job is expected: the rows of the table of children in windmill-telemetry.md.
type place struct {
	parent string // script path of the parent; "" is the flow
	kind   string
	path   string
	step   string
	root   string // script path of the job whose id is root_job; "-" is none
	role   string
}

func TestEachModuleMakesTheJobsThatWindmillMakes(t *testing.T) {
	run := onlyRun(t, simulate(t, time.Minute, everything, subflow))
	// Without a failure module the while loop would collapse; see the tests of collapsed loops.
	requirePlaces(t, run, "f/all", []place{
		{"", "flowscript", "f/all/preprocessor", "preprocessor", "f/all", rolePreprocessor},
		{"", "script", "f/lib/a", "bypath", "f/all", roleStep},
		{"", "script_hub", "hub/1/x/y", "hub", "f/all", roleStep},
		{"", "flowscript", "f/all/inline", "inline", "f/all", roleStep},
		{"", "flow", "f/sub", "sub", "-", roleSubflow},
		{"f/sub", "flowscript", "f/sub/x", "x", "f/sub", roleStep},
		{"", "flownode", "f/all/forloop-0", "par", "-", roleIteration},
		{"", "flownode", "f/all/forloop-1", "par", "-", roleIteration},
		{"f/all/forloop-0", "flowscript", "f/all/forloop-0/p1", "p1", "f/all/forloop-0", roleStep},
		{"f/all/forloop-1", "flowscript", "f/all/forloop-1/p1", "p1", "f/all/forloop-1", roleStep},
		{"", "flownode", "f/all/loop-0", "seq", "f/all", roleIteration},
		{"f/all/loop-0", "flowscript", "f/all/loop-0/s1", "s1", "f/all", roleStep},
		{"f/all/loop-0", "flownode", "f/all/loop-0/branchone-1", "inner", "f/all", roleBranch},
		{"f/all/loop-0/branchone-1", "flowscript", "f/all/loop-0/branchone-1/s2", "s2", "f/all", roleStep},
		{"", "flownode", "f/all/loop-1", "seq", "f/all", roleIteration},
		{"", "flownode", "f/all/loop-0", "while", "f/all", roleIteration},
		{"f/all/loop-0", "script", "f/lib/a", "w2", "f/all", roleStep},
		{"", "flownode", "f/all/branchone-0", "default", "f/all", roleBranch},
		{"f/all/branchone-0", "flowscript", "f/all/branchone-0/d1", "d1", "f/all", roleStep},
		{"", "flownode", "f/all/branchall-0", "all", "f/all", roleBranch},
		{"", "flownode", "f/all/branchall-2", "all", "f/all", roleBranch},
		{"", "flownode", "f/all/branchall-0", "allpar", "f/all", roleBranch},
		{"", "flownode", "f/all/branchall-1", "allpar", "f/all", roleBranch},
		{"f/all/branchall-1", "flowscript", "f/all/branchall-1/c1", "c1", "f/all", roleStep},
		{"", "identity", "", "same", "f/all", roleIdentity},
		{"", "identity", "", "skipped", "f/all", roleIdentity},
		{"", "flowscript", "f/all/fails", "fails", "f/all", roleStep},
		{"", "script", "f/lib/a", "failure", "f/all", roleFailure},
	})
	for _, job := range run.Jobs {
		require.NotEqual(t, "e1", value(job.Step))
		require.NotEqual(t, "f/all/branchall-1/b1", value(job.ScriptPath))
	}
	require.Equal(t, outcomeError, run.Outcome)
	require.Equal(t, "fails", value(run.FailedStep))
}

func TestAPreviewMakesOtherKinds(t *testing.T) {
	run := onlyRun(t, simulate(t, time.Minute, `
path: f/try
workspace: w
preview: true
schedule: {every: 1h}
modules:
  - {id: inline, rawscript: python3, duration: 10ms}
  - {id: sub, flow: f/sub}
  - id: seq
    forloop: {iterations: 1, modules: [{id: s1, rawscript: python3, duration: 10ms, fail: {probability: 1, message: no}}]}
failure_module: {rawscript: bun, duration: 10ms}
`, subflow))
	require.Equal(t, "flowpreview", run.Jobs[0].JobKind)
	requirePlaces(t, run, "f/try", []place{
		{"", "preview", "f/try/inline", "inline", "f/try", roleStep},
		{"", "flow", "f/sub", "sub", "-", roleSubflow},
		{"f/sub", "flowscript", "f/sub/x", "x", "f/sub", roleStep},
		{"", "flowpreview", "f/try/loop-0", "seq", "f/try", roleIteration},
		{"f/try/loop-0", "preview", "f/try/loop-0/s1", "s1", "f/try", roleStep},
		// The copy of the failure module inside a loop that is not deployed has an id of its own.
		{"f/try/loop-0", "preview", "f/try/loop-0/failure-2-0", "failure-2-0", "f/try", roleFailure},
	})
	require.Equal(t, "failure-2-0", value(run.Jobs[len(run.Jobs)-1].Step), "one failure module sees a failure, the innermost")
	require.Equal(t, outcomeError, run.Outcome)
}

func TestLoopsOverASingleScriptCollapse(t *testing.T) {
	run := onlyRun(t, simulate(t, time.Minute, `
path: f/c
workspace: w
schedule: {every: 1h}
modules:
  - id: inline
    forloop: {iterations: 2, modules: [{id: a, rawscript: python3, duration: 10ms}]}
  - id: bypath
    whileloop: {iterations: 2, modules: [{id: b, script: f/lib/a, language: go, duration: 10ms}]}
  - id: retried
    forloop: {iterations: 1, modules: [{id: c, rawscript: python3, duration: 10ms, retry: {attempts: 1}}]}
`))
	requirePlaces(t, run, "f/c", []place{
		{"", "flowscript", "f/c/loop-0", "inline", "f/c", roleStep},
		{"", "flowscript", "f/c/loop-1", "inline", "f/c", roleStep},
		{"", "script", "f/lib/a", "bypath", "f/c", roleStep},
		{"", "flownode", "f/c/loop-0", "retried", "f/c", roleIteration},
	})
	require.Equal(t, []int{0, 1, 0, 1, 0}, iterations(run))
	require.Len(t, run.Jobs, 7)
}

func TestALoopDoesNotCollapseWithAFailureModule(t *testing.T) {
	run := onlyRun(t, simulate(t, time.Minute, `
path: f/c
workspace: w
schedule: {every: 1h}
modules: [{id: l, forloop: {iterations: 1, modules: [{id: a, rawscript: python3, duration: 10ms}]}}]
failure_module: {rawscript: bun, duration: 10ms}
`))
	require.Equal(t, "flownode", run.Jobs[1].JobKind)
	require.Equal(t, "f/c/loop-0/a", value(run.Jobs[2].ScriptPath))
}

func TestRetriesAreJobsOfTheSameStepLater(t *testing.T) {
	batch := simulate(t, time.Minute, `
path: f/r
workspace: w
schedule: {every: 1h}
modules:
  - id: a
    rawscript: python3
    duration: 10ms
    fail: {probability: 1, message: no}
    retry: {attempts: 2, delay: 1s, multiplier: 3}
`)
	run := onlyRun(t, batch)
	require.Len(t, run.Jobs, 4)
	for i, delay := range []time.Duration{0, time.Second, 3 * time.Second} {
		job := run.Jobs[i+1]
		require.Equal(t, i+1, *job.Attempt)
		require.InDelta(t, delay.Seconds(), time.Duration(*job.WaitNS).Seconds(), 0.2)
		require.Equal(t, run.RunID, value(job.ParentJob))
		if i > 0 {
			require.Equal(t, waitRetry, *job.WaitKind)
		}
	}
	require.Equal(t, outcomeError, run.Outcome)
}

func TestASleepDelaysTheNextStep(t *testing.T) {
	run := onlyRun(t, simulate(t, time.Minute, `
path: f/s
workspace: w
schedule: {every: 1h}
modules: [{id: a, rawscript: python3, duration: 10ms, sleep: 5s}, {id: b, rawscript: python3, duration: 10ms}]
`))
	require.Equal(t, waitSleep, *run.Jobs[2].WaitKind)
	require.InDelta(t, 5, time.Duration(*run.Jobs[2].WaitNS).Seconds(), 0.2)
	require.Less(t, run.Jobs[2].Created.Sub(run.Jobs[1].End), 100*time.Millisecond, "created when the step before it ended")
}

func TestErrorsThatAreForgiven(t *testing.T) {
	run := onlyRun(t, simulate(t, time.Minute, `
path: f/e
workspace: w
schedule: {every: 1h}
modules:
  - {id: a, rawscript: python3, duration: 10ms, continue_on_error: true, fail: {probability: 1, message: no}}
  - id: l
    forloop: {iterations: 2, skip_failures: true, modules: [{id: b, rawscript: python3, duration: 10ms, fail: {probability: 1, message: no}}]}
  - id: br
    branchall:
      parallel: true
      branches:
        - {skip_failure: true, modules: [{id: c, rawscript: python3, duration: 10ms, fail: {probability: 1, message: no}}]}
        - {modules: [{id: d, rawscript: python3, duration: 10ms}]}
  - {id: last, rawscript: python3, duration: 10ms}
`))
	require.Equal(t, outcomeOK, run.Outcome)
	require.Nil(t, run.FailedStep)
	require.Equal(t, "last", value(run.Jobs[len(run.Jobs)-1].Step))
}

func TestParallelJobsRunSideBySide(t *testing.T) {
	run := onlyRun(t, simulate(t, time.Minute, `
path: f/p
workspace: w
schedule: {every: 1h}
modules: [{id: l, forloop: {iterations: 4, parallel: true, modules: [{id: a, rawscript: python3, duration: 2s}]}}]
`))
	require.Less(t, time.Duration(run.DurationNS), 3*time.Second)
}

func onlyRun(t *testing.T, batch Batch) Run {
	t.Helper()
	require.Len(t, batch.Runs, 1)
	return batch.Runs[0]
}

// requirePlaces checks that each place is taken by a job of the run, in its trace.
func requirePlaces(t *testing.T, run Run, flow string, places []place) {
	t.Helper()
	byID := map[string]Job{}
	for _, job := range run.Jobs {
		byID[job.JobID] = job
	}
	pathOf := func(id *string) string {
		if id == nil {
			return "-"
		}
		return value(byID[*id].ScriptPath)
	}
	for _, want := range places {
		if want.parent == "" {
			want.parent = flow
		}
		found := false
		for _, job := range run.Jobs[1:] {
			got := place{pathOf(job.ParentJob), job.JobKind, value(job.ScriptPath), value(job.Step), pathOf(job.RootJob), job.Kind}
			if got != want {
				continue
			}
			found = true
			innermost := job.JobID
			if job.RootJob != nil {
				innermost = *job.RootJob
			}
			require.Equal(t, withoutDashes(innermost), job.TraceID)
		}
		require.True(t, found, "no job is %+v", want)
	}
}

func iterations(run Run) []int {
	var out []int
	for _, job := range run.Jobs {
		if job.Iteration != nil {
			out = append(out, *job.Iteration)
		}
	}
	return out
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
