package simulator

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"time"
)

// Deployment is a new version of a script or flow, and the job that Windmill makes of it (locking its dependencies).
// Such a job has the script_path of what was deployed, and is no run of it.
type Deployment struct {
	JobID      string    `json:"job_id"`
	JobKind    string    `json:"job_kind"`
	Workspace  string    `json:"workspace"`
	ScriptPath string    `json:"script_path"`
	Time       time.Time `json:"time"`
	// ScriptHash is the new version of a script; flows have none in telemetry.
	ScriptHash *string `json:"script_hash"`
}

// dependencyTag is the worker tag of jobs that lock dependencies.
const dependencyTag = "dependency"

// dependencyRun is how long that takes.
var dependencyRun = Dist{P50: 2500 * time.Millisecond, P95: 8 * time.Second}

// versions count the deployments of each script since the start of the simulation.
type versions map[string]int

// hash stands for the deployed version of a script: 16 hex digits, as Windmill writes them.
func (v versions) hash(workspace, path string) string {
	h := fnv.New64a()
	key := path
	if n := v[flowKey(workspace, path)]; n > 0 {
		key = fmt.Sprintf("%s version %d", path, n)
	}
	_, _ = h.Write([]byte(key)) // never fails
	return fmt.Sprintf("%016x", h.Sum64())
}

// deployable is what can be deployed.
type deployable struct {
	workspace, path, language, createdBy string
	script                               bool
}

// planDeployments plans all deployments of the history. A script that becomes slow does so with a new version.
func (s *Simulator) planDeployments() error {
	shares := map[deployable]map[float64]bool{}
	add := func(what deployable, list ...float64) {
		if shares[what] == nil {
			shares[what] = map[float64]bool{}
		}
		for _, share := range list {
			shares[what][share] = true
		}
	}
	for i := range s.options.Flows {
		flow := &s.options.Flows[i]
		of := deployable{workspace: flow.Workspace, path: flow.Path, createdBy: flow.CreatedBy}
		add(of, flow.DeployedAt...)
		eachScript(flow, func(script *Script, path string) {
			what := of
			if path != "" {
				what = deployable{flow.Workspace, path, script.Language, flow.CreatedBy, true}
			}
			add(what, script.DeployedAt...)
			if script.SlowFrom != nil && *script.SlowFrom > 0 {
				add(what, *script.SlowFrom)
			}
		})
	}
	for _, what := range slices.SortedFunc(maps.Keys(shares), func(a, b deployable) int { return strings.Compare(a.key(), b.key()) }) {
		for _, share := range slices.Sorted(maps.Keys(shares[what])) {
			if !s.pool.serves(dependencyTag) {
				return fmt.Errorf("deployments of %s need a worker for tag %q, and no group of workers has it; add it to %s",
					what.path, dependencyTag, workersFile)
			}
			at := s.options.Start.Add(time.Duration(share * float64(s.options.History)))
			s.clock.at(at, func() { s.deploy(what, share) })
		}
	}
	return nil
}

func (d deployable) key() string {
	return d.workspace + " " + d.path + " " + d.language + " " + d.createdBy
}

// deploy puts a new version in place, and pushes the job for its dependencies.
func (s *Simulator) deploy(what deployable, share float64) {
	flow := &Flow{Path: what.path, Workspace: what.workspace, CreatedBy: what.createdBy}
	r := &run{
		flow: flow, versions: s.versions, version: &s.options.Version,
		random: s.random(fmt.Sprintf("deployment of %s at %g", what.key(), share)),
	}
	j := &job{run: r, role: roleStep, kind: "flowdependencies", scriptPath: what.path, tag: dependencyTag, waitKind: waitQueue}
	j.script = &Script{Tag: dependencyTag, Duration: &dependencyRun}
	if what.script {
		s.versions[flowKey(what.workspace, what.path)]++
		j.runByPath(what.path)
		j.kind, j.language = "dependencies", what.language
	}
	r.deployment = &Deployment{
		JobKind: j.kind, Workspace: what.workspace, ScriptPath: what.path, Time: s.clock.now, ScriptHash: text(j.scriptHash),
	}
	s.push(j, &transition{at: s.clock.now})
	r.deployment.JobID = j.id.String()
}

// eachScript calls visit for every script of a flow, with its path; inline scripts have none. Agents count as scripts.
func eachScript(flow *Flow, visit func(script *Script, path string)) {
	one := func(script *Script, path string) {
		visit(script, path)
		if t := script.Tasks; t != nil {
			visit(&t.Script, orElse(t.ScriptPath, path))
		}
		if l := script.Launches; l != nil && l.Path != "" {
			visit(&l.Script, l.Path)
		}
	}
	for i := range flow.Handlers {
		if h := &flow.Handlers[i]; h.Path != "" {
			one(&h.Script, h.Path)
		}
	}
	if flow.Script != nil {
		one(&flow.Script.Script, flow.Path)
	}
	module := func(m *Module) {
		if m.Script.Duration != nil {
			one(&m.Script, m.ScriptPath)
		}
		if m.Agent != nil {
			for i := range m.Agent.Tools {
				one(&m.Agent.Tools[i].Script, m.Agent.Tools[i].ScriptPath)
			}
		}
	}
	for _, m := range []*Module{flow.Preprocessor, flow.FailureModule} {
		if m != nil {
			module(m)
		}
	}
	eachModule(flow.Modules, module)
}
