// Package quoting_test holds what the plugin quotes against the real parsers of TraceQL and PromQL. It is here
// because the parsers are not in the plugin's own module.
package quoting_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/grafana/tempo/pkg/regexp"
	"github.com/grafana/tempo/pkg/traceql"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

var seeds = []string{
	"", "a", `"`, `\`, "`", "a\nb", "\r\t\v\f\a\b", "\x00", "\x7f", "\xff", "é", "日本", "\ufeff", "\u2028", "😀", `\x41`, `\"`,
	`a|b`, `(.*)`, `^$`, `[`, `{`, `}`, `} | select(x)`, `" || true || "`, "//", "/* x */", `f/etl/nightly/forloop-17/c`, "$1", "%s", "'",
}

// conditions gives the conditions of the one spanset of a query.
func conditions(t *testing.T, query string) []traceql.Condition {
	t.Helper()
	root, err := traceql.Parse(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	request := &traceql.FetchSpansRequest{AllConditions: true}
	for _, stage := range root.Pipeline.Elements {
		filter, ok := stage.(*traceql.SpansetFilter)
		if !ok || len(root.Pipeline.Elements) != 1 {
			t.Fatalf("%s: more than one spanset", query)
		}
		extract(t, filter.Expression, request)
	}
	return request.Conditions
}

// extract reads `attribute operator literal`, alone or joined by ||.
func extract(t *testing.T, e traceql.FieldExpression, into *traceql.FetchSpansRequest) {
	t.Helper()
	op, ok := e.(*traceql.BinaryOperation)
	if !ok {
		t.Fatalf("%s is no comparison", e)
	}
	if op.Op == traceql.OpOr {
		extract(t, op.LHS, into)
		extract(t, op.RHS, into)
		return
	}
	attribute, ok := op.LHS.(traceql.Attribute)
	if !ok || attribute != traceql.NewScopedAttribute(traceql.AttributeScopeSpan, false, "x") {
		t.Fatalf("%s is no comparison of span.x", e)
	}
	literal, ok := op.RHS.(traceql.Static)
	if !ok {
		t.Fatalf("%s is no comparison with a literal", e)
	}
	into.Conditions = append(into.Conditions, traceql.Condition{Attribute: attribute, Op: op.Op, Operands: traceql.Operands{literal}})
}

// value is the string of a literal, not as TraceQL would write it.
func value(t *testing.T, c traceql.Condition) string {
	t.Helper()
	if c.Operands[0].Type != traceql.TypeString {
		t.Fatalf("%v is no string", c.Operands[0])
	}
	return c.Operands[0].EncodeToString(false)
}

func FuzzTraceQLQuote(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := conditions(t, "{ span.x = "+tempo.Quote(s)+" }")
		if len(got) != 1 || got[0].Op != traceql.OpEqual || value(t, got[0]) != s {
			t.Errorf("%q became %v", s, got)
		}
	})
}

func FuzzTraceQLAnyOf(f *testing.F) {
	for i, s := range seeds {
		f.Add(s, seeds[(i+7)%len(seeds)], seeds[(i+13)%len(seeds)])
	}
	f.Fuzz(func(t *testing.T, a, b, other string) {
		found := conditions(t, "{ "+tempo.AnyOf("span.x", []string{a, b})+" }")
		matches := func(s string) bool {
			return slices.ContainsFunc(found, func(c traceql.Condition) bool {
				switch c.Op {
				case traceql.OpEqual:
					return value(t, c) == s
				case traceql.OpRegex: // as Tempo evaluates it
					r, err := regexp.NewRegexp([]string{value(t, c)}, true)
					if err != nil {
						t.Fatalf("%v: %v", c, err)
					}
					return r.MatchString(s)
				default:
					t.Fatalf("operator %v", c.Op)
					return false
				}
			})
		}
		for _, s := range []string{a, b, other, a + b, a + "|" + b, "x" + a, a + "x", strings.ToUpper(a), ""} {
			if want := s == a || s == b; matches(s) != want {
				t.Errorf("one of %q and %q: %q matches: %v", a, b, s, !want)
			}
		}
	})
}

func matcher(t *testing.T, matcherText string) *labels.Matcher {
	t.Helper()
	expr, err := parser.ParseExpr("m{" + matcherText + "}")
	if err != nil {
		t.Fatalf("m{%s}: %v", matcherText, err)
	}
	selector, ok := expr.(*parser.VectorSelector)
	if !ok || len(selector.LabelMatchers) != 2 {
		t.Fatalf("%s is no selector with one matcher", expr)
	}
	for _, m := range selector.LabelMatchers {
		if m.Name == "x" {
			return m
		}
	}
	t.Fatalf("%s has no matcher of x", expr)
	return nil
}

func FuzzPromQLQuote(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if m := matcher(t, "x="+spanmetrics.QuoteLabelValue(s)); m.Type != labels.MatchEqual || m.Value != s {
			t.Errorf("%q became %s", s, m)
		}
	})
}

func FuzzPromQLAnyOf(f *testing.F) {
	for i, s := range seeds {
		f.Add(s, seeds[(i+7)%len(seeds)], seeds[(i+13)%len(seeds)])
	}
	f.Fuzz(func(t *testing.T, a, b, other string) {
		m := matcher(t, spanmetrics.AnyOf("x", []string{a, b}))
		for _, s := range []string{a, b, other, a + b, a + "|" + b, "x" + a, a + "x", strings.ToUpper(a), ""} {
			if !utf8.ValidString(s) {
				continue // Prometheus stores no such label value
			}
			if want := s == a || s == b; m.Matches(s) != want {
				t.Errorf("one of %q and %q: %q matches: %v", a, b, s, !want)
			}
		}
	})
}
