package query

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOperatorsOfFilters(t *testing.T) {
	for name, c := range map[string]struct {
		filters      string
		match, other string // values of the filter step that meet it, and that do not
	}{
		"not equal":              {`{"step":{"op":"!=","values":["b","c"]}}`, "a", "b"},
		"regular expression":     {`{"step":{"op":"=~","values":["lo.*","x"]}}`, "load", "reload"},
		"no regular expression":  {`{"step":{"op":"!~","values":["lo.*"]}}`, "reload", "load"},
		"all must hold":          {`{"step":[{"op":"=~","values":["lo.*"]},{"op":"!=","values":["load"]}]}`, "loop", "load"},
		"excludes nothing":       {`{"step":{"op":"!=","values":[]}}`, "a", ""},
		"alternatives are whole": {`{"step":{"op":"=~","values":["a|b","c"]}}`, "b", "bc"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := ParseFilters(json.RawMessage(c.filters))
			require.NoError(t, err)
			require.Empty(t, f.Step)
			require.Empty(t, f.Nothing)
			require.True(t, f.Holds("step", c.match))
			if c.other != "" {
				require.False(t, f.Holds("step", c.other))
				require.True(t, f.OfJobs())
			}
			require.True(t, f.Holds("worker", c.other), "of one filter alone")
		})
	}
}

func TestEqualAsAnOperator(t *testing.T) {
	f, err := ParseFilters(json.RawMessage(`{"step":{"op":"=","values":[" a ","a","b",""]},"flow":"f/x","tag":["", " "]}`))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, f.Step)
	require.Equal(t, []string{"f/x"}, f.Flow)
	require.Empty(t, f.Tag)
	require.Empty(t, f.Conditions)
	require.Empty(t, f.Nothing)

	f, err = ParseFilters(json.RawMessage(`{"step":[{"op":"=","values":["a","b"]},{"op":"=","values":["b","c"]}]}`))
	require.NoError(t, err)
	require.Equal(t, []string{"b"}, f.Step)
}

// TestFiltersThatNothingMeets: they are no filters that everything meets.
func TestFiltersThatNothingMeets(t *testing.T) {
	for _, filters := range []string{
		`{"step":{"op":"=","values":[]}}`, `{"step":{"op":"=~","values":[""]}}`,
		`{"step":[{"op":"=","values":["a"]},{"op":"=","values":["b"]}]}`,
	} {
		f, err := ParseFilters(json.RawMessage(filters))
		require.NoError(t, err)
		require.Equal(t, "step", f.Nothing, filters)
	}
}

func TestMistakesInOperators(t *testing.T) {
	many := make([]string, maxValues+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	list, err := json.Marshal(many)
	require.NoError(t, err)
	for filters, want := range map[string]string{
		`{"step":{"op":"<","values":["a"]}}`:     `Filter "step": the operator "<" is unknown: use =, !=, =~ or !~.`,
		`{"step":{"op":"=~","values":["a("]}}`:   "Filter \"step\": \"a(\" is no regular expression: missing closing ): `a(`.",
		`{"step":{"op":"=~","values":["\\Qa"]}}`: "Filter \"step\": \"\\\\Qa\" is no regular expression: missing closing ): `(?:\\Qa)`.",
		`{"step":{}}`:                            `Filter "step": the operator "" is unknown: use =, !=, =~ or !~.`,
		`{"step":[` + strings.Repeat(`{"op":"!=","values":["a"]},`, 10) + `{"op":"!=","values":["a"]}]}`: `Filter "step" has 11 conditions: give at most 10.`,
		`{"outcome":{"op":"=~","values":["o.*"]}}`:                                                       `Filter "outcome" takes no regular expression: use = or !=.`,
		`{"jobId":{"op":"!=","values":["x"]}}`:                                                           `Filter "jobId": "x" is no job id: give a UUID such as 0199a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b.`,
		`{"step":7}`:                                                                                     `Filter "step" must be a list of strings, or an operator with values such as {"op": "!=", "values": ["a"]}.`,
		`{"step":` + string(list) + `}`:                                                                  `Filter "step" has 1001 values: give at most 1000, or a regular expression.`,
		`{"step":"` + strings.Repeat("a", 1025) + `"}`:                                                   `Filter "step" has a value of 1025 bytes: give at most 1024.`,
	} {
		_, err := ParseFilters(json.RawMessage(filters))
		require.EqualError(t, err, want)
		require.Less(t, len(err.Error()), 300, "no input is repeated without bound")
	}
}

// TestLargeExpressionsAreRefused: each of them compiles, and all together take seconds.
func TestLargeExpressionsAreRefused(t *testing.T) {
	one := strings.Repeat("x{1000}", 140)
	_, err := ParseFilters(json.RawMessage(`{"step":{"op":"=~","values":["` + one + `"]}}`))
	require.NoError(t, err)
	var many []string
	for i := range 30 {
		many = append(many, fmt.Sprint(`"`, one, i, `"`))
	}
	_, err = ParseFilters(json.RawMessage(`{"step":{"op":"=~","values":[` + strings.Join(many, ",") + `]}}`))
	require.EqualError(t, err, `Filter "step": its regular expressions have 29599 bytes together: give at most 4096.`)
	require.Less(t, len(err.Error()), 300)
	_, err = ParseFilters(json.RawMessage(`{"step":{"op":"` + strings.Repeat("o", 100_000) + `","values":["a"]}}`))
	require.Error(t, err)
	require.Less(t, len(err.Error()), 300)
}

// TestManyValuesAreRefusedAtOnce: with a list compared value by value a megabyte of them took seconds.
func TestManyValuesAreRefusedAtOnce(t *testing.T) {
	values := strings.Repeat(`"v",`, 200_000)
	_, err := Parse([]byte(`{"queryType":"flow-runs","filters":{"step":[`+values+`"w"]}}`), "")
	require.ErrorContains(t, err, "has 200001 values")
}
