package query

import (
	"slices"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Version is that of the query model, which saved queries carry as `version`. Queries without one are of version 1.
const Version = 2

// OutcomeHandled is a value of the filter outcome alone: an error whose failure module ran well.
const OutcomeHandled = windmill.OutcomeHandled

// migrate brings a query of an older version up to date. In version 1 `recovered` was a run whose failure module
// ran; now it is one that the module made a success, and the others are errors that were handled.
func (q *Query) migrate(version int) error {
	if version > Version {
		return mistake("The query was saved by a newer version of the plugin (version %d, this one knows %d): update the plugin.", version, Version)
	}
	if version < 2 && slices.Contains(q.Filters.Outcome, "recovered") && !slices.Contains(q.Filters.Outcome, OutcomeHandled) {
		q.Filters.Outcome = append(q.Filters.Outcome, OutcomeHandled)
	}
	return nil
}

// Takes says whether the filter by outcome takes a job or run.
func (f Filters) Takes(outcome string, handled bool) bool {
	names := []string{outcome}
	if outcome == "error" && handled {
		names = append(names, OutcomeHandled)
	}
	if len(f.Outcome) > 0 && !slices.ContainsFunc(names, func(n string) bool { return slices.Contains(f.Outcome, n) }) {
		return false
	}
	return !slices.ContainsFunc(names, func(n string) bool { return !f.Holds("outcome", n) })
}
