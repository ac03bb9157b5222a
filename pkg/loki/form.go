package loki

import (
	"slices"
	"strings"
)

// Form is a way in which Windmill's log lines lie in Loki. A line has just one of them: the JSON form wants lines
// without the tag job_id among Loki's own labels.
type Form int

// The forms.
const (
	// FormMetadata: the line came over OTLP and its tags are structured metadata (or labels that a shipper has made).
	FormMetadata Form = iota
	// FormJSON: the line is JSON from the stdout of a worker with JSON_FMT=true. An event's own fields are at its top,
	// those of the job that it belongs to in "span".
	FormJSON
)

// familyTags link a line to a job. Lines of a flow's own progress have id and root_id beside or in place of the tags.
var familyTags = []string{"job_id", "root_job", "parent_job", "root_id", "id"}

// onlyOfEvents are tags that an event itself has, never the span around it.
var onlyOfEvents = []string{"root_id", "id"}

// LogQL is the query for lines of one form.
func (f Filter) LogQL(selector string, as Form) string {
	stages := []string{selector}
	if f.Untagged {
		stages = append(stages, f.texts(Contains)...)
		if as == FormJSON {
			stages = append(stages, "| json message="+Quote("message"))
		}
		return strings.Join(stages, " ")
	}
	if as == FormMetadata {
		stages = append(stages, f.texts(Contains)...)
	} else {
		// What is cheap comes first: most lines are no JSON of a job and are not parsed.
		stages = append(stages, Contains(`"job_id"`))
		if ids := f.everyID(); len(ids) > 0 {
			stages = append(stages, Contains(ids...))
		}
		stages = append(stages, `| job_id=""`, "| json "+strings.Join(extractions(f.tags()), ", "))
		stages = append(stages, f.texts(func(texts ...string) string { return "| " + labelContains("message", texts...) })...)
	}
	return strings.Join(append(stages, f.conditions(as)...), " ")
}

// texts are the stages for what a line must contain.
func (f Filter) texts(contains func(...string) string) []string {
	var out []string
	if f.Search != "" {
		out = append(out, contains(f.Search))
	}
	if len(f.Messages) > 0 {
		out = append(out, contains(f.Messages...))
	}
	return out
}

// conditions are the stages that filter by tags. Without a filter a line must be of some job.
func (f Filter) conditions(as Form) []string {
	lists := f.lists()
	if len(lists) == 0 && len(f.Flows) == 0 {
		lists = []condition{{[]string{"job_id"}, nil, isSet, false}}
	}
	var out []string
	for _, c := range lists {
		out = append(out, "| "+c.any(as))
	}
	if len(f.Flows) > 0 {
		out = append(out, "| "+inFlows(f.Flows, as))
	}
	return out
}

// inFlows is the condition that a line is of a job that belongs to one of the flows by its path: the flow itself, an
// iteration or branch of it with all that is inline there, or an inline step. A flow or script by path in a folder
// of that name is none.
func inFlows(flows []string, as Form) string {
	any := "(?:" + strings.Join(literals(flows), "|") + ")"
	own := Quote(any + `(?:/(?:forloop|loop|branchone|branchall)-\d+(?s:/.*)?)?` + whole)
	inline := Quote(any + `(?:/[^/]+|/[^/]+/tools/[^/]+)` + whole)
	const byPath = `!~"(?:flow|script|script_hub)$"`
	condition := func(path, kind string) string {
		return path + "=~" + own + " or (" + path + "=~" + inline + " and " + kind + byPath + ")"
	}
	if as == FormMetadata {
		return condition("script_path", "job_kind")
	}
	return condition("script_path", "job_kind") + " or " + condition(ofSpan("script_path"), ofSpan("job_kind"))
}

// condition is one list of a filter with the tags of which one must have one of its values.
type condition struct {
	tags   []string
	values []string
	match  func(label string, values []string) string
	every  bool // every tag must match, not one of them
}

func (f Filter) lists() []condition {
	var out []condition
	for _, c := range []condition{
		{familyTags, f.Family, AnyOf, false},
		{[]string{"job_id"}, f.Jobs, AnyOf, false},
		{[]string{"root_job", "root_id"}, f.RootJobs, AnyOf, false},
		{[]string{"parent_job"}, f.ParentJobs, AnyOf, false},
		{[]string{"workspace_id"}, f.Workspaces, AnyOf, false},
		{[]string{"flow_step_id"}, f.Steps, AnyOf, false},
		{[]string{"script_path"}, f.ScriptPaths, AnyOf, false},
		{[]string{"worker", "worker_id"}, f.Workers, AnyOf, false},
		{[]string{"tag"}, f.Tags, AnyOf, false},
		{[]string{"language"}, f.Languages, AnyOf, false},
	} {
		if len(c.values) > 0 {
			out = append(out, c)
		}
	}
	for _, c := range f.Compared {
		out = append(out, condition{c.Tags, nil, c.matcher(), c.Not})
	}
	if f.Tagged {
		out = append(out, condition{[]string{"flow_step_id", "script_path"}, nil, isSet, false})
	}
	return out
}

func isSet(label string, _ []string) string { return label + `!=""` }

// any writes the condition. Tags of JSON lines are looked for in the event and in its span.
func (c condition) any(as Form) string {
	var parts []string
	for _, tag := range c.tags {
		parts = append(parts, c.match(tag, c.values))
		if as == FormJSON && !slices.Contains(onlyOfEvents, tag) {
			parts = append(parts, c.match(ofSpan(tag), c.values))
		}
	}
	if c.every {
		return strings.Join(parts, " and ")
	}
	return strings.Join(parts, " or ")
}

// tags are those that must be read from a line of JSON.
func (f Filter) tags() []string {
	tags := []string{"job_id"}
	if len(f.Flows) > 0 {
		tags = append(tags, "script_path", "job_kind")
	}
	for _, c := range f.lists() {
		for _, t := range c.tags {
			if !slices.Contains(tags, t) {
				tags = append(tags, t)
			}
		}
	}
	return tags
}

// everyID lists the ids of which one must be somewhere in a line.
func (f Filter) everyID() []string {
	for _, ids := range [][]string{f.Jobs, f.Family, f.RootJobs, f.ParentJobs} {
		if len(ids) > 0 {
			return ids
		}
	}
	return nil
}

// ofSpan names the label for a tag of the span that encloses a line of JSON.
func ofSpan(tag string) string { return "span_" + tag }

// extractions read tags, and the message, from a line of JSON.
func extractions(tags []string) []string {
	out := []string{"message=" + Quote("message")}
	for _, t := range tags {
		out = append(out, t+"="+Quote(t))
		if !slices.Contains(onlyOfEvents, t) {
			out = append(out, ofSpan(t)+"="+Quote("span."+t))
		}
	}
	return out
}
