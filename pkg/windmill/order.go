package windmill

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// causalOrder orders jobs whose times were taken by clocks that disagree, where they can't be ordered by time. A flow
// pushes its next job in the transition of the job that ended before, and the id of the next job has its time from the
// very clock that timed that transition. So the one came after the other, and has the next higher order. Jobs of one
// push have the same. Without skew all have the order 0, and times decide.
func causalOrder(members []*Job, p *problems) {
	if p.skewed == 0 {
		return
	}
	windows, longest := pushWindows(members)
	for _, j := range members {
		if j.Parent != nil && !j.Created.IsZero() {
			j.findCause(windows, longest)
		}
	}
	var chain []*Job
	for _, j := range members {
		chain = j.numberCauses(chain[:0])
	}
}

// numbering marks a job whose order is being found.
const numbering = -1

// numberCauses gives a job and all that came before it their orders. chain is memory to use. Causes that lead in a
// circle come from times that happen to fit, and are none.
func (j *Job) numberCauses(chain []*Job) []*Job {
	for ; j.cause != nil && j.order == 0; j = j.cause {
		j.order = numbering
		chain = append(chain, j)
	}
	if j.order == numbering {
		for c := j; c != nil; {
			c, c.cause = c.cause, nil
		}
	}
	for _, c := range slices.Backward(chain) {
		c.order = 0
		if c.cause != nil {
			c.order = c.cause.order + 1
		}
	}
	return chain
}

// pushWindow is a time in which jobs were pushed: the transition of a leaf, or the pull of a flow.
type pushWindow struct {
	from, to int64
	job      *Job
	pull     int // the number of the pull, from 0; of a transition -1
	worker   string
}

func pushWindows(members []*Job) (list []pushWindow, longest int64) {
	for _, j := range members {
		for _, s := range j.posts {
			list = append(list, pushWindow{s.Start.UnixNano(), s.End().UnixNano(), j, -1, s.Worker})
		}
		if j.Container {
			for i, pull := range j.pulls {
				list = append(list, pushWindow{pull.start.UnixNano(), pull.end.UnixNano(), j, i, j.puller(pull)})
			}
		}
	}
	for _, w := range list {
		longest = max(longest, w.to-w.from)
	}
	slices.SortFunc(list, comparePushWindows)
	return list, longest
}

func comparePushWindows(a, b pushWindow) int {
	return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.job.ID, b.job.ID), cmp.Compare(a.pull, b.pull))
}

// puller is the worker of a pull.
func (j *Job) puller(p interval) string {
	for _, s := range j.spans {
		if kindOf(s) == jobSpan && s.Start.Equal(p.start) {
			return s.Worker
		}
	}
	return ""
}

// resumedOrder puts what a flow pushed when it was pulled again behind everything before.
const resumedOrder = 1 << 20

// findCause finds the job next to this one, below the same flow, in whose transition (or in that of a job below it)
// this one was pushed: the latest whose window holds its creation.
func (j *Job) findCause(windows []pushWindow, longest int64) {
	at, tolerance := j.Created.UnixNano(), int64(idPrecision)
	end, _ := slices.BinarySearchFunc(windows, at+tolerance, func(w pushWindow, t int64) int { return cmp.Compare(w.from, t+1) })
	for _, w := range slices.Backward(windows[:end]) {
		if w.from < at-longest-tolerance {
			return
		}
		if w.to < at {
			continue
		}
		if w.job == j.Parent && w.pull >= 0 {
			j.order = w.pull * resumedOrder
			return
		}
		if c := w.job.below(j.Parent); c != nil && c != j && !w.pushedBelow() {
			j.cause = c
			return
		}
	}
}

// pushedBelow says whether a flow pushed a job of its own in this pull: then it pushed none for the flow above it.
func (w pushWindow) pushedBelow() bool {
	if w.pull < 0 {
		return false
	}
	for _, c := range w.job.Children {
		if at := c.Created.UnixNano(); at >= w.from-int64(idPrecision) && at <= w.to {
			return true
		}
	}
	return false
}

// below is the job itself or the one above it that is a child of parent. nil: it is not below parent.
func (j *Job) below(parent *Job) *Job {
	for ; j != nil; j = j.Parent {
		if j.Parent == parent {
			return j
		}
	}
	return nil
}

// when is the time by which a job is sorted: its start, else the first sign of it, else its creation.
func (j *Job) when() time.Time {
	switch {
	case !j.Start.IsZero():
		return j.Start
	case len(j.posts) > 0:
		return j.posts[0].Start
	case !j.Created.IsZero():
		return j.Created
	}
	return j.log.pushLogged
}

// sortTree puts children in the order in which they are shown: steps by the start of their first job, and within a
// step the iterations or branches by number and their attempts in order. numberAttempts has been there before.
func sortTree(members []*Job) {
	for _, parent := range members {
		if len(parent.Children) < 2 {
			continue
		}
		slices.SortFunc(parent.Children, func(a, b *Job) int {
			if ga, gb := a.group(), b.group(); ga != gb || a.ParentID != b.ParentID {
				if c := cmp.Compare(a.groupOrder, b.groupOrder); c != 0 {
					return c
				}
				if c := a.groupStart.Compare(b.groupStart); c != 0 {
					return c
				}
				return cmp.Or(strings.Compare(ga, gb), strings.Compare(a.ParentID, b.ParentID))
			}
			if c := cmp.Compare(a.number(), b.number()); c != 0 {
				return c
			}
			if c := cmp.Compare(a.own.attempt, b.own.attempt); c != 0 {
				return c
			}
			return byTime(a, b)
		})
	}
}

// group is the step of a job, or the job itself when it is no step.
func (j *Job) group() string {
	if j.Step != "" {
		return j.Step
	}
	return j.ID
}

// flatten lists the jobs in tree order: each job before its children.
func flatten(root *Job, capacity int) []*Job {
	list := make([]*Job, 0, capacity)
	stack := []*Job{root}
	for len(stack) > 0 {
		j := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		list = append(list, j)
		for _, c := range slices.Backward(j.Children) {
			stack = append(stack, c)
		}
	}
	return list
}

// namePaths gives each job its place in the run: "a", "loop[3]/c", and "a#2" for a second attempt.
func namePaths(jobs []*Job) {
	var name []byte
	for _, j := range jobs { // parents before children
		if j.Parent == nil {
			continue
		}
		name = name[:0]
		if j.Parent.Path != "" {
			name = append(append(name, j.Parent.Path...), '/')
		}
		name = append(name, j.label()...)
		if n := j.number(); n >= 0 {
			name = append(strconv.AppendInt(append(name, '['), n, 10), ']')
		}
		if j.Attempt != nil && *j.Attempt > 1 {
			name = strconv.AppendInt(append(name, '#'), *j.Attempt, 10)
		}
		j.Path = string(name)
	}
}

// label names a job in a path: its step, else its tool, else the last part of its script path, else its job_kind.
func (j *Job) label() string {
	if j.Step != "" {
		return j.Step
	}
	if t := toolID(j.ScriptPath); t != "" {
		return t
	}
	if j.ScriptPath != "" {
		return j.ScriptPath[strings.LastIndexByte(j.ScriptPath, '/')+1:]
	}
	return cmp.Or(j.JobKind, "job")
}
