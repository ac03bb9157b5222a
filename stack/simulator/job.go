package simulator

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// What a job is in its run. These are the kinds of the truth and of the plugin's frames.
const (
	roleFlow         = "flow"
	roleSubflow      = "subflow"
	roleIteration    = "iteration"
	roleBranch       = "branch"
	roleStep         = "step"
	roleIdentity     = "identity"
	roleFailure      = "failure"
	rolePreprocessor = "preprocessor"
	roleAgent        = "agent"
	roleTool         = "tool" // of an AI agent
	roleTask         = "task" // of a workflow as code
	roleHandler      = "handler"
	roleLaunched     = "launched" // by a script
)

// Outcomes of jobs and runs.
const (
	outcomeOK        = "ok"
	outcomeError     = "error"
	outcomeRecovered = "recovered"
	outcomeSkipped   = "skipped"
	outcomeCanceled  = "canceled"
)

// What a job waited for before it started.
const (
	waitQueue    = "queue"
	waitApproval = "approval"
	waitRetry    = "retry"
	waitSleep    = "sleep"
	waitLimit    = "limit"
)

// run is a top-level job and everything below it.
type run struct {
	flow   *Flow
	random *rand.Rand
	// versions are those that are deployed.
	versions versions
	version  *Version
	jobs     []*job // in the order of creation; the first is the run itself
	// caller is the trace of whoever started the run with a traceparent.
	caller  *callerContext
	fullJob *Span // nil when the run made none
	// open counts spans that have begun and not ended: the run is over when it has ended and none is left. In
	// parallel branches the last step's transition may end before another's.
	open  int
	ended bool
	// canceled says that a user has canceled the run.
	canceled bool
	// due counts jobs that nothing in the run waits for and that have not ended: handlers and launched jobs.
	due int
	// deployment is set when this is no run but Windmill's own work after a deployment.
	deployment *Deployment
	number     int // of the run among those of its flow
}

// job is one Windmill job.
type job struct {
	id     JobID
	run    *run
	parent *job
	// root is Windmill's flow_innermost_root_job: nil for a job that has a trace of its own.
	root *job

	role       string
	kind       string // job_kind
	step       string // flow_step_id
	skipped    bool   // by skip_if
	scriptPath string
	scriptHash string
	language   string
	tag        string
	createdBy  string // empty: whoever created the run
	iteration  *int
	attempt    int // of the step, from 1; 0 for what is no step

	script *Script // what a leaf runs; nil for an identity
	module *Module // the module that the job runs; nil for the run itself, iterations and branches
	flow   *flowState
	// children counts the jobs pushed by this one, skippedChildren those of them that ended as skipped.
	children, skippedChildren int

	created   time.Time     // as the id says: to the millisecond
	clockOff  time.Duration // how far the clock of whoever pushed it was off
	scheduled time.Time
	waitKind  string
	// approval is the step whose approval the job had to wait for.
	approval *job

	branch int // number of the branch, for a branch
	worker *worker
	pin    *pin // set when one worker runs all jobs of the flow around it
	// started is the beginning of the first `job` span, ended the end of the last one.
	started, ended time.Time
	spanID         SpanID // of the first `job` span
	pulls          int
	now            pullState
	working        bool // a worker has it
	finished       bool // a leaf's result is there
	onFinish       []func()
	// childDone goes on with a job that is no flow when one of its children has ended: an agent, a workflow as code.
	childDone func(child *job, ok bool)
	// ownContext says that it, and what is below it, was not started by the flow: the caller's trace context is not
	// theirs.
	ownContext    bool
	parked        bool           // waits for an earlier iteration of a loop that runs only some at a time
	counted       bool           // among the jobs that are due
	onEnd         func()         // of a launched job that its script waits for
	setup, work   *time.Duration // of the processes that the worker started for it
	transition    *time.Duration
	transitionEnd time.Time
	outcome       string
	handled       bool   // it failed, and its failure module ran well
	err           string // the error of a failed leaf: its name and its message
	failure       *Fail
	cause         *job // the leaf whose failure ended the job, or would have without a failure module
}

// pullState is what a worker makes of one pull.
type pullState struct {
	worker *worker
	span   SpanID
	begin  time.Time
	setup  time.Duration // until the script runs
}

// innermost is the job whose id gives the trace and the parent span: rj in Windmill's source.
func (j *job) innermost() *job {
	if j.root != nil {
		return j.root
	}
	return j
}

// isFlow says whether the job has jobs below it.
func (j *job) isFlow() bool { return j.flow != nil }

// preview says whether the job belongs to a flow that is not deployed.
func (j *job) preview() bool { return j.flow != nil && j.flow.preview }

// child is a job of a module of the flow-like job p, not pushed yet. Windmill's rule for traces: everything stays in
// the trace of the innermost root but sub-flows and the iterations of parallel for loops, which become roots.
func (p *job) child(m *Module, role string) *job {
	return &job{
		run: p.run, parent: p, root: p.innermost(), role: role, module: m, step: m.ID, attempt: 1, waitKind: waitQueue,
		pin: p.flow.pin, createdBy: p.createdBy, ownContext: p.ownContext,
	}
}

// leafChild is a job that runs a module's script, or nothing (identity).
func (p *job) leafChild(m *Module, role string) *job {
	j := p.child(m, role)
	if m.Identity {
		j.makeIdentity()
		return j
	}
	j.script = &m.Script
	j.language, j.tag = m.Script.Language, m.Script.Tag
	switch {
	case m.Agent != nil:
		j.role, j.kind, j.scriptPath = roleAgent, "aiagent", p.scriptPath+"/"+m.ID
	case m.RawScript != "" && p.preview():
		j.kind, j.scriptPath = "preview", p.scriptPath+"/"+m.ID
	case m.RawScript != "":
		j.kind, j.scriptPath = "flowscript", p.scriptPath+"/"+m.ID
	default:
		j.runByPath(m.ScriptPath)
	}
	return j
}

// runByPath makes the job run the script at a path, in the version that is deployed now.
func (j *job) runByPath(path string) {
	j.kind, j.scriptPath, j.scriptHash = "script", path, j.run.versions.hash(j.run.flow.Workspace, path)
	if strings.HasPrefix(path, "hub/") {
		j.kind, j.scriptHash = "script_hub", ""
	}
}

// makeIdentity turns the job into one that does nothing: an identity step, or any step that is skipped. Windmill makes
// no difference between them, so both count as skipped.
func (j *job) makeIdentity() {
	j.role, j.kind, j.tag, j.outcome = roleIdentity, "identity", "flow", outcomeSkipped
	j.script, j.flow, j.language, j.scriptPath, j.scriptHash = nil, nil, "", "", ""
}

// containerChild is a job for an iteration or a branch of a module: a flow of its own inside the flow.
func (p *job) containerChild(m *Module, role, suffix string, index int, modules []Module) *job {
	j := p.child(m, role)
	j.module = nil
	j.kind = "flownode"
	if p.preview() {
		j.kind = "flowpreview"
	}
	j.scriptPath = fmt.Sprintf("%s/%s-%d", p.scriptPath, suffix, index)
	j.tag = p.tag
	j.flow = &flowState{modules: modules, preview: p.flow.preview, failure: p.flow.failure, pin: p.flow.pin}
	if p.flow.failure != nil && p.flow.preview {
		// A loop or branch that is not deployed gets a copy of the failure module with an id of its own.
		copied := *p.flow.failure
		copied.ID = fmt.Sprintf("%s-%d", copied.ID, p.flow.index)
		j.flow.failure = &copied
	}
	if role == roleBranch {
		j.branch = index
	}
	if role == roleIteration {
		j.iteration = &index
		if p.flow.failure != nil && p.flow.preview {
			j.flow.failure.ID = fmt.Sprintf("%s-%d", j.flow.failure.ID, index)
		}
	}
	return j
}

// subflowChild is the job of a sub-flow. It has a trace of its own.
func (p *job) subflowChild(m *Module, flow *Flow) *job {
	j := p.child(m, roleSubflow)
	j.root = nil
	j.kind, j.scriptPath, j.tag = "flow", flow.Path, flow.Tag
	j.flow = newFlowState(flow)
	if p.flow.pin != nil {
		j.flow.pin = p.flow.pin // its worker could not run anything else anyway
	}
	j.flow.preview = false // a sub-flow by path is always the deployed one
	return j
}

func newFlowState(flow *Flow) *flowState {
	state := &flowState{
		modules: flow.Modules, preview: flow.Preview, failure: flow.FailureModule, preprocessor: flow.Preprocessor,
	}
	if flow.SameWorker {
		state.pin = &pin{}
	}
	return state
}
