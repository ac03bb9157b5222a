package simulator

import "time"

// Flow is one thing that runs: a flow with modules, or a script that stands alone.
type Flow struct {
	Path      string `yaml:"path"`
	Workspace string `yaml:"workspace"`
	CreatedBy string `yaml:"created_by"`
	// Tag is the worker tag of the flow's own jobs (default "flow").
	Tag string `yaml:"tag"`
	// Preview makes a test run of a flow that is not deployed: other job kinds, and loops keep their containers.
	Preview  bool      `yaml:"preview"`
	Trigger  Trigger   `yaml:"trigger"`
	Schedule *Schedule `yaml:"schedule"`

	Preprocessor  *Module  `yaml:"preprocessor"`
	Modules       []Module `yaml:"modules"`
	FailureModule *Module  `yaml:"failure_module"`

	// Script makes this a standalone script in place of a flow.
	Script *StandaloneScript `yaml:"script"`

	pos position
}

// Trigger says what started a run, as Windmill's trigger_kind and trigger attributes do. Empty is a run from the UI.
type Trigger struct {
	Kind string `yaml:"kind"`
	Path string `yaml:"path"`
	// Traceparent makes the caller send a W3C trace context: the `job` spans then move into the caller's trace.
	Traceparent bool `yaml:"traceparent"`
}

// triggerSchedule is the trigger kind of schedules, which push each run when the one before it starts.
const triggerSchedule = "schedule"

// Schedule says how often a flow runs: at a fixed interval, or at random times with a mean rate. A flow without one
// runs only as another flow's sub-flow.
type Schedule struct {
	Every   time.Duration `yaml:"every"`
	Offset  time.Duration `yaml:"offset"` // of the first run from the start of the history
	Jitter  time.Duration `yaml:"jitter"` // at most this much later than planned
	PerHour float64       `yaml:"per_hour"`

	pos position
}

// StandaloneScript is a script that runs by itself, not as a step.
type StandaloneScript struct {
	Script Script `yaml:",inline"`

	pos position
}

// Script is what a worker executes: the part that steps and standalone scripts have in common.
type Script struct {
	Language string `yaml:"language"`
	// Tag is the worker tag of the job (default: the language).
	Tag      string   `yaml:"tag"`
	Duration *Dist    `yaml:"duration"`
	Queue    *Dist    `yaml:"queue"` // time until a free worker notices the job
	Fail     *Fail    `yaml:"fail"`
	Output   []string `yaml:"output"` // lines that the script prints
	Labels   []string `yaml:"labels"` // wm_labels of its result

	// SlowFrom is the share of the history (0 to 1) from which the script takes SlowFactor times as long.
	SlowFrom   *float64 `yaml:"slow_from"`
	SlowFactor float64  `yaml:"slow_factor"`
}

// Fail says how often a script fails, and with what.
type Fail struct {
	Probability float64 `yaml:"probability"`
	Name        string  `yaml:"name"`
	Message     string  `yaml:"message"`
	// ByResult is a failure by a `wm_failure` result: the `job` span does not show it, job_postprocessing does.
	ByResult bool `yaml:"by_result"`

	pos position
}

// Module is one step of a flow. Exactly one of the fields from ScriptPath to Identity is set.
type Module struct {
	ID string `yaml:"id"`

	ScriptPath string     `yaml:"script"`    // a script by its path
	RawScript  string     `yaml:"rawscript"` // an inline script, by its language
	FlowPath   string     `yaml:"flow"`      // a sub-flow by its path
	ForLoop    *ForLoop   `yaml:"forloop"`
	WhileLoop  *WhileLoop `yaml:"whileloop"`
	BranchOne  *BranchOne `yaml:"branchone"`
	BranchAll  *BranchAll `yaml:"branchall"`
	Identity   bool       `yaml:"identity"`

	Script Script `yaml:",inline"`

	Retry           *Retry        `yaml:"retry"`
	Sleep           time.Duration `yaml:"sleep"` // after the step
	Approval        *Approval     `yaml:"approval"`
	Skip            float64       `yaml:"skip"` // probability that skip_if holds
	OnlyEach        int           `yaml:"only_each"` // in a loop: skipped but in each n-th iteration
	ContinueOnError bool          `yaml:"continue_on_error"`
	Recover         bool          `yaml:"recover"` // a failure module only: the flow succeeds when the module does

	pos position
}

// Retry repeats a failed step: Attempts more times, Delay apart, each delay Multiplier times the one before.
type Retry struct {
	Attempts   int           `yaml:"attempts"`
	Delay      time.Duration `yaml:"delay"`
	Multiplier float64       `yaml:"multiplier"`

	pos position
}

// Approval suspends the flow after the step, until someone answers or the timeout passes.
type Approval struct {
	Wait    *Dist         `yaml:"wait"`
	Refused float64       `yaml:"refused"` // probability that the answer is no
	Ignored float64       `yaml:"ignored"` // probability that nobody answers
	Timeout time.Duration `yaml:"timeout"`

	pos position
}

// ForLoop runs its modules once for each item.
type ForLoop struct {
	Iterations   *Count   `yaml:"iterations"`
	Parallel     bool     `yaml:"parallel"`
	SkipFailures bool     `yaml:"skip_failures"`
	Modules      []Module `yaml:"modules"`

	pos position
}

// WhileLoop runs its modules until a condition holds: a number of iterations that nobody knows before.
type WhileLoop struct {
	Iterations   *Count   `yaml:"iterations"`
	SkipFailures bool     `yaml:"skip_failures"`
	Modules      []Module `yaml:"modules"`

	pos position
}

// BranchOne runs the first branch whose condition holds, or the default one. Branches are drawn by weight.
type BranchOne struct {
	Default  Branch   `yaml:"default"`
	Branches []Branch `yaml:"branches"`

	pos position
}

// BranchAll runs every branch.
type BranchAll struct {
	Parallel bool     `yaml:"parallel"`
	Branches []Branch `yaml:"branches"`

	pos position
}

// Branch is one way through a branching step. Weight counts in a branchone only. SkipFailure counts in a branchall only.
type Branch struct {
	Weight      float64  `yaml:"weight"`
	SkipFailure bool     `yaml:"skip_failure"`
	Modules     []Module `yaml:"modules"`

	pos position
}

// Count is a number of iterations: fixed, or uniform between two bounds (both included).
type Count struct {
	Min int `yaml:"min"`
	Max int `yaml:"max"`

	pos position
}

// isLeaf says whether one job runs the module, with no jobs below it.
func (m *Module) isLeaf() bool {
	return m.ScriptPath != "" || m.RawScript != "" || m.Identity
}

// isSimple says whether a loop over this module alone may run its script directly, without a job for the iteration.
func (m *Module) isSimple() bool {
	return (m.ScriptPath != "" || m.RawScript != "") &&
		m.Retry == nil && m.Sleep == 0 && m.Approval == nil && m.Skip == 0 && m.OnlyEach == 0
}
