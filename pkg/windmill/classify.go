package windmill

import (
	"strings"
)

// classify finds out what each job is: container or leaf, kind, and the number that its script path carries.
func classify(members []*Job) {
	for _, j := range members {
		j.Container = isContainer(j)
		j.segment, j.hasSegment = LastSegment(j.ScriptPath)
		j.takeNumber()
		j.Kind = kindOfJob(j)
	}
}

// isContainer: job_kind says so. Where it is missing (older versions), a container is what has no result handling of
// its own, names no language, and is the run itself, has children or names a path (an identity without job_kind
// names none). A job without spans is a container when there are jobs below it, and so is a root of which nothing
// was seen.
func isContainer(j *Job) bool {
	switch {
	case IsFlowKind(j.JobKind) || j.full != nil:
		return true
	case j.JobKind != "":
		return false
	case len(j.posts) > 0 || j.Language != "":
		return false
	}
	return j.Parent == nil || len(j.Children) > 0 || j.ScriptPath != ""
}

// takeNumber reads the iteration or branch from the end of the script path. A leaf can carry one too: a loop whose
// only step is a plain inline script runs it directly. A script by path is free to be named like an iteration.
func (j *Job) takeNumber() {
	if !j.hasSegment || j.Parent == nil || j.JobKind == "script" || j.JobKind == "script_hub" || j.JobKind == "flow" {
		return
	}
	if j.segment.Loop() {
		j.Iteration = keep(&j.own.iteration, j.segment.Number)
	} else {
		j.Branch = keep(&j.own.branch, j.segment.Number)
	}
	j.numbered = true
}

func kindOfJob(j *Job) Kind {
	if j.Parent == nil {
		if j.Container {
			return KindFlow
		}
		if isAgent(j) {
			return KindAgent
		}
		return KindStep
	}
	switch {
	case j.Step == "failure" || strings.HasPrefix(j.Step, "failure-"):
		return KindFailure
	case j.Step == "preprocessor":
		return KindPreprocessor
	case j.JobKind == "identity":
		return KindIdentity
	case isAgent(j):
		return KindAgent
	case j.Step != "" && !j.Container:
		return KindStep
	case j.Step == "" && (isAgent(j.Parent) || toolID(j.ScriptPath) != ""):
		return KindTool
	case j.Step == "" && j.Parent.Leaf():
		return KindLaunched
	case j.Container:
		return containerKind(j)
	}
	return KindUnknown
}

// isAgent: job_kind says so; where it is missing, a tool below the job does.
func isAgent(j *Job) bool {
	if j.JobKind != "" || j.Container || j.Language != "" {
		return j.JobKind == "aiagent"
	}
	for _, c := range j.Children {
		if c.Step == "" && toolID(c.ScriptPath) != "" {
			return true
		}
	}
	return false
}

func containerKind(j *Job) Kind {
	switch {
	case j.Iteration != nil:
		return KindIteration
	case j.Branch != nil:
		return KindBranch
	}
	return KindSubflow
}
