package windmill

import "slices"

// handlerNames are who created a job that Windmill starts when a run is over: the error handlers of a workspace, a
// schedule and an instance, the success handler of a workspace, and the handler of a schedule that recovered.
var handlerNames = []string{
	"error_handler", "schedule_error_handler", "global", "success_handler", "schedule_recovery_handler",
}

// isHandler says whether a job below a run is one that Windmill started because the run was over. It names no step.
// The error handler of a trigger is none: it is the failure module of a flow of one step.
func isHandler(j *Job) bool {
	return j.Parent != nil && j.Step == "" && slices.Contains(handlerNames, j.CreatedBy)
}

// detachHandlers takes the handlers, with all that is below them, out of the tree. They begin when the run is over, so
// they count in none of its figures.
func detachHandlers(root *Job, members []*Job) (handlers, rest []*Job) {
	for _, j := range members {
		if isHandler(j) {
			handlers = append(handlers, j)
		}
	}
	if len(handlers) == 0 {
		return nil, members
	}
	for _, h := range handlers {
		h.Parent.Children = slices.DeleteFunc(h.Parent.Children, func(c *Job) bool { return c == h })
	}
	return handlers, breadthFirst(root, len(members))
}

// handlerJobs puts each handler together like a run of its own, and gives all their jobs in tree order. They hang below
// the job whose end they handle, but are none of its children.
func handlerJobs(handlers []*Job, e Evidence, p *problems) (jobs []*Job) {
	slices.SortFunc(handlers, byTime)
	for _, h := range handlers {
		parent := h.Parent
		h.Parent, h.Depth = nil, 0
		classify([]*Job{h}) // what it is by itself
		h.unwaited = true
		own := assemble(h, breadthFirst(h, 1), e, p)
		for _, j := range own.Jobs {
			j.Depth += parent.Depth + 1
			j.Contribution, j.Critical = nil, nil
		}
		h.Parent, h.Kind = parent, KindHandler
		h.Path = joinPath(parent.Path, h.CreatedBy)
		namePaths(own.Jobs[1:])
		jobs = append(jobs, own.Jobs...)
	}
	return jobs
}

func joinPath(above, name string) string {
	if above == "" {
		return name
	}
	return above + "/" + name
}
