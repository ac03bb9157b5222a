package windmill

import (
	"slices"
	"strings"
	"time"
)

// runProcesses are the processes that run a script, setupProcesses begin the names of those that prepare it: they get
// dependencies or build. A worker names the span of a process after its command.
var (
	runProcesses = []string{
		"python run", "bun run", "deno run", "bash run", "go run", "powershell run", "rust run", "php run", "java run", "java", "ruby run", "ruby",
		"csharp run", "dotnet run", "nu run", "ansible-playbook run",
	}
	setupProcesses = []string{
		"uv", "pip", "bun install", "bun build", "deno cache", "go build", "go mod", "rust build", "cargo", "composer install",
		"bundle", "dotnet publish", "git clone", "npm install", "java build", "coursier", "ansible-galaxy",
	}
)

// IsProcess says whether a span is one of a process that a worker started for a job: it carries no tags, and its
// parent is the very span of the pull. Its status says nothing of the job.
func IsProcess(s Span) bool {
	return s.JobID == "" && s.ParentID != "" && (isRun(s.Name) || isSetup(s.Name))
}

func isRun(name string) bool { return slices.Contains(runProcesses, name) }

func isSetup(name string) bool {
	return slices.ContainsFunc(setupProcesses, func(p string) bool {
		return strings.HasPrefix(name, p) && (len(name) == len(p) || name[len(p)] == ' ')
	})
}

type spanRef struct{ trace, span string }

// attachProcesses gives jobs the time that processes took to prepare their scripts and to run them. A job whose
// script ran in a process, and that had none before it, was prepared in no time; one without any process tells nothing.
func (g *gathered) attachProcesses() {
	if len(g.processes) == 0 {
		return
	}
	pulls := map[spanRef]*Job{}
	for _, j := range g.list {
		for _, s := range j.spans {
			if kindOf(s) == jobSpan && (!lostARace(s) || j.failedIn(s)) {
				pulls[spanRef{s.TraceID, s.SpanID}] = j
			}
		}
	}
	slices.SortFunc(g.processes, compareSpans)
	for i, s := range g.processes {
		j := pulls[spanRef{s.TraceID, s.ParentID}]
		if j != nil && (i == 0 || !sameSpan(g.processes[i-1], s)) {
			j.processes = append(j.processes, s)
		}
	}
	for _, j := range pulls {
		j.splitWork()
	}
}

// splitWork tells set-up from work by a job's processes.
func (j *Job) splitWork() {
	if len(j.processes) == 0 {
		return
	}
	var setup, run []interval
	for _, s := range j.processes {
		if isRun(s.Name) {
			run = append(run, interval{s.Start, s.End()})
		} else {
			setup = append(setup, interval{s.Start, s.End()})
		}
	}
	prepared := covered(setup)
	j.Setup = &prepared
	if len(run) > 0 {
		work := covered(run)
		j.Work = &work
	}
}

// covered is how long at least one of the intervals lasted.
func covered(list []interval) (total time.Duration) {
	slices.SortFunc(list, func(a, b interval) int { return a.start.Compare(b.start) })
	var end time.Time
	for _, i := range list {
		if from := later(i.start, end); i.end.After(from) {
			total += i.end.Sub(from)
			end = i.end
		}
	}
	return total
}
