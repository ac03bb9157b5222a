package windmill

import (
	"net/url"
	"strings"
)

// The pages are paths below Windmill's own address, escaped. Empty: not known, or the span claims something that is
// no path of Windmill's. A reader follows them with a session in Windmill, so nothing that a span says may lead
// elsewhere.

// RunPage is the page of a run or of any job of one.
func RunPage(j *Job) string { return page("run/", j.ID, "workspace", j.Workspace) }

// EditorPage is the step in the editor of the flow that has it as a module.
func EditorPage(j *Job) string {
	if j.Step == "" {
		return ""
	}
	for up := j.Parent; up != nil; up = up.Parent {
		if up.JobKind == "flow" && up.Container {
			return page("flows/edit/", up.ScriptPath, "selected", j.Step, "workspace", either(j.Workspace, up.Workspace))
		}
	}
	return ""
}

// VersionPage is the flow or script of a run, in the version that ran where that is known.
func VersionPage(root *Job) string {
	hash := root.ScriptHash()
	switch root.JobKind {
	case "flow", "singlestepflow":
		return page("flows/get/", root.ScriptPath, "version", hash, "workspace", root.Workspace)
	case "script":
		return page("scripts/get/", either(hash, root.ScriptPath), "workspace", root.Workspace)
	}
	return ""
}

// ListPage is Windmill's list of the runs of the same script or flow.
func ListPage(j *Job) string {
	if j.ScriptPath == "" {
		return ""
	}
	return page("runs/", StepPath(j.ScriptPath), "workspace", j.Workspace)
}

// page joins a path and arguments, of which empty ones are left out.
func page(place, path string, arguments ...string) string {
	var out strings.Builder
	out.WriteString(place)
	for i, part := range strings.Split(path, "/") {
		if part == "" || part == "." || part == ".." {
			return ""
		}
		if i > 0 {
			out.WriteByte('/')
		}
		out.WriteString(url.PathEscape(part))
	}
	separator := byte('?')
	for i := 0; i+1 < len(arguments); i += 2 {
		if arguments[i+1] == "" {
			continue
		}
		out.WriteByte(separator)
		out.WriteString(arguments[i] + "=" + url.QueryEscape(arguments[i+1]))
		separator = '&'
	}
	return out.String()
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
