package windmill

import "strings"

// classify finds out what each job is: container or leaf, kind, and the number that its script path carries.
func classify(members []*Job) {
	for _, j := range members {
		j.Container = isContainer(j)
		j.takeNumber()
		j.Kind = kindOfJob(j)
	}
}

// isContainer: job_kind says so. Where it is missing (older versions), a job with children that names no language is a
// container, and so is one whose script path ends with an iteration or a branch and that names no language.
// A root of which nothing was seen is taken for a flow.
func isContainer(j *Job) bool {
	switch {
	case IsFlowKind(j.JobKind) || j.full != nil || j.empty():
		return true
	case j.JobKind != "":
		return false
	}
	return j.Language == "" && (len(j.Children) > 0 || j.hasSegment)
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
		if j.JobKind == "aiagent" {
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
	case j.JobKind == "aiagent":
		return KindAgent
	case j.Container:
		return containerKind(j)
	case j.Step != "":
		return KindStep
	case j.Parent.JobKind == "aiagent":
		return KindTool
	}
	return KindUnknown
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

// empty says whether no span of the job itself was seen.
func (j *Job) empty() bool { return len(j.pulls) == 0 && len(j.posts) == 0 && j.full == nil }
