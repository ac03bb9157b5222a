package tracemetrics

import (
	"regexp"
	"slices"
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
)

const (
	workspaceAttr = "span.workspace_id"
	stepAttr      = "span.flow_step_id"
	pathAttr      = "span.script_path"
)

// inContainer matches what a loop or a branch adds to a script path.
const inContainer = "(/(forloop|loop|branchone|branchall)-[0-9]+.*)?"

// mostKeys bounds the condition of one query.
const mostKeys = 100

// stepGroup is a set of keys that one query tells apart: steps by workspace and step id alone, because a script path
// carries the numbers of iterations, and by it a loop would make thousands of series; flows and scripts by workspace
// and path.
type stepGroup struct {
	whole   bool // flows or scripts
	scripts bool
	keys    map[string]spanmetrics.Key // by what tells them apart
}

// groups puts keys into as few groups as possible. A run's steps are one, as a rule: ids are unique within a flow.
func groups(keys []spanmetrics.Key) []stepGroup {
	var out []stepGroup
	for _, k := range keys {
		name, whole := k.Workspace+"\x00"+k.Step, k.Step == ""
		if whole {
			name = k.Workspace + "\x00" + k.StepPath
		}
		placed := false
		for _, g := range out {
			other, taken := g.keys[name]
			if placed = g.whole == whole && g.scripts == k.Script && (other == k || !taken && len(g.keys) < mostKeys); placed {
				g.keys[name] = k
				break
			}
		}
		if !placed {
			out = append(out, stepGroup{whole, k.Script, map[string]spanmetrics.Key{name: k}})
		}
	}
	return out
}

func (g stepGroup) labels() []string {
	if g.whole {
		return []string{workspaceAttr, pathAttr}
	}
	return []string{workspaceAttr, stepAttr}
}

// key finds the key of a series.
func (g stepGroup) key(labels map[string]string) (spanmetrics.Key, bool) {
	last := stepAttr
	if g.whole {
		last = pathAttr
	}
	k, ok := g.keys[labels[workspaceAttr]+"\x00"+labels[last]]
	return k, ok
}

// Names of the spans of a step's execution, and of the handling of its result.
const (
	executionName = "job( .+)?"
	resultName    = "job_postprocessing .+"
)

// notFlow leaves out the pulls of flows, of what locks dependencies and the like. Tempo finds no span without a kind
// by it, so that there is nothing for older versions of Windmill.
const notFlow = `span.job_kind !~ "flow|flowpreview|singlestepflow|flownode|dependencies|flowdependencies|appdependencies|noop|deploymentcallback"`

// condition selects the spans of the keys, and of no other. name is the regular expression of the spans of steps.
func (g stepGroup) condition(name string) string {
	var workspaces, paths []string
	steps := map[string][]string{} // by path
	for _, k := range g.keys {
		workspaces = append(workspaces, k.Workspace)
		paths = append(paths, k.StepPath)
		steps[k.StepPath] = append(steps[k.StepPath], k.Step)
	}
	workspace := tempo.AnyOf(workspaceAttr, workspaces)
	if g.scripts {
		return `name = "job" && ` + workspace + " && " + tempo.AnyOf(pathAttr, paths) + " && " + notFlow
	}
	if g.whole {
		return `name = "full_job" && ` + workspace + " && " + tempo.AnyOf(pathAttr, paths)
	}
	slices.Sort(paths)
	var each []string
	for _, p := range slices.Compact(paths) {
		path := pathAttr + " =~ " + tempo.Quote(regexp.QuoteMeta(p)+inContainer)
		each = append(each, "("+tempo.AnyOf(stepAttr, steps[p])+" && "+path+")")
	}
	return "name =~ " + tempo.Quote(name) + " && " + workspace + " && (" + strings.Join(each, " || ") + ")"
}
