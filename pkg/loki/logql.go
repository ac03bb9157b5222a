package loki

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Quote writes any string as a LogQL string literal, with its quotes. LogQL reads literals as Go does.
func Quote(s string) string { return strconv.Quote(s) }

// AnyOf is the LogQL label filter that a label has one of the values: `a="x"`, or a regular expression for several,
// which must match the whole value. Values that are no UTF-8 are in no Loki, so they match nothing.
func AnyOf(label string, values []string) string {
	values = slices.Compact(slices.Sorted(slices.Values(values)))
	if len(values) == 1 {
		return label + "=" + Quote(values[0])
	}
	quoted := literals(values)
	if len(quoted) == 0 {
		return label + "=" + Quote("\xff")
	}
	return label + "=~" + Quote("(?:"+strings.Join(quoted, "|")+")"+whole)
}

// whole keeps Loki (3.7 was tried) from "simplifying" the regular expression before it: alternatives that begin alike,
// as in "load_a1|load_b2", become a search for either text anywhere in the value.
const whole = "$"

// Contains is the LogQL line filter that a line contains one of the texts.
func Contains(texts ...string) string {
	if len(texts) == 1 {
		return "|= " + Quote(texts[0])
	}
	return "|~ " + Quote(strings.Join(literals(texts), "|"))
}

// labelContains is Contains for the value of a label.
func labelContains(label string, texts ...string) string {
	return label + "=~" + Quote("(?s:.*(?:"+strings.Join(literals(texts), "|")+").*)")
}

// matcher is the label filter of a comparison. A line without the tag has another value.
func (c Comparison) matcher() func(label string, _ []string) string {
	op := "=~"
	if c.Not {
		op = "!~"
	}
	return func(label string, _ []string) string { return label + op + Quote("(?:"+c.Pattern+")"+whole) }
}

// literals makes regular expressions that match just the values, without those that no regular expression can hold.
func literals(values []string) []string {
	var out []string
	for _, v := range values {
		if utf8.ValidString(v) {
			out = append(out, regexp.QuoteMeta(v))
		}
	}
	return out
}
