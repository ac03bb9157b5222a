package query

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/prometheus/common/model"
)

// wire is the JSON that the frontend sends.
type wire struct {
	QueryType      string          `json:"queryType"`
	Version        int             `json:"version"`
	RunID          string          `json:"runId"`
	Filters        json.RawMessage `json:"filters"`
	MinDuration    string          `json:"minDuration"`
	Limit          *float64        `json:"limit"`
	Quantiles      []float64       `json:"quantiles"`
	BaselineWindow string          `json:"baselineWindow"`
	CompareRunID   string          `json:"compareRunId"`
	Measure        string          `json:"measure"`
	CompareWith    string          `json:"compareWith"`
	Threshold      float64         `json:"threshold"`
	MinCalls       float64         `json:"minCalls"`
	Source         string          `json:"source"`
	Search         string          `json:"search"`
	Direction      string          `json:"direction"`
	Follow         bool            `json:"follow"`
	Volume         bool            `json:"volume"`
}

// Parse reads a query. queryType is Grafana's own field beside the JSON and counts when the JSON has none.
// Every error is an *Error.
func Parse(raw []byte, queryType string) (Query, error) {
	var w wire
	if err := json.Unmarshal(raw, &w); err != nil {
		return Query{}, jsonMistake(err)
	}
	if w.QueryType == "" {
		w.QueryType = queryType
	}
	q := Query{Type: Type(w.QueryType)}
	if !slices.Contains(Types(), q.Type) {
		return Query{}, mistake("Query type %q is unknown: use one of %s.", clip(w.QueryType), typeNames())
	}
	var err error
	if strings.TrimSpace(w.RunID) != "" {
		if q.RunID, err = windmill.ParseID(w.RunID); err != nil {
			return Query{}, mistake("Run id %v.", err)
		}
	}
	if q.Filters, err = ParseFilters(w.Filters); err != nil {
		return Query{}, err
	}
	if err = q.migrate(w.Version); err != nil {
		return Query{}, err
	}
	if q.MinDuration, err = duration("minimum duration", w.MinDuration); err != nil {
		return Query{}, err
	}
	if q.BaselineWindow, err = duration("baseline window", w.BaselineWindow); err != nil {
		return Query{}, err
	}
	if q.Limit, err = limit(w.Limit); err != nil {
		return Query{}, err
	}
	if q.Quantiles, err = quantiles(w.Quantiles); err != nil {
		return Query{}, err
	}
	return q, q.choices(w)
}

// duration reads "200ms", "1.5s", "2m" or "7d". Empty is 0.
func duration(what, text string) (time.Duration, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		var m model.Duration
		m, err = model.ParseDuration(text)
		d = time.Duration(m)
	}
	if err != nil {
		return 0, mistake("The %s %q is not a duration: write for example 200ms, 1.5s or 2m.", what, clip(text))
	}
	if d < 0 {
		return 0, mistake("The %s must not be negative.", what)
	}
	return d, nil
}

func limit(n *float64) (int, error) {
	switch {
	case n == nil || *n == 0:
		return DefaultLimit, nil
	case *n != math.Trunc(*n) || *n < 1 || *n > MaxLimit:
		return 0, mistake("The limit must be a whole number from 1 to %d.", MaxLimit)
	}
	return int(*n), nil
}

func quantiles(list []float64) ([]float64, error) {
	if len(list) == 0 {
		return []float64{0.5, 0.95}, nil
	}
	kept := slices.Clone(list)
	slices.Sort(kept)
	kept = slices.Compact(kept)
	if kept[0] <= 0 || kept[len(kept)-1] >= 1 {
		return nil, mistake("Quantiles must lie between 0 and 1, such as 0.95.")
	}
	if len(kept) > MaxQuantiles {
		return nil, mistake("At most %d quantiles can be asked for at once.", MaxQuantiles)
	}
	return kept, nil
}

func jsonMistake(err error) error {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) && t.Field != "" {
		return mistake("The query cannot be read: %q must not be a %s.", t.Field, strings.Fields(t.Value)[0])
	}
	return mistake("The query cannot be read: it is no valid JSON object.")
}

func mistake(format string, args ...any) error { return &Error{fmt.Sprintf(format, args...)} }

func typeNames() string {
	names := make([]string, 0, len(Types()))
	for _, t := range Types() {
		names = append(names, string(t))
	}
	return strings.Join(names, ", ")
}

func outcomeNames() string {
	names := make([]string, 0, len(windmill.Outcomes()))
	for _, o := range windmill.Outcomes() {
		names = append(names, string(o))
	}
	return strings.Join(names, ", ")
}
