package windmill

import (
	"strconv"
	"strings"
)

// Segment is the part of a script path that Windmill adds for a container: "loop-3", "branchone-0" and so on.
type Segment struct {
	Type   string // forloop, loop, branchone or branchall
	Number int64  // iteration from 0; branch: branchone 0 is the default branch, branchall counts from 0
}

// Loop says whether the segment is an iteration of a loop, else it is a branch.
func (s Segment) Loop() bool { return s.Type == "loop" || s.Type == "forloop" }

// "forloop" is a parallel loop, "loop" a sequential or a while loop.
var segmentTypes = [...]string{"forloop-", "loop-", "branchone-", "branchall-"}

// StepPath is a script path up to its first container segment: the name under which all iterations and branches of a
// step share one baseline. It equals what the shipped collector configuration derives as the attribute step_path.
func StepPath(scriptPath string) string {
	for i := strings.IndexByte(scriptPath, '/'); i >= 0; {
		if startsWithSegment(scriptPath[i+1:]) {
			return scriptPath[:i]
		}
		next := strings.IndexByte(scriptPath[i+1:], '/')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return scriptPath
}

func startsWithSegment(s string) bool {
	for _, t := range segmentTypes {
		if rest, ok := strings.CutPrefix(s, t); ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return true
		}
	}
	return false
}

// LastSegment reads the container segment that ends a script path: "f/x/loop-3" is iteration 3 of a loop,
// "f/x/loop-3/c" ends with a step and has none.
func LastSegment(scriptPath string) (Segment, bool) {
	slash := strings.LastIndexByte(scriptPath, '/')
	if slash < 0 {
		return Segment{}, false
	}
	last := scriptPath[slash+1:]
	for _, t := range segmentTypes {
		digits, ok := strings.CutPrefix(last, t)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n < 0 {
			return Segment{}, false
		}
		return Segment{Type: strings.TrimSuffix(t, "-"), Number: n}, true
	}
	return Segment{}, false
}

// InlineFlow is the flow to which an inline step belongs: the script path of an inline script is its flow's path and
// the step's id, so "f/x/a" as step a belongs to f/x. ok is false when the path does not end with the step.
func InlineFlow(stepPath, step string) (flow string, ok bool) {
	if step == "" {
		return "", false
	}
	flow, ok = strings.CutSuffix(stepPath, "/"+step)
	return flow, ok && flow != ""
}

// toolID is the id of an AI agent's inline tool, from a script path "{agent path}/tools/{tool id}".
func toolID(scriptPath string) string {
	if i := strings.LastIndex(scriptPath, "/tools/"); i >= 0 {
		return scriptPath[i+len("/tools/"):]
	}
	return ""
}
