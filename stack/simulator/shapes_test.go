package simulator

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
)

// of is a flow that runs once, at the start.
func of(rest string) string {
	return "path: f/x\nworkspace: w\ncreated_by: ann\nschedule: {every: 1h}\n" + rest
}

func TestToolsOfAnAgentThatItsWorkerRuns(t *testing.T) {
	batch := simulate(t, time.Minute, of(`
modules:
  - id: g
    agent: {calls: 2, duration: 1s, tools: [{id: search, rawscript: bun, duration: 200ms}]}
`))
	run := onlyRun(t, batch)
	agent := run.Jobs[1]
	require.Equal(t, "aiagent", agent.JobKind)
	require.Equal(t, "f/x/g", value(agent.ScriptPath))
	require.InDelta(t, 3.4, time.Duration(agent.DurationNS).Seconds(), 0.1, "three answers and two tools")
	require.Empty(t, spansNamed(batch, "job search"))
	posts := spansNamed(batch, "job postprocessing")
	require.Len(t, posts, 2)
	for i, post := range posts {
		tool := run.Jobs[2+i]
		require.Equal(t, roleTool, tool.Kind)
		require.Zero(t, tool.Pulls)
		require.Nil(t, tool.Attempt)
		require.Equal(t, tool.JobID, post.Attribute("job_id"))
		require.Equal(t, agent.JobID, post.Attribute("parent_job"))
		require.Equal(t, "f/x/g/tools/search", post.Attribute("script_path"))
		require.Equal(t, agent.Worker, post.Attribute("worker"))
		require.Empty(t, post.Attribute("flow_step_id"))
		require.Equal(t, run.RunID, post.Attribute("root_job"))
		require.Equal(t, withoutDashes(run.RunID), hex.EncodeToString(post.TraceId))
	}
	for _, span := range spansNamed(batch, "job") {
		require.NotEqual(t, roleTool, jobOf(run, span).Kind, "a tool has no job span")
	}
}

func TestToolsOfAnAgentInTheQueue(t *testing.T) {
	batch := simulate(t, time.Minute, of(`
modules:
  - id: g
    agent: {calls: 1, duration: 1s, queued_tools: true, tools: [{id: search, script: f/lib/search, language: go, duration: 200ms, fail: {probability: 1, message: no}}]}
`))
	run := onlyRun(t, batch)
	tool := run.Jobs[2]
	require.Equal(t, []string{"script", "f/lib/search", outcomeError}, []string{tool.JobKind, value(tool.ScriptPath), tool.Outcome})
	require.Equal(t, 1, tool.Pulls)
	require.Equal(t, int64(200*time.Millisecond), tool.DurationNS)
	require.Equal(t, outcomeOK, run.Jobs[1].Outcome, "the agent is told of the failure")
	require.Equal(t, outcomeOK, run.Outcome)
}

func TestAWorkflowAsCodeIsPulledForEachRound(t *testing.T) {
	batch := simulate(t, time.Minute, of(`
script:
  language: python3
  duration: 100ms
  tasks: {rounds: 2, side_by_side: 3, duration: 500ms}
`))
	run := onlyRun(t, batch)
	require.Len(t, run.Jobs, 7)
	require.Equal(t, 3, run.Jobs[0].Pulls)
	require.False(t, run.FullJob)
	own := slices.DeleteFunc(spansNamed(batch, "job"), func(s Span) bool { return s.Attribute("job_id") != run.RunID })
	require.Len(t, own, 3)
	for _, task := range run.Jobs[1:] {
		require.Equal(t, roleTask, task.Kind)
		require.Equal(t, run.RunID, value(task.ParentJob))
		require.Nil(t, task.Step)
		require.Nil(t, task.RootJob)
		require.Equal(t, "f/x", value(task.ScriptPath))
	}
	require.InDelta(t, 1.3, time.Duration(run.DurationNS).Seconds(), 0.4, "three pulls and two rounds")

	batch = simulate(t, time.Minute, of(`
script:
  language: python3
  duration: 100ms
  tasks: {rounds: 2, side_by_side: 1, duration: 500ms, fail: {probability: 1, name: Boom, message: it broke}}
`))
	run = onlyRun(t, batch)
	require.Equal(t, 2, run.Jobs[0].Pulls, "a failed task ends the workflow")
	require.Equal(t, "Boom: it broke", value(run.Jobs[0].Error))
}

func TestARestartedJobHasTwoPullsAndOneResult(t *testing.T) {
	batch := simulate(t, time.Minute, of("modules: [{id: a, rawscript: go, duration: 1s, twice: {restarted: 1}}]\n"))
	run := onlyRun(t, batch)
	pulls := spansNamed(batch, "job a")
	require.Len(t, pulls, 2)
	require.Equal(t, tracev1.Status_STATUS_CODE_UNSET, pulls[0].Status.Code)
	require.Len(t, spansNamed(batch, "job_postprocessing a"), 1)
	require.Equal(t, 2, run.Jobs[1].Pulls)
	require.InDelta(t, 1.5, time.Duration(run.Jobs[1].DurationNS).Seconds(), 0.2)
}

func TestALostRaceIsAPullWithAnErrorOfItsOwn(t *testing.T) {
	batch := simulate(t, time.Minute, of("modules: [{id: a, rawscript: go, duration: 1s, twice: {lost_race: 1}}]\n"))
	run := onlyRun(t, batch)
	pulls := spansNamed(batch, "job a")
	require.Len(t, pulls, 2)
	require.Equal(t, tracev1.Status_STATUS_CODE_UNSET, pulls[0].Status.Code)
	require.Equal(t, "job already completed by another worker", pulls[1].Status.Message)
	require.NotEqual(t, pulls[0].Attribute("worker"), pulls[1].Attribute("worker"))
	require.Equal(t, outcomeOK, run.Jobs[1].Outcome)
	require.Equal(t, int64(time.Second), run.Jobs[1].DurationNS)
}

func TestACanceledRun(t *testing.T) {
	batch := simulate(t, time.Minute, of(`
cancel: {probability: 1, after: 2s}
modules: [{id: a, rawscript: go, duration: 1s}, {id: b, rawscript: go, duration: 9s}, {id: c, rawscript: go, duration: 1s}]
failure_module: {rawscript: bun, duration: 10ms}
`))
	run := onlyRun(t, batch)
	require.Equal(t, outcomeCanceled, run.Outcome)
	require.Equal(t, "b", value(run.FailedStep))
	require.Empty(t, spansNamed(batch, "full_job"))
	require.Empty(t, spansNamed(batch, "job failure"))
	require.Len(t, run.Jobs, 3)
	post := spanNamed(t, batch, "job_postprocessing b")
	require.Equal(t, "Canceled", post.Attribute("error.name"))
	require.Equal(t, "Job canceled: No reason provided by ann", post.Attribute("error.message"))
}

func TestSameWorker(t *testing.T) {
	batch := simulate(t, time.Minute, of(`
same_worker: true
modules:
  - {id: a, rawscript: go, duration: 1s}
  - {id: l, forloop: {iterations: 2, modules: [{id: b, rawscript: bun, duration: 100ms}, {id: c, rawscript: bun, duration: 100ms}]}}
`))
	run := onlyRun(t, batch)
	require.Len(t, run.Jobs, 8)
	for _, job := range run.Jobs {
		require.Equal(t, run.Jobs[0].Worker, job.Worker)
	}
}

func TestAWrappedScriptIsTheStepOfAFlow(t *testing.T) {
	batch := simulate(t, time.Minute, of(`
script: {language: go, duration: 1s, fail: {probability: 1, message: no}, wrapped: true, retry: {attempts: 1, delay: 2s}}
`))
	run := onlyRun(t, batch)
	require.Equal(t, "singlestepflow", run.Jobs[0].JobKind)
	require.True(t, run.FullJob)
	require.Len(t, run.Jobs, 3)
	for _, job := range run.Jobs[1:] {
		require.Equal(t, []string{"a", "script", "f/x"}, []string{value(job.Step), job.JobKind, value(job.ScriptPath)})
	}
	require.Equal(t, 2, *run.Jobs[2].Attempt)
}

func TestTheAttemptsOfAScriptAreOneRun(t *testing.T) {
	batch := simulate(t, time.Minute, of(`
script: {language: go, duration: 1s, fail: {probability: 1, message: no}, retry: {attempts: 2, delay: 2s}}
`))
	run := onlyRun(t, batch)
	require.Len(t, run.Jobs, 3)
	require.Equal(t, "error", run.Outcome)
	require.Equal(t, run.Jobs[2].End, run.End)
	for i, job := range run.Jobs {
		require.Equal(t, i+1, *job.Attempt)
		require.Equal(t, []string{"script", "f/x"}, []string{job.JobKind, value(job.ScriptPath)})
		require.Nil(t, job.Step)
		require.Nil(t, job.RootJob)
		if i > 0 {
			require.Equal(t, run.RunID, value(job.ParentJob), "the first attempt, not the one before")
			require.Equal(t, "retry", value(job.WaitKind))
			require.GreaterOrEqual(t, job.Start.Sub(run.Jobs[i-1].End), 2*time.Second)
		}
	}
}

func TestADeploymentChangesTheVersion(t *testing.T) {
	batch := simulate(t, time.Hour, `
path: f/x
workspace: w
schedule: {every: 10m}
deployed_at: [0.25]
modules: [{id: a, script: f/lib/a, language: go, duration: 1s, slow_from: 0.5, slow_factor: 3}]
`)
	require.Len(t, batch.Deployments, 2)
	flow, script := batch.Deployments[0], batch.Deployments[1]
	require.Equal(t, []string{"flowdependencies", "f/x"}, []string{flow.JobKind, flow.ScriptPath})
	require.Nil(t, flow.ScriptHash)
	require.Equal(t, []string{"dependencies", "f/lib/a"}, []string{script.JobKind, script.ScriptPath})
	require.Equal(t, testStart.Add(30*time.Minute), script.Time)
	hashes := []string{}
	for _, span := range spansNamed(batch, "job a") {
		hashes = append(hashes, span.Attribute("script_hash"))
	}
	require.Len(t, slices.Compact(slices.Clone(hashes)), 2)
	require.Equal(t, value(script.ScriptHash), hashes[len(hashes)-1])
	for _, span := range batch.Spans {
		if span.Attribute("job_id") == script.JobID {
			require.Equal(t, "dependency", span.Attribute("tag"))
			require.Empty(t, span.Attribute("parent_job"))
		}
	}
	for _, run := range batch.Runs {
		require.NotEqual(t, script.JobID, run.RunID, "a deployment is no run")
	}
}

func TestSubflowsNestedThreeDeep(t *testing.T) {
	flow := func(path, module string) string {
		return "path: " + path + "\nworkspace: w\nmodules: [" + module + "]\n"
	}
	batch := simulate(t, time.Minute, of("modules: [{id: one, flow: f/1}]\n"), flow("f/1", "{id: two, flow: f/2}"),
		flow("f/2", "{id: three, flow: f/3}"), flow("f/3", "{id: leaf, rawscript: go, duration: 10ms}"))
	run := onlyRun(t, batch)
	requirePlaces(t, run, "f/x", []place{
		{"", "flow", "f/1", "one", "-", roleSubflow},
		{"f/1", "flow", "f/2", "two", "-", roleSubflow},
		{"f/2", "flow", "f/3", "three", "-", roleSubflow},
		{"f/3", "flowscript", "f/3/leaf", "leaf", "f/3", roleStep},
	})
	require.Len(t, spansNamed(batch, "full_job"), 1, "sub-flows have none")
}

func TestSeveralRunsShareACallersTrace(t *testing.T) {
	batch := simulate(t, time.Minute, `
path: f/x
workspace: w
trigger: {kind: http, traceparent: true, runs_per_trace: 2}
schedule: {every: 10s}
modules: [{id: a, rawscript: bun, duration: 10ms}]
`)
	traces := map[string]map[string]bool{}
	for _, span := range spansNamed(batch, "job a") {
		trace := hex.EncodeToString(span.TraceId)
		if traces[trace] == nil {
			traces[trace] = map[string]bool{}
		}
		traces[trace][span.Attribute("parent_job")] = true
	}
	require.Len(t, traces, 3)
	for _, runs := range traces {
		require.LessOrEqual(t, len(runs), 2)
	}
}

func TestEveryShapeRuns(t *testing.T) {
	flows, err := Load(ShapeFlows())
	require.NoError(t, err)
	workers, err := LoadWorkers(ShippedFlows())
	require.NoError(t, err)
	s, err := New(Options{Seed: 2, Flows: flows, Workers: workers, Start: testStart, History: time.Hour, NoLogs: true})
	require.NoError(t, err)
	batch := s.Advance(testStart.Add(time.Hour))
	runs, kinds := map[string]int{}, map[string]bool{}
	for _, run := range batch.Runs {
		require.True(t, strings.HasPrefix(run.Flow, "f/shapes/"))
		runs[run.Flow]++
		for _, job := range run.Jobs {
			kinds[job.JobKind+" "+job.Kind] = true
		}
	}
	require.Len(t, runs, len(flows)-5, "all but the sub-flows and the flow of a handler")
	for _, kind := range []string{"script step", "script_hub step", "flowscript step", "preview step", "flow flow", "flow subflow",
		"flowpreview flow", "flownode iteration", "flownode branch", "flowpreview iteration", "singlestepflow flow", "aiagent agent",
		"flowscript tool", "script tool", "script task", "identity identity", "flowscript failure", "flowscript preprocessor",
		"script launched", "flow launched"} {
		require.True(t, kinds[kind], kind)
	}
}

func jobOf(run Run, span Span) Job {
	i := slices.IndexFunc(run.Jobs, func(j Job) bool { return j.JobID == span.Attribute("job_id") })
	if i < 0 {
		return Job{}
	}
	return run.Jobs[i]
}
