package plugin

import (
	"context"
	"net/http"
	"runtime/debug"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/tracing"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/experimental/concurrent"
	"go.opentelemetry.io/otel/attribute"
)

// queriesAtOnce bounds the queries of one request that are worked on side by side.
const queriesAtOnce = 5

// QueryData answers each query of a request by itself: one that fails leaves the others unharmed.
func (d *Datasource) QueryData(ctx context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	return concurrent.QueryData(ctx, req, d.answerSafely, queriesAtOnce)
}

// answerSafely answers one query; a bug of the plugin fails that query alone.
func (d *Datasource) answerSafely(ctx context.Context, q concurrent.Query) (res backend.DataResponse) {
	defer func() {
		if bug := recover(); bug != nil {
			backend.Logger.FromContext(ctx).Error("A query made the plugin panic", "refId", q.DataQuery.RefID, "panic", bug, "stack", string(debug.Stack()))
			res = backend.ErrDataResponseWithSource(backend.StatusInternal, backend.ErrorSourcePlugin, "The plugin failed because of a bug: Grafana's log has the details.")
		}
	}()
	ctx, span := tracing.DefaultTracer().Start(ctx, "windmill query")
	defer span.End()
	parsed, err := query.Parse(q.DataQuery.JSON, q.DataQuery.QueryType)
	if err != nil {
		return failure(err)
	}
	span.SetAttributes(attribute.String("query_type", string(parsed.Type)))
	r := request{
		Query:  parsed,
		within: runs.Range{From: q.DataQuery.TimeRange.From, To: q.DataQuery.TimeRange.To},
		step:   q.DataQuery.Interval,
		points: q.DataQuery.MaxDataPoints,
		alert:  fromAlert(q.Headers),
	}
	if r.alert && !slices.Contains(alertable, parsed.Type) {
		return failure(&query.Error{Message: "Alert rules need time series or numbers: use the query type step-latency, step-contribution or step-regressions, because " +
			string(parsed.Type) + " gives neither."})
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
	ctx, cancel := upstream.WithTimeLimit(ctx, d.settings.Limits.Time)
	defer cancel()
	frames, err := handlers()[r.Type](d, ctx, r)
	if err != nil {
		return nil, err
	}
	tellCost(frames, meter)
	return frames, nil
}

// fromAlert says whether an alert rule asks.
func fromAlert(h http.Header) bool { return h.Get(backend.FromAlertHeaderName) != "" }

func (d *Datasource) links(within runs.Range) frame.Links {
	return frame.Links{
		SelfUID: d.uid, SelfType: d.kind, WindmillURL: d.settings.WindmillURL,
		TempoUID: d.settings.Tempo.DatasourceUID, PrometheusUID: d.settings.Prometheus.DatasourceUID, LokiUID: d.settings.Loki.DatasourceUID,
		StreamSelector: d.settings.StreamSelector, HasLogs: d.logs != nil,
		Range: data.TimeRange{From: within.From, To: within.To},
	}
}
