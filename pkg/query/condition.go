package query

import (
	"regexp"
	"slices"
	"strings"
)

// Op is how a filter compares.
type Op string

// The operators. Regular expressions match the whole value.
const (
	OpEqual    Op = "="
	OpNotEqual Op = "!="
	OpMatch    Op = "=~"
	OpNotMatch Op = "!~"
)

// maxPattern bounds the regular expressions of a condition, in bytes: a repetition such as x{1000} takes seven of them
// and a thousand steps of a compiled expression, and every service that is asked compiles it too.
const maxPattern = 4096

// Condition is a filter whose operator is not =, which is a list of Filters.
type Condition struct {
	Key    string
	Op     Op
	Values []string

	pattern *regexp.Regexp // of =~ and !~
}

// Negative says that the condition holds for a job without a value.
func (c Condition) Negative() bool { return c.Op == OpNotEqual || c.Op == OpNotMatch }

// OfStarter says that the condition is about who or what started a run. Many jobs carry no such value, so those that
// are negative cannot be asked of Tempo, which finds only spans that have one.
func (c Condition) OfStarter() bool {
	return slices.Contains([]string{"triggerKind", "trigger", "createdBy"}, c.Key)
}

// Holds says whether a value meets the condition.
func (c Condition) Holds(value string) bool {
	if c.pattern != nil {
		return c.pattern.MatchString(value) == (c.Op == OpMatch)
	}
	return !slices.Contains(c.Values, value)
}

// Pattern is the one regular expression of =~ and !~, not anchored.
func (c Condition) Pattern() string { return alternatives(c.Values) }

// Regexp is one regular expression for the values whatever the operator: what it matches as a whole is one of them.
func (c Condition) Regexp() string {
	if c.pattern != nil {
		return c.Pattern()
	}
	quoted := make([]string, len(c.Values))
	for i, v := range c.Values {
		quoted[i] = regexp.QuoteMeta(v)
	}
	return alternatives(quoted)
}

func alternatives(patterns []string) string {
	if len(patterns) == 1 {
		return patterns[0]
	}
	return "(?:" + strings.Join(patterns, ")|(?:") + ")"
}

// newCondition checks a condition with at least one value.
func newCondition(key string, op Op, values []string) (Condition, error) {
	c := Condition{Key: key, Op: op, Values: values}
	if op == OpNotEqual {
		return c, nil
	}
	if slices.Contains([]string{"outcome", "jobId", "rootJob", "parentJob"}, key) {
		return c, mistake("Filter %q takes no regular expression: use = or !=.", key)
	}
	if length := len(c.Pattern()); length > maxPattern {
		return c, mistake("Filter %q: its regular expressions have %d bytes together: give at most %d.",
			key, length, maxPattern)
	}
	for _, v := range values {
		_, err := regexp.Compile(v)
		if err == nil { // in a group, as it is used: what does not end, such as \Q, must not reach what follows
			_, err = regexp.Compile("(?:" + v + ")")
		}
		if err != nil {
			return c, mistake("Filter %q: %q is no regular expression: %s.", key, clip(v), clip(regexpReason(err)))
		}
	}
	pattern, err := regexp.Compile("^(?:" + c.Pattern() + ")$")
	if err != nil {
		return c, mistake("Filter %q: its regular expressions cannot be joined: %s.", key, clip(regexpReason(err)))
	}
	c.pattern = pattern
	return c, nil
}

// checkOp refuses what is no operator.
func checkOp(key string, op Op) error {
	if !slices.Contains([]Op{OpEqual, OpNotEqual, OpMatch, OpNotMatch}, op) {
		return mistake("Filter %q: the operator %q is unknown: use =, !=, =~ or !~.", key, clip(string(op)))
	}
	return nil
}

func regexpReason(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}

// Of are the conditions of one filter.
func (f Filters) Of(key string) []Condition {
	var list []Condition
	for _, c := range f.Conditions {
		if c.Key == key {
			list = append(list, c)
		}
	}
	return list
}

// Holds says whether a value meets all conditions of a filter. The filter's list, which is =, is another matter.
func (f Filters) Holds(key, value string) bool {
	for _, c := range f.Conditions {
		if c.Key == key && !c.Holds(value) {
			return false
		}
	}
	return true
}

// Compares says whether a filter has conditions.
func (f Filters) Compares(keys ...string) bool {
	return slices.ContainsFunc(f.Conditions, func(c Condition) bool { return slices.Contains(keys, c.Key) })
}
