package query

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

const (
	// maxValues and maxValueLength bound a filter: what is asked of Tempo must fit into a request.
	maxValues      = 1000
	maxValueLength = 1024
	// maxConditions bounds the objects of one filter.
	maxConditions = 10
)

// ParseFilters reads the filters object. Each filter is a list of strings or one bare string, which mean "one of"; an
// object {"op": "!=", "values": [...]}; or a list of such objects, which must all hold. Empty strings are dropped. A
// condition = of an object without values holds for no job: Nothing names it. Every error is an *Error.
func ParseFilters(raw json.RawMessage) (Filters, error) {
	var f Filters
	if len(bytes.TrimSpace(raw)) == 0 {
		return f, nil
	}
	var byKey map[string]json.RawMessage
	if err := json.Unmarshal(raw, &byKey); err != nil {
		return f, mistake("The filters cannot be read: give an object such as {\"flow\": [\"f/team/nightly\"]}.")
	}
	keys := make([]string, 0, len(byKey))
	for k := range byKey {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		if f.list(k) == nil {
			return Filters{}, mistake("Filter %q is unknown: use one of %s.", clip(k), strings.Join(FilterKeys(), ", "))
		}
		if err := f.parse(k, byKey[k]); err != nil {
			return Filters{}, err
		}
	}
	return f, nil
}

// wireCondition is a filter with an operator.
type wireCondition struct {
	Op     Op       `json:"op"`
	Values []string `json:"values"`
}

func (f *Filters) parse(key string, raw json.RawMessage) error {
	conditions, err := readConditions(raw)
	if err != nil {
		return mistake("Filter %q must be a list of strings, or an operator with values such as "+
			`{"op": "!=", "values": ["a"]}.`, key)
	}
	if len(conditions) > maxConditions {
		return mistake("Filter %q has %d conditions: give at most %d.", key, len(conditions), maxConditions)
	}
	for i, c := range conditions {
		if err := checkOp(key, c.Op); err != nil {
			return err
		}
		values, err := cleanValues(key, c.Values)
		if err != nil {
			return err
		}
		if err := f.add(key, c.Op, values, i > 0); err != nil {
			return err
		}
	}
	return nil
}

// readConditions reads all forms of a filter. A plain list without values is no filter at all.
func readConditions(raw json.RawMessage) ([]wireCondition, error) {
	raw = bytes.TrimSpace(raw)
	var one string
	var list []string
	var condition wireCondition
	var conditions []wireCondition
	switch {
	case string(raw) == "null":
		return nil, nil
	case json.Unmarshal(raw, &one) == nil:
		list = []string{one}
	case json.Unmarshal(raw, &list) == nil:
	case json.Unmarshal(raw, &condition) == nil:
		return []wireCondition{condition}, nil
	default:
		return conditions, json.Unmarshal(raw, &conditions)
	}
	if list = slices.DeleteFunc(list, func(v string) bool { return strings.TrimSpace(v) == "" }); len(list) == 0 {
		return nil, nil
	}
	return []wireCondition{{OpEqual, list}}, nil
}

// cleanValues trims values, and drops empty and repeated ones.
func cleanValues(key string, list []string) ([]string, error) {
	if len(list) > maxValues {
		return nil, mistake("Filter %q has %d values: give at most %d, or a regular expression.", key, len(list), maxValues)
	}
	seen := make(map[string]bool, len(list))
	var kept []string
	for _, v := range list {
		v = strings.TrimSpace(v)
		if len(v) > maxValueLength {
			return nil, mistake("Filter %q has a value of %d bytes: give at most %d.", key, len(v), maxValueLength)
		}
		if v != "" && !seen[v] {
			seen[v] = true
			kept = append(kept, v)
		}
	}
	return kept, nil
}

// add takes over one condition. again: the filter has one already, and both must hold.
func (f *Filters) add(key string, op Op, values []string, again bool) error {
	op, values = withFolders(key, op, values)
	if err := checkValues(key, op, values); err != nil {
		return err
	}
	to := f.list(key)
	switch {
	case op == OpEqual && len(values) == 0, op == OpMatch && len(values) == 0:
		f.Nothing = key
	case op == OpEqual && again && len(*to) > 0:
		both := slices.DeleteFunc(slices.Clone(values), func(v string) bool { return !slices.Contains(*to, v) })
		if len(both) == 0 {
			f.Nothing = key
		}
		*to = both
	case op == OpEqual:
		*to = values
	case len(values) == 0: // excludes nothing
	default:
		c, err := newCondition(key, op, values)
		if err != nil {
			return err
		}
		f.Conditions = append(f.Conditions, c)
	}
	return nil
}

// checkValues checks outcomes and ids, and writes ids as Windmill does.
func checkValues(key string, op Op, values []string) error {
	if op != OpEqual && op != OpNotEqual {
		return nil
	}
	switch key {
	case "outcome":
		for _, o := range values {
			if o != OutcomeHandled && !slices.Contains(windmill.Outcomes(), windmill.Outcome(o)) {
				return mistake("Outcome %q is unknown: use one of %s.", clip(o), outcomeNames())
			}
		}
	case "jobId", "rootJob", "parentJob":
		for i, id := range values {
			parsed, err := windmill.ParseID(id)
			if err != nil {
				return mistake("Filter %q: %v.", key, err)
			}
			values[i] = parsed
		}
	}
	return nil
}

// FilterKeys lists the filters by their JSON names.
func FilterKeys() []string {
	return []string{
		"workspace", "flow", "step", "scriptPath", "worker", "tag", "language", "outcome", "jobId", "rootJob", "parentJob",
		"triggerKind", "trigger", "createdBy",
	}
}

// list is the filter of that JSON name, nil if there is none.
func (f *Filters) list(key string) *[]string {
	return map[string]*[]string{
		"workspace": &f.Workspace, "flow": &f.Flow, "step": &f.Step, "scriptPath": &f.ScriptPath, "worker": &f.Worker,
		"tag": &f.Tag, "language": &f.Language, "outcome": &f.Outcome,
		"jobId": &f.JobID, "rootJob": &f.RootJob, "parentJob": &f.ParentJob,
		"triggerKind": &f.TriggerKind, "trigger": &f.Trigger, "createdBy": &f.CreatedBy,
	}[key]
}

// clip bounds what an error repeats of the input.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}
