package windmill

import (
	"strings"
)

type membership int

const (
	unresolved membership = iota
	resolving
	member   // belongs to the run
	outsider // belongs to another run that shares a trace with this one, or is no work of a run
)

// linker hangs each job below its parent by job_id and parent_job alone (span parents say nothing).
type linker struct {
	root   *Job
	jobs   map[string]*Job
	shared map[string]bool // traces in which there are other runs too
	p      *problems
}

// link gives the run's jobs, parents always before their children. Rules:
//   - a job whose chain of parents ends at the root belongs to the run;
//   - a job whose parent was not seen hangs below its innermost root if that is known (it is above it for sure), else
//     below the run, and that is a problem; in a trace that other runs share, it may be one of theirs and is left out;
//   - a chain that names itself is cut above its smallest id and hangs below the root, and that is a problem;
//   - a job that names no parent, step or root is a run of its own: it is left out with all that is below it;
//   - so is what Windmill does for itself, such as locking dependencies.
func link(root *Job, g *gathered, p *problems) []*Job {
	root.membership = member
	l := &linker{root: root, jobs: g.jobs, shared: sharedTraces(root, g.list), p: p}
	var chain []*Job
	for _, j := range g.list {
		chain = l.resolve(j, chain[:0])
	}
	hang(root, g.list)
	return breadthFirst(root, len(g.list))
}

// hang puts each member below its parent. All lists of children are parts of one, cut to their lengths.
func hang(root *Job, list []*Job) {
	total := 0
	for _, j := range list {
		if j != root && j.membership == member {
			j.Parent.childCount++
			total++
		}
	}
	all := make([]*Job, total)
	for _, j := range list {
		if j == root || j.membership != member {
			continue
		}
		p := j.Parent
		if p.Children == nil {
			p.Children, all = all[:0:p.childCount], all[p.childCount:]
		}
		p.Children = append(p.Children, j)
	}
}

// resolve finds the parents of a job and of all above it, up to what is known already. chain is memory to use.
func (l *linker) resolve(j *Job, chain []*Job) []*Job {
	cur := j
	for cur.membership == unresolved {
		cur.membership = resolving
		chain = append(chain, cur)
		parent, problem := l.parentOf(cur)
		if problem != "" {
			l.p.add(problem, 1)
		}
		if parent == nil {
			cur.membership = outsider
			break
		}
		cur.Parent = parent
		cur = parent
	}
	if cur.membership == resolving {
		l.cut(cur)
		cur = l.root
	}
	for _, c := range chain {
		c.membership = cur.membership
	}
	return chain
}

// cut opens a cycle of parents above its smallest id, wherever it was entered.
func (l *linker) cut(at *Job) {
	smallest := at
	for c := at.Parent; c != at; c = c.Parent {
		if c.ID < smallest.ID {
			smallest = c
		}
	}
	smallest.Parent = l.root
	l.p.add(ProblemCycle, 1)
}

// parentOf finds the job above a job that is not the root. nil: it does not belong to this run.
func (l *linker) parentOf(j *Job) (parent *Job, problem ProblemKind) {
	fromLogs := len(j.spans) == 0 // log lines of other runs are no news
	switch {
	case isOwnWork(j.JobKind) || IsWorkersOwn(j.Tag):
		return nil, ProblemOwnWork
	case j.ParentID == "" && j.Step == "" && j.RootJob == "":
		if fromLogs {
			return nil, ""
		}
		return nil, ProblemOtherRun
	}
	if parent := l.jobs[j.ParentID]; parent != nil {
		return parent, ""
	}
	if root := l.jobs[j.RootJob]; root != nil && root != j {
		return root, ProblemNoParent
	}
	switch {
	case fromLogs:
		return nil, ""
	case l.shared[j.spans[0].TraceID]:
		return nil, ProblemStray
	}
	return l.root, ProblemNoParent
}

// isOwnWork says whether a job below a run is none of its steps: locking dependencies when something was deployed.
func isOwnWork(jobKind string) bool {
	return jobKind != "noop" && !strings.HasPrefix(jobKind, "unassigned_") && !IsUserKind(jobKind)
}

// sharedTraces are the traces in which the tops of other runs are.
func sharedTraces(root *Job, list []*Job) map[string]bool {
	var shared map[string]bool
	for _, j := range list {
		if j == root || j.ParentID != "" || j.Step != "" || j.RootJob != "" || isOwnWork(j.JobKind) || IsWorkersOwn(j.Tag) {
			continue
		}
		if shared == nil {
			shared = map[string]bool{}
		}
		for _, s := range j.spans {
			shared[s.TraceID] = true
		}
	}
	return shared
}

func breadthFirst(root *Job, capacity int) []*Job {
	members := make([]*Job, 0, capacity)
	members = append(members, root)
	for i := 0; i < len(members); i++ {
		for _, c := range members[i].Children {
			c.Depth = members[i].Depth + 1
			members = append(members, c)
		}
	}
	return members
}
