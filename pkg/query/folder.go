package query

import (
	"regexp"
	"slices"
	"strings"
)

// folderEnd ends a path that stands for everything below it: f/data/* is every flow or script in that folder.
const folderEnd = "/*"

// withFolders turns a list of paths with folders among them into regular expressions.
func withFolders(key string, op Op, values []string) (Op, []string) {
	isFolder := func(v string) bool { return strings.HasSuffix(v, folderEnd) }
	if (key != "flow" && key != "scriptPath") || !slices.ContainsFunc(values, isFolder) {
		return op, values
	}
	switch op {
	case OpEqual:
		op = OpMatch
	case OpNotEqual:
		op = OpNotMatch
	default:
		return op, values
	}
	patterns := make([]string, len(values))
	for i, v := range values {
		patterns[i] = regexp.QuoteMeta(v)
		if isFolder(v) {
			patterns[i] = regexp.QuoteMeta(strings.TrimSuffix(v, "*")) + ".+"
		}
	}
	return op, patterns
}
