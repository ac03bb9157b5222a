package simulator

import "time"

// Flow is one thing that runs: a flow with modules, or a script that stands alone.
type Flow struct {
	Path      string `yaml:"path,omitempty"`
	Workspace string `yaml:"workspace,omitempty"`
	CreatedBy string `yaml:"created_by,omitempty"`
	// Tag is the worker tag of the flow's own jobs (default "flow").
	Tag string `yaml:"tag,omitempty"`
	// Preview makes a test run of a flow that is not deployed: other job kinds, and loops keep their containers.
	Preview bool `yaml:"preview,omitempty"`
	// SameWorker makes the worker that pulls the flow run all of its steps, one after another.
	SameWorker bool      `yaml:"same_worker,omitempty"`
	Trigger    Trigger   `yaml:"trigger,omitempty"`
	Schedule   *Schedule `yaml:"schedule,omitempty"`

	Preprocessor  *Module  `yaml:"preprocessor,omitempty"`
	Modules       []Module `yaml:"modules,omitempty"`
	FailureModule *Module  `yaml:"failure_module,omitempty"`

	// Cancel makes a user cancel some runs.
	Cancel *Cancel `yaml:"cancel,omitempty"`
	// Cached is the probability that the flow is answered from its cache: it has no jobs below it then, and no full_job.
	Cached float64 `yaml:"cached,omitempty"`
	// Recover is the probability that the result of a failure module that ran well says {"recover": true}: the flow then
	// counts as successful. No span shows it.
	Recover float64 `yaml:"recover,omitempty"`
	// Handlers are what Windmill starts when a run is over.
	Handlers []Handler `yaml:"handlers,omitempty"`
	// DeployedAt are the shares of the history (0 to 1) at which a new version of the flow is deployed.
	DeployedAt []float64 `yaml:"deployed_at,omitempty"`

	// Script makes this a standalone script in place of a flow.
	Script *StandaloneScript `yaml:"script,omitempty"`

	pos position
}

// Trigger says what started a run, as Windmill's trigger_kind and trigger attributes do. Empty is a run from the UI.
type Trigger struct {
	Kind string `yaml:"kind,omitempty"`
	Path string `yaml:"path,omitempty"`
	// Traceparent makes the caller send a W3C trace context: the `job` spans then move into the caller's trace.
	Traceparent bool `yaml:"traceparent,omitempty"`
	// RunsPerTrace is how many runs, one after another, a caller starts in one trace (default 1).
	RunsPerTrace int `yaml:"runs_per_trace,omitempty"`
}

// triggerSchedule is the trigger kind of schedules, which push each run when the one before it starts.
const triggerSchedule = "schedule"

// Schedule says how often a flow runs: at a fixed interval, or at random times with a mean rate. A flow without one
// runs only as another flow's sub-flow.
type Schedule struct {
	Every   time.Duration `yaml:"every,omitempty"`
	Offset  time.Duration `yaml:"offset,omitempty"` // of the first run from the start of the history
	Jitter  time.Duration `yaml:"jitter,omitempty"` // at most this much later than planned
	PerHour float64       `yaml:"per_hour,omitempty"`

	pos position
}

// StandaloneScript is a script that runs by itself, not as a step.
type StandaloneScript struct {
	Script Script `yaml:",inline"`
	// Retry repeats the script when it fails. Each further attempt is a job below the first one, of the same script and
	// without a step.
	Retry *Retry `yaml:"retry,omitempty"`
	// Wrapped makes Windmill run the script as the only step of a flow (job_kind singlestepflow), which does the retries.
	Wrapped bool `yaml:"wrapped,omitempty"`

	pos position
}

// Script is what a worker executes: the part that steps and standalone scripts have in common.
type Script struct {
	Language string `yaml:"language,omitempty"`
	// Tag is the worker tag of the job (default: the language).
	Tag      string   `yaml:"tag,omitempty"`
	Duration *Dist    `yaml:"duration,omitempty"`
	Queue    *Dist    `yaml:"queue,omitempty"` // time until a free worker notices the job
	Fail     *Fail    `yaml:"fail,omitempty"`
	Output   []string `yaml:"output,omitempty"` // lines that the script prints
	Labels   []string `yaml:"labels,omitempty"` // wm_labels of its result

	// Twice makes workers pull some of the jobs a second time.
	Twice *Twice `yaml:"twice,omitempty"`
	// Tasks makes the script a workflow as code.
	Tasks *Tasks `yaml:"tasks,omitempty"`
	// Limit is how many jobs of the script run at a time.
	Limit *Limit `yaml:"limit,omitempty"`
	// Dedicated makes a dedicated worker run the script, which exports no `job` span.
	Dedicated bool `yaml:"dedicated,omitempty"`
	// Launches are the jobs that the script starts by itself.
	Launches *Launches `yaml:"launches,omitempty"`
	// Setup is the time in which the worker gets dependencies or builds before it runs the script. With it, the `job` span
	// has a child span for each process. A Dist of zero is a warm cache: only the script's own process is seen.
	Setup *Dist `yaml:"setup,omitempty"`

	// DeployedAt are the shares of the history (0 to 1) at which a new version of the script at this path is deployed.
	DeployedAt []float64 `yaml:"deployed_at,omitempty"`
	// SlowFrom is the share of the history (0 to 1) from which the script takes SlowFactor times as long: a new version of
	// it (or of its flow, for an inline script) is deployed then.
	SlowFrom   *float64 `yaml:"slow_from,omitempty"`
	SlowFactor float64  `yaml:"slow_factor,omitempty"`
}

// Fail says how often a script fails, and with what.
type Fail struct {
	Probability float64 `yaml:"probability,omitempty"`
	Name        string  `yaml:"name,omitempty"`
	Message     string  `yaml:"message,omitempty"`
	// ByResult is a failure by a `wm_failure` result: the `job` span does not show it, job_postprocessing does.
	ByResult bool `yaml:"by_result,omitempty"`
	// Early is a failure before the script runs, such as an input that cannot be computed: there is no job_postprocessing.
	Early bool `yaml:"early,omitempty"`
	// From is the share of the history (0 to 1) from which the script fails with the probability Then.
	From *float64 `yaml:"from,omitempty"`
	Then float64  `yaml:"then,omitempty"`

	pos position
}

// Limit is a concurrency limit. A job that is pulled while it is reached is queued again for later, which no span
// shows.
type Limit struct {
	Concurrent int           `yaml:"concurrent,omitempty"`
	Pause      time.Duration `yaml:"pause,omitempty"` // until it is tried again

	pos position
}

// Twice says how often a job is pulled again.
type Twice struct {
	// Restarted is the probability that the worker stops in the middle and another one starts over.
	Restarted float64 `yaml:"restarted,omitempty"`
	// LostRace is the probability that a second worker pulls the job while the first still runs it, and finds it
	// completed.
	LostRace float64 `yaml:"lost_race,omitempty"`

	pos position
}

// Tasks are the jobs of a workflow as code: its script is pulled, starts some tasks, is suspended until they have
// ended and is pulled again, for each round.
type Tasks struct {
	Rounds     *Count `yaml:"rounds,omitempty"`
	SideBySide *Count `yaml:"side_by_side,omitempty"`
	// ScriptPath is what the tasks run (default: the workflow's own script).
	ScriptPath string `yaml:"script,omitempty"`
	Script     Script `yaml:",inline"`

	pos position
}

// Cancel says how often a user cancels a run, and how long after it was started.
type Cancel struct {
	Probability float64 `yaml:"probability,omitempty"`
	After       *Dist   `yaml:"after,omitempty"`

	pos position
}

// Agent is an AI agent step: a model answers, and calls a tool with each answer but the last. Duration is that of one
// answer.
type Agent struct {
	Calls    *Count   `yaml:"calls,omitempty"`
	Duration *Dist    `yaml:"duration,omitempty"`
	Tools    []Module `yaml:"tools,omitempty"` // scripts, drawn at random
	// QueuedTools makes tools jobs of the queue, with `job` spans, as newer versions do. Else the agent's worker runs
	// them, and only their job_postprocessing is seen.
	QueuedTools bool `yaml:"queued_tools,omitempty"`

	pos position
}

// Module is one step of a flow. Exactly one of the fields from ScriptPath to Identity is set.
type Module struct {
	ID string `yaml:"id,omitempty"`

	ScriptPath string     `yaml:"script,omitempty"`    // a script by its path
	RawScript  string     `yaml:"rawscript,omitempty"` // an inline script, by its language
	FlowPath   string     `yaml:"flow,omitempty"`      // a sub-flow by its path
	ForLoop    *ForLoop   `yaml:"forloop,omitempty"`
	WhileLoop  *WhileLoop `yaml:"whileloop,omitempty"`
	BranchOne  *BranchOne `yaml:"branchone,omitempty"`
	BranchAll  *BranchAll `yaml:"branchall,omitempty"`
	Agent      *Agent     `yaml:"agent,omitempty"`
	Identity   bool       `yaml:"identity,omitempty"`

	Script Script `yaml:",inline"`

	Retry           *Retry        `yaml:"retry,omitempty"`
	Sleep           time.Duration `yaml:"sleep,omitempty"` // after the step
	Approval        *Approval     `yaml:"approval,omitempty"`
	Skip            float64       `yaml:"skip,omitempty"`      // probability that skip_if holds
	OnlyEach        int           `yaml:"only_each,omitempty"` // in a loop: skipped but in each n-th iteration
	ContinueOnError bool          `yaml:"continue_on_error,omitempty"`

	pos position
}

// Retry repeats a failed step: Attempts more times, Delay apart, each delay Multiplier times the one before.
type Retry struct {
	Attempts   int           `yaml:"attempts,omitempty"`
	Delay      time.Duration `yaml:"delay,omitempty"`
	Multiplier float64       `yaml:"multiplier,omitempty"`

	pos position
}

// Approval suspends the flow after the step, until someone answers or the timeout passes.
type Approval struct {
	Wait    *Dist         `yaml:"wait,omitempty"`
	Refused float64       `yaml:"refused,omitempty"` // probability that the answer is no
	Ignored float64       `yaml:"ignored,omitempty"` // probability that nobody answers
	Timeout time.Duration `yaml:"timeout,omitempty"`

	pos position
}

// ForLoop runs its modules once for each item.
type ForLoop struct {
	Iterations *Count `yaml:"iterations,omitempty"`
	Parallel   bool   `yaml:"parallel,omitempty"`
	// Parallelism is how many iterations of a parallel loop run at a time; the others are parked. 0: all.
	Parallelism  int      `yaml:"parallelism,omitempty"`
	SkipFailures bool     `yaml:"skip_failures,omitempty"`
	Modules      []Module `yaml:"modules,omitempty"`

	pos position
}

// WhileLoop runs its modules until a condition holds: a number of iterations that nobody knows before.
type WhileLoop struct {
	Iterations   *Count   `yaml:"iterations,omitempty"`
	SkipFailures bool     `yaml:"skip_failures,omitempty"`
	Modules      []Module `yaml:"modules,omitempty"`

	pos position
}

// BranchOne runs the first branch whose condition holds, or the default one. Branches are drawn by weight.
type BranchOne struct {
	Default  Branch   `yaml:"default,omitempty"`
	Branches []Branch `yaml:"branches,omitempty"`

	pos position
}

// BranchAll runs every branch.
type BranchAll struct {
	Parallel bool     `yaml:"parallel,omitempty"`
	Branches []Branch `yaml:"branches,omitempty"`

	pos position
}

// Branch is one way through a branching step. Weight counts in a branchone only. SkipFailure counts in a branchall
// only.
type Branch struct {
	Weight      float64  `yaml:"weight,omitempty"`
	SkipFailure bool     `yaml:"skip_failure,omitempty"`
	Modules     []Module `yaml:"modules,omitempty"`

	pos position
}

// Count is a number of iterations: fixed, or uniform between two bounds (both included).
type Count struct {
	Min int `yaml:"min,omitempty"`
	Max int `yaml:"max,omitempty"`

	pos position
}

// isLeaf says whether one job runs the module, with no jobs below it.
func (m *Module) isLeaf() bool {
	return m.ScriptPath != "" || m.RawScript != "" || m.Agent != nil || m.Identity
}

// isSimple says whether a loop over this module alone may run its script directly, without a job for the iteration.
func (m *Module) isSimple() bool {
	return (m.ScriptPath != "" || m.RawScript != "") &&
		m.Retry == nil && m.Sleep == 0 && m.Approval == nil && m.Skip == 0 && m.OnlyEach == 0 && m.Script.Tasks == nil
}
