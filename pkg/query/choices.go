package query

import (
	"math"
	"slices"
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// MaxSearch bounds the text that log lines are searched for, in bytes.
const MaxSearch = 1000

// choices reads the options that only some query types have. An option that a type does not have is left alone: it
// may stand in a query whose type was changed.
func (q *Query) choices(w wire) error {
	if id := strings.TrimSpace(w.CompareRunID); id != "" {
		parsed, err := windmill.ParseID(id)
		if err != nil {
			return mistake("Run id to compare with %v.", err)
		}
		q.CompareRunID = parsed
	}
	if list := Measures(q.Type); len(list) > 0 {
		var err error
		if q.Measure, err = choice("measure", Measure(w.Measure), list...); err != nil {
			return err
		}
	}
	var err error
	if q.CompareWith, err = choice("window to compare with", CompareWith(w.CompareWith), ComparePrevious, CompareDay, CompareWeek); err != nil {
		return err
	}
	if q.Source, err = choice("source", Source(w.Source), SourceAuto, SourceSpanMetrics, SourceTraceQLMetrics); err != nil {
		return err
	}
	if q.Direction, err = choice("direction", Direction(w.Direction), Backward, Forward); err != nil {
		return err
	}
	if math.IsNaN(w.Threshold) || w.Threshold < 0 || w.Threshold > 1000 {
		return mistake("The threshold must be a change from 0 to 1000, such as 0.5 for +50 %%.")
	}
	if w.MinCalls < 0 || w.MinCalls > 1e9 || w.MinCalls != math.Trunc(w.MinCalls) {
		return mistake("The least number of calls must be a whole number, such as 20.")
	}
	if len(w.Search) > MaxSearch {
		return mistake("The search text is too long: use at most %d bytes.", MaxSearch)
	}
	q.Threshold, q.MinCalls, q.Search = w.Threshold, int(w.MinCalls), w.Search
	q.Follow, q.Volume = w.Follow, w.Volume
	return nil
}

// choice checks one of several words; none given is the first.
func choice[T ~string](what string, given T, list ...T) (T, error) {
	if given == "" {
		return list[0], nil
	}
	if !slices.Contains(list, given) {
		names := make([]string, 0, len(list))
		for _, n := range list {
			names = append(names, string(n))
		}
		return "", mistake("The %s %q is unknown: use one of %s.", what, string(given), strings.Join(names, ", "))
	}
	return given, nil
}
