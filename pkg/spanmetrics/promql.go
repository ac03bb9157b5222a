package spanmetrics

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prometheus/common/model"
)

// QuoteLabelValue writes any string as a PromQL string literal, with its quotes. PromQL reads literals as Go does.
func QuoteLabelValue(s string) string { return strconv.Quote(s) }

// AnyOf is the PromQL matcher that a label has one of the values: `a="x"`, or a regular expression for several.
// Without values it matches everything.
func AnyOf(label string, values []string) string { return anyOf(label, values, "") }

// anyOf lets each value be followed by what the regular expression suffix matches.
func anyOf(label string, values []string, suffix string) string {
	values = slices.Compact(slices.Sorted(slices.Values(values)))
	if len(values) > 1 {
		// Prometheus stores UTF-8 alone, so other values are nowhere, and a regular expression cannot hold them.
		values = slices.DeleteFunc(values, func(v string) bool { return !utf8.ValidString(v) })
		if len(values) == 0 {
			return label + `="\xff"`
		}
	}
	switch {
	case len(values) == 0:
		return label + `=~".*"`
	case len(values) == 1 && (suffix == "" || !utf8.ValidString(values[0])):
		return label + "=" + QuoteLabelValue(values[0])
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = regexp.QuoteMeta(v)
	}
	alternatives := strings.Join(quoted, "|")
	if suffix != "" {
		alternatives = "(?:" + alternatives + ")" + suffix
	}
	return label + "=~" + QuoteLabelValue(alternatives)
}

// selector writes a metric with its matchers.
func selector(metric string, matchers []string) string {
	return metric + "{" + strings.Join(slices.DeleteFunc(slices.Clone(matchers), func(m string) bool { return m == "" }), ",") + "}"
}

// promDuration writes a duration as PromQL does, to the millisecond and at least one.
func promDuration(d time.Duration) string {
	return model.Duration(max(d.Truncate(time.Millisecond), time.Millisecond)).String()
}

func formatFloat(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }
