package windmill

type fate int

const (
	fateUnknown fate = iota
	fateVisiting
	fateMember // belongs to the run
	fateOther  // belongs to another run that shares a trace with this one
)

// link hangs each job below its parent by job_id and parent_job alone (span parents say nothing) and gives the run's
// jobs, parents always before their children. Rules:
//   - a job whose chain of parents ends at the root belongs to the run;
//   - a job whose parent was not seen hangs below the root, and that is a problem;
//   - a chain that bites its own tail is cut where it was found and hangs below the root, and that is a problem;
//   - a job that names no parent, step or root is a run of its own: it is left out with all that is below it.
func link(root *Job, jobs map[string]*Job, order []*Job, p *problems) []*Job {
	root.fate = fateMember
	var chain []*Job
	for _, j := range order {
		chain = chain[:0]
		result := fateMember
		for cur := j; ; {
			if cur.fate == fateMember || cur.fate == fateOther {
				result = cur.fate
				break
			}
			cur.fate = fateVisiting
			chain = append(chain, cur)
			next, problem := parentOf(cur, root, jobs)
			if next == nil {
				result = fateOther
				p.add(ProblemOtherRun, 1)
				break
			}
			if problem != "" {
				p.add(problem, 1)
			}
			cur.Parent = next
			cur = next
		}
		for _, c := range chain {
			c.fate = result
		}
	}
	for _, j := range order {
		if j != root && j.fate == fateMember {
			j.Parent.Children = append(j.Parent.Children, j)
		}
	}
	return breadthFirst(root, len(order))
}

// parentOf finds the job above a job that is not the root. nil: there is none, it is a run of its own.
func parentOf(j, root *Job, jobs map[string]*Job) (parent *Job, problem ProblemKind) {
	if j.ParentID == "" {
		if j.Step == "" && j.RootJob == "" {
			return nil, ""
		}
		return root, ProblemNoParent
	}
	parent, ok := jobs[j.ParentID]
	switch {
	case !ok:
		return root, ProblemNoParent
	case parent == j || parent.fate == fateVisiting:
		return root, ProblemCycle
	}
	return parent, ""
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
