package tempo

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// SelectWindmill is the stage that gives every attribute a windmill.Span reads: put it behind a spanset,
// `{ ... } | ` + SelectWindmill. Tempo gives the attributes without their scope and in any order.
const SelectWindmill = "select(name, status, statusMessage, resource.service.name, " +
	"span.job_id, span.parent_job, span.root_job, span.flow_step_id, span.script_path, span.workspace_id, " +
	"span.worker, span.worker_id, span.language, span.tag, span.job_kind, span.script_hash, span.created_by, " +
	"span.trigger_kind, span.trigger, span.success, span.error.name, span.error.message)"

// EachSpan is the stage that makes every span a set of its own. Put it before SelectWindmill. Without it Tempo loses
// spans: of a trace that lies in several blocks (a flow that waited for an approval, or just a busy Tempo) it gives the
// matching spans of only one block, because it cannot combine two sets and takes the larger one. It also lifts the
// limit of spans per trace.
const EachSpan = "by(span:id)"

// Quote writes any string as a TraceQL string literal, with its quotes. TraceQL reads literals as Go does.
func Quote(s string) string { return strconv.Quote(s) }

// AnyOf is the TraceQL condition that attr (with its scope: "span.workspace_id") has one of the values.
// Without values it is "true".
func AnyOf(attr string, values []string) string {
	values = slices.Compact(slices.Sorted(slices.Values(values)))
	switch len(values) {
	case 0:
		return "true"
	case 1:
		return attr + " = " + Quote(values[0])
	}
	// One regular expression is three times as fast as a chain of ||. It must match the whole value (tried).
	var b strings.Builder
	for i, v := range values {
		if !utf8.ValidString(v) {
			return chain(attr, values) // no regular expression can hold it
		}
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(regexp.QuoteMeta(v))
	}
	return attr + " =~ " + Quote(b.String())
}

// NoneOf is the TraceQL condition that attr has another value than these. A span without the attribute does not meet
// it.
func NoneOf(attr string, values []string) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = attr + " != " + Quote(v)
	}
	return strings.Join(parts, " && ")
}

// Matches is the TraceQL condition that a regular expression matches the whole value of attr, or does not.
func Matches(attr, pattern string, not bool) string {
	if not {
		return attr + " !~ " + Quote(pattern)
	}
	return attr + " =~ " + Quote(pattern)
}

func chain(attr string, values []string) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = attr + " = " + Quote(v)
	}
	return "(" + strings.Join(parts, " || ") + ")"
}
