package plugin

import (
	"context"
	"errors"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// failure turns an error into the answer of one query: an HTTP-like status, whose fault it is, and one sentence.
// Mistakes in the query and faults of an upstream are downstream; anything that is not known is the plugin's.
func failure(err error) backend.DataResponse {
	var mistake *query.Error
	var missing *runs.NotFoundError
	var bug *group.Panic
	switch up := upstream.AsError(err); {
	case errors.As(err, &bug):
		return backend.ErrDataResponseWithSource(backend.StatusInternal, backend.ErrorSourcePlugin, bug.Error())
	case errors.As(err, &mistake):
		return backend.ErrDataResponseWithSource(backend.StatusBadRequest, backend.ErrorSourceDownstream, upstream.ShortMessage(mistake.Message))
	case errors.As(err, &missing):
		return backend.ErrDataResponseWithSource(backend.StatusNotFound, backend.ErrorSourceDownstream, upstream.ShortMessage(missing.Error()))
	case up != nil:
		return backend.ErrDataResponseWithSource(backend.Status(up.Status), up.Source, up.Message)
	case errors.Is(err, context.Canceled):
		return backend.ErrDataResponseWithSource(upstream.StatusCancelled, backend.ErrorSourceDownstream, "The query was canceled.")
	case errors.Is(err, context.DeadlineExceeded):
		return backend.ErrDataResponseWithSource(backend.StatusTimeout, backend.ErrorSourceDownstream, "The query took too long: narrow the time range or the filters.")
	}
	return backend.ErrDataResponseWithSource(backend.StatusInternal, backend.ErrorSourcePlugin, upstream.ShortMessage("The plugin failed: "+err.Error()))
}

// needs says that something cannot be had without an upstream that has no URL.
func needs(what, upstreamName string) error {
	return upstream.NewError(upstreamName, int(backend.StatusBadRequest), nil,
		"%s is not configured, and %s cannot be had without it: give its URL in the data source's settings.", upstreamName, what)
}
