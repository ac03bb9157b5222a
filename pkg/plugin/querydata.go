package plugin

import (
	"context"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/tracing"
	"github.com/grafana/grafana-plugin-sdk-go/config"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/experimental/concurrent"
	"go.opentelemetry.io/otel/attribute"
)

// defaultQueriesAtOnce bounds the queries of one request that are worked on side by side, where Grafana names no number
// (its setting concurrent_query_count).
const defaultQueriesAtOnce = 5

// QueryData answers each query of a request by itself: one that fails leaves the others unharmed.
func (d *Datasource) QueryData(ctx context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	alert := fromAlert(req)
	return concurrent.QueryData(ctx, req, func(ctx context.Context, q concurrent.Query) backend.DataResponse {
		return d.answerSafely(ctx, q.DataQuery, alert)
	}, queriesAtOnce(ctx))
}

// fromAlert says whether an alert rule asks. Grafana sends the bare key, which the headers that the SDK hands on with
// each query (those that begin with http_) do not have.
func fromAlert(req *backend.QueryDataRequest) bool {
	return req.Headers[backend.FromAlertHeaderName] == "true"
}

// queriesAtOnce is the number that Grafana is configured with, at most ten, which is what the SDK allows.
func queriesAtOnce(ctx context.Context) int {
	n, err := config.GrafanaConfigFromContext(ctx).ConcurrentQueryCount()
	if err != nil || n <= 0 {
		return defaultQueriesAtOnce
	}
	return min(n, 10)
}

// answerSafely answers one query; a bug of the plugin fails that query alone.
func (d *Datasource) answerSafely(ctx context.Context, q backend.DataQuery, alert bool) (res backend.DataResponse) {
	err := group.Guard(ctx, func() error {
		res = d.answerQuery(ctx, q, alert)
		return nil
	})
	if err != nil {
		return failure(err)
	}
	return res
}

func (d *Datasource) answerQuery(ctx context.Context, q backend.DataQuery, alert bool) backend.DataResponse {
	ctx, span := tracing.DefaultTracer().Start(ctx, "windmill query")
	defer span.End()
	parsed, err := query.Parse(q.JSON, q.QueryType)
	if err != nil {
		return failure(err)
	}
	span.SetAttributes(attribute.String("query_type", string(parsed.Type)))
	r := request{
		Query:  parsed,
		within: runs.Range{From: q.TimeRange.From, To: q.TimeRange.To},
		step:   q.Interval,
		points: q.MaxDataPoints,
		alert:  alert,
	}
	if r.alert && !slices.Contains(alertable, parsed.Type) {
		return failure(&query.Error{Message: "Alert rules need time series or numbers: use the query type step-latency, step-contribution or step-regressions, because " +
			string(parsed.Type) + " gives neither."})
	}
	if key := r.Filters.Nothing; key != "" {
		n := newNotes()
		n.infof("The filters contradict each other: no value of %s can meet all of them, so nothing is shown.", key)
		return backend.DataResponse{Frames: frame.Nothing(parsed.Type, alert, n.info), Status: backend.StatusOK}
	}
	frames, err := d.answer(ctx, r)
	if err != nil {
		return failure(err)
	}
	return backend.DataResponse{Frames: frames, Status: backend.StatusOK}
}

// request is one query with the time range that it is asked for.
type request struct {
	query.Query
	within runs.Range
	step   time.Duration // distance of points that Grafana proposes
	points int64         // as many points as fit
	alert  bool          // an alert rule asks: it takes time series and numbers alone
}

// alertable are the query types whose frames an alert rule can evaluate.
var alertable = []query.Type{query.StepLatency, query.StepContribution, query.StepRegressions}

// handler answers one query type.
type handler func(*Datasource, context.Context, request) (data.Frames, error)

// handlers has one entry for each query type.
func handlers() map[query.Type]handler {
	return map[query.Type]handler{
		query.FlowRuns:         (*Datasource).flowRuns,
		query.FlowSteps:        (*Datasource).flowSteps,
		query.StepStats:        (*Datasource).stepStats,
		query.StepLatency:      (*Datasource).stepLatency,
		query.StepContribution: (*Datasource).stepContribution,
		query.RunGrid:          (*Datasource).runGrid,
		query.RunCompare:       (*Datasource).runCompare,
		query.StepMap:          (*Datasource).stepMap,
		query.RunTrace:         (*Datasource).runTrace,
		query.Deployments:      (*Datasource).deployments,
		query.StepLogs:         (*Datasource).stepLogs,
		query.StepRegressions:  (*Datasource).stepRegressions,
		query.StepHeatmap:      (*Datasource).stepHeatmap,
	}
}

// answer asks the upstreams within the limits of the settings, and tells in the frames what that took.
func (d *Datasource) answer(ctx context.Context, r request) (data.Frames, error) {
	ctx, meter := upstream.WithMeter(ctx, d.settings.Limits.Bytes, d.now)
	defer meter.Close()
	ctx, cancel := upstream.WithTimeLimit(ctx, d.settings.Limits.Time)
	defer cancel()
	frames, err := handlers()[r.Type](d, ctx, r)
	if err != nil {
		return nil, err
	}
	tellCost(frames, meter)
	return frames, nil
}

func (d *Datasource) links(within runs.Range) frame.Links {
	return frame.Links{
		SelfUID: d.uid, SelfType: d.kind, WindmillURL: d.settings.WindmillURL,
		TempoUID: d.settings.Tempo.DatasourceUID, PrometheusUID: d.settings.Prometheus.DatasourceUID, LokiUID: d.settings.Loki.DatasourceUID,
		StreamSelector: d.settings.StreamSelector, HasLogs: d.logs != nil,
		Range: data.TimeRange{From: within.From, To: within.To},
	}
}
