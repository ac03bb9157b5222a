package windmill

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

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
