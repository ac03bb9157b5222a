package runs

import (
	"context"
	"errors"
	"net/http"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
)

// Limits bound the work for one query. What is received from Tempo and the time are bounded by the query's context: see
// upstream.WithMeter and upstream.WithTimeLimit.
type Limits struct {
	Jobs     int // of one run
	Requests int // to Tempo
}

// defaultLimits are for readers that are given none.
var defaultLimits = Limits{Jobs: 20_000, Requests: 40}

// Limited gives a reader with other limits. A zero leaves the default.
func (r *Reader) Limited(l Limits) *Reader {
	limited := *r
	if l.Jobs > 0 {
		limited.limits.Jobs = l.Jobs
	}
	if l.Requests > 0 {
		limited.limits.Requests = l.Requests
	}
	return &limited
}

// Each limit is a setting of the data source, which users know by this name.
const (
	settingJobs     = `raise "Jobs per run" in the data source's settings`
	settingRequests = `raise "Requests per query" in the data source's settings`
	settingSeconds  = `raise "Seconds per query" in the data source's settings`
)

// errBudget is the cause of an error when a query would ask too much of Tempo. What was found until then can be shown.
var errBudget = errors.New("more requests would be needed")

// budget is the error of a query that would ask too much of Tempo.
func (s *session) budget() error {
	return upstream.NewError("Tempo", http.StatusBadRequest, errBudget,
		"More than %d requests to Tempo would be needed: ask for less, or %s.", s.limits.Requests, settingRequests)
}

// givenUp is the error of a context that nobody waits for any more. When only the time of the query is over, what was
// read until then is still wanted.
func givenUp(ctx context.Context) error {
	if err := ctx.Err(); err != nil && !upstream.TimeOver(ctx) {
		return err
	}
	return nil
}
