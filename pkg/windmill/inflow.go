package windmill

import "strings"

// InFlow says whether what ran at a script path belongs to a flow by its path: it is the flow itself, an iteration
// or branch of it or something inline in one, an inline step, or an inline tool of an agent. A flow or script that
// lies in a folder of the flow's name does not. The step and job kind may be unknown.
func InFlow(flow, scriptPath, step, jobKind string) bool {
	path := StepPath(scriptPath)
	if path == flow {
		return true
	}
	switch jobKind {
	case "script", "script_hub", "flow":
		return false
	}
	if i := strings.LastIndex(path, "/tools/"); i >= 0 {
		path, step = path[:i], path[strings.LastIndexByte(path[:i], '/')+1:i]
	}
	of, ok := InlineFlow(path, step)
	return ok && of == flow
}
