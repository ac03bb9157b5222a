package spanmetrics

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
)

// container matches what a loop or a branch adds to a script_path: "/forloop-17/c".
const container = `/(?:forloop|loop|branchone|branchall)-[0-9]+.*`

// notLeaf are the kinds of jobs whose `job` span is not the execution of a step: containers, whose span ends
// when their first step is pushed, and what Windmill does on deployment.
const notLeaf = labelJobKind + `!~"flow|flowpreview|singlestepflow|flownode|dependencies|flowdependencies|appdependencies|noop|deploymentcallback"`

// Spans of a step's execution, and of the handling of its result.
const (
	executionSpans = labelSpanName + `=~"job( .+)?"`
	resultSpans    = labelSpanName + `=~"job_postprocessing .+"`
)

// chunkBytes is how much text of keys goes into the matchers of one query: thousands of steps.
const chunkBytes = 64 << 10

// dims are the labels that tell steps apart in the series at hand.
type dims struct{ shape Shape }

// byName says that a step's path is not in the series: its name stands for every flow's step of that name.
func (d dims) byName() bool { return d.shape.StepLabel == "" }

func (d dims) source() Source {
	switch {
	case !d.shape.Exists, !d.shape.Windmill:
		return SourceNone
	case d.byName():
		return SourceByName
	default:
		return SourceSpanMetrics
	}
}

// raw says that paths carry the numbers of iterations.
func (d dims) raw() bool { return d.shape.StepLabel == labelScriptPath }

// stepLabel names the step: flow_step_id, else the span's name `job <step>`.
func (d dims) stepLabel() string {
	if d.shape.Has(labelStep) {
		return labelStep
	}
	return labelSpanName
}

// subject is what figures are of.
type subject int

const (
	ofSteps   subject = iota // executions of steps
	ofFlows                  // whole flows
	ofScripts                // scripts that ran by themselves
)

// groups are the labels to aggregate by.
func (d dims) groups(of subject) []string {
	var by []string
	if d.shape.Has(labelWorkspace) {
		by = append(by, labelWorkspace)
	}
	if !d.byName() {
		by = append(by, labelStepPath) // folded from script_path if need be
	}
	if of == ofSteps {
		by = append(by, d.stepLabel())
	}
	return by
}

// reduce leaves of a key what the series can tell.
func (d dims) reduce(k Key) Key {
	if !d.shape.Has(labelWorkspace) {
		k.Workspace = ""
	}
	if d.byName() {
		k.StepPath = ""
	}
	return k
}

// keyOf reads the key of a series that was aggregated by groups.
func (d dims) keyOf(m model.Metric) Key {
	k := Key{Workspace: string(m[labelWorkspace]), StepPath: string(m[labelStepPath])}
	if step, ok := m[labelStep]; ok {
		k.Step = string(step)
	} else {
		k.Step = strings.TrimPrefix(string(m[labelSpanName]), "job ")
	}
	return k
}

// fold gives series with a raw script_path the label step_path: the path up to the first loop or branch. The
// raw label stays until the aggregation, so that no two series become equal.
func (d dims) fold(expr string) string {
	if !d.raw() {
		return expr
	}
	return "label_replace(" + expr + `, "step_path", "$1", "script_path", ` + QuoteLabelValue("(.*?)(?:"+container+")?") + ")"
}

// pathMatcher selects the series of the paths and of everything in their loops and branches.
func (d dims) pathMatcher(paths []string) string {
	switch {
	case d.byName() || len(paths) == 0:
		return ""
	case d.raw():
		return anyOf(labelScriptPath, paths, "(?:"+container+")?")
	default:
		return AnyOf(labelStepPath, paths)
	}
}

func (d dims) stepMatcher(steps []string) string {
	switch {
	case len(steps) == 0:
		return ""
	case d.stepLabel() == labelStep:
		return AnyOf(labelStep, steps)
	}
	names := make([]string, len(steps))
	for i, s := range steps {
		names[i] = "job " + s
	}
	return AnyOf(labelSpanName, names)
}

// base are the matchers that leave nothing but what figures are of. Only the `job` spans of steps carry a step in
// their name.
func (d dims) base(of subject) []string {
	var m []string
	switch {
	case of == ofFlows:
		return []string{labelSpanName + `="full_job"`}
	case of == ofScripts:
		m = []string{labelSpanName + `="job"`}
	case d.stepLabel() == labelStep:
		m = []string{executionSpans, labelStep + `!=""`}
	default:
		m = []string{labelSpanName + `=~"job .+"`}
	}
	if d.shape.Has(labelJobKind) {
		m = append(m, notLeaf)
	}
	return m
}

// keyMatchers select the series of keys, and of some others: all combinations of their parts.
func (d dims) keyMatchers(keys []Key, of subject) []string {
	var workspaces, paths, steps []string
	for _, k := range keys {
		workspaces = append(workspaces, k.Workspace)
		paths = append(paths, k.StepPath)
		steps = append(steps, k.Step)
	}
	var m []string
	if d.shape.Has(labelWorkspace) {
		m = append(m, AnyOf(labelWorkspace, workspaces))
	}
	m = append(m, d.pathMatcher(paths))
	if of == ofSteps {
		m = append(m, d.stepMatcher(steps))
	}
	return m
}

// chunks splits keys into parts whose matchers have a bearable length. Equal keys are taken once.
func (d dims) chunks(keys []Key) [][]Key {
	seen := map[Key]bool{}
	var out [][]Key
	var part []Key
	size := 0
	for _, k := range keys {
		k = d.reduce(k)
		if seen[k] {
			continue
		}
		seen[k] = true
		n := len(regexp.QuoteMeta(k.StepPath)) + len(regexp.QuoteMeta(k.Step)) + len(k.Workspace)
		if len(part) > 0 && size+n > chunkBytes {
			out, part, size = append(out, part), nil, 0
		}
		part, size = append(part, k), size+n
	}
	if len(part) > 0 {
		out = append(out, part)
	}
	return out
}

// subject is what the figures of a key are of.
func (k Key) subject() subject {
	switch {
	case k.Step != "":
		return ofSteps
	case k.Script:
		return ofScripts
	}
	return ofFlows
}

// keysOf are those of the keys whose figures are of that.
func keysOf(of subject, keys []Key) (list []Key) {
	for _, k := range keys {
		if k.subject() == of {
			list = append(list, k)
		}
	}
	return list
}

// reduced is the set of keys as the series can tell them.
func (d dims) reduced(keys []Key) map[Key]bool {
	set := map[Key]bool{}
	for _, k := range keys {
		set[d.reduce(k)] = true
	}
	return set
}

// notices say what the labels at hand cannot tell.
func (d dims) notices(a *asked) {
	switch {
	case !d.shape.Exists:
		a.notice("There are no span metrics in Prometheus for this time, so it is not known what steps usually take: Save & test of the data source says what to configure.")
		return
	case !d.shape.Windmill:
		a.notice("The span metrics in Prometheus hold no spans of Windmill for this time, so it is not known what steps usually take.")
		return
	case d.byName():
		a.notice("The span metrics carry no path of the step (step_path or script_path): figures are by span name alone and mix every flow's step of that name, and there are none of whole flows. Save & test of the data source says what to configure.")
	case !d.shape.Has(labelWorkspace):
		a.notice("The span metrics carry no workspace_id: figures are over all workspaces.")
	}
	if d.shape.Histogram == HistogramNone {
		a.notice("The span metrics have no latency histogram (traces_spanmetrics_latency), so there are no quantiles.")
	}
}

// noticeContainers says that containers cannot be told from steps. Statistics show them, baselines are never asked
// of them.
func (d dims) noticeContainers(a *asked) {
	if d.shape.Exists && d.shape.Windmill && !d.shape.Has(labelJobKind) {
		a.notice("The span metrics carry no job_kind: loops, branches and sub-flows appear as steps, with the time it took to start them.")
	}
}

// Compare orders keys by workspace, path and step.
func (k Key) Compare(o Key) int {
	if c := slices.Compare([]string{k.Workspace, k.StepPath, k.Step}, []string{o.Workspace, o.StepPath, o.Step}); c != 0 {
		return c
	}
	return cmp.Compare(k.subject(), o.subject())
}
