package runs

import (
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// SoFar lists the newest runs among spans that are still being gathered, newest first. None of them counts as whole,
// and an outcome may change with the steps to come. Give each span once.
func SoFar(q query.Query, spans []windmill.Span, limit int) []Listed {
	l := newListing(slices.Clone(spans), q.Filters)
	l.keepNewest(limit)
	steps := slices.DeleteFunc(slices.Clone(spans), func(s windmill.Span) bool { return s.ParentJob == "" })
	l.addSteps(gathered{spans: steps, partial: true})
	return l.build(q, time.Time{})
}
