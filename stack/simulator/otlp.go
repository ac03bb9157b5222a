package simulator

import (
	"context"
	"fmt"
	"strings"
	"time"

	collectorlogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	logsv1 "go.opentelemetry.io/proto/otlp/logs/v1"
	resourcev1 "go.opentelemetry.io/proto/otlp/resource/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// What the resource of every span and log says.
const (
	defaultService = "windmill-worker"
	serviceVersion = "v1.812.0"
	environment    = "demo"
	scopeName      = "windmill"
)

// exportBatch is how many spans or logs go into one request.
const exportBatch = 500

// OTLP sends spans and logs over OTLP/HTTP with protobuf.
type OTLP struct {
	traces *poster
	logs   *poster
}

// NewOTLP sends to the base URLs of OTLP receivers (http://host:4318; for Loki http://host:3100/otlp): /v1/traces and
// /v1/logs are added. An empty URL leaves that kind out. retryFor bounds the attempts for one request; 0 means 2
// minutes.
func NewOTLP(tracesURL, logsURL string, retryFor time.Duration) *OTLP {
	headers := map[string]string{"Content-Type": "application/x-protobuf"}
	o := &OTLP{}
	if tracesURL != "" {
		o.traces = newPoster("spans", strings.TrimSuffix(tracesURL, "/")+"/v1/traces", retryFor, headers)
	}
	if logsURL != "" {
		o.logs = newPoster("logs", strings.TrimSuffix(logsURL, "/")+"/v1/logs", retryFor, headers)
	}
	return o
}

// Spans sends spans in their order. An error says that some of them may be missing.
func (o *OTLP) Spans(ctx context.Context, spans []Span) error {
	if o.traces == nil {
		return nil
	}
	for _, part := range parts(spans) {
		body, err := proto.Marshal(TracesRequest(part))
		if err != nil {
			return fmt.Errorf("spans cannot be encoded: %w", err)
		}
		answer, err := o.traces.post(ctx, body)
		if err != nil {
			return err
		}
		var response collectortrace.ExportTraceServiceResponse
		if err := proto.Unmarshal(answer, &response); err != nil {
			return fmt.Errorf("%s is no OTLP receiver: its answer cannot be decoded: %w", o.traces.url, err)
		}
		if refused := response.GetPartialSuccess().GetRejectedSpans(); refused > 0 {
			return fmt.Errorf("%s refused %d spans: %s", o.traces.url, refused, response.PartialSuccess.ErrorMessage)
		}
	}
	return nil
}

// Logs sends log records in their order. An error says that some of them may be missing.
func (o *OTLP) Logs(ctx context.Context, logs []Log) error {
	if o.logs == nil {
		return nil
	}
	for _, part := range parts(logs) {
		body, err := proto.Marshal(logsRequest(part))
		if err != nil {
			return fmt.Errorf("logs cannot be encoded: %w", err)
		}
		answer, err := o.logs.post(ctx, body)
		if err != nil {
			return err
		}
		var response collectorlogs.ExportLogsServiceResponse
		if err := proto.Unmarshal(answer, &response); err != nil {
			return fmt.Errorf("%s is no OTLP receiver: its answer cannot be decoded: %w", o.logs.url, err)
		}
		if refused := response.GetPartialSuccess().GetRejectedLogRecords(); refused > 0 {
			return fmt.Errorf("%s refused %d logs: %s", o.logs.url, refused, response.PartialSuccess.ErrorMessage)
		}
	}
	return nil
}

func parts[T any](all []T) [][]T {
	var out [][]T
	for begin := 0; begin < len(all); begin += exportBatch {
		out = append(out, all[begin:min(begin+exportBatch, len(all))])
	}
	return out
}

// TracesRequest is the OTLP request for spans. It groups spans by host and service, which each have a resource of
// their own.
func TracesRequest(spans []Span) *collectortrace.ExportTraceServiceRequest {
	request := &collectortrace.ExportTraceServiceRequest{}
	byResource := map[resourceKey]*tracev1.ScopeSpans{}
	for _, span := range spans {
		scope := byResource[span.resourceOf()]
		if scope == nil {
			scope = &tracev1.ScopeSpans{Scope: &commonv1.InstrumentationScope{Name: scopeName}}
			byResource[span.resourceOf()] = scope
			request.ResourceSpans = append(request.ResourceSpans, &tracev1.ResourceSpans{
				Resource: span.resourceOf().resource(), ScopeSpans: []*tracev1.ScopeSpans{scope},
			})
		}
		scope.Spans = append(scope.Spans, span.Span)
	}
	return request
}

// logsRequest groups logs by host and, within it, by target.
func logsRequest(logs []Log) *collectorlogs.ExportLogsServiceRequest {
	request := &collectorlogs.ExportLogsServiceRequest{}
	byResource := map[resourceKey]*logsv1.ResourceLogs{}
	type key struct {
		resourceKey
		target string
	}
	byTarget := map[key]*logsv1.ScopeLogs{}
	for _, log := range logs {
		from := resourceKey{log.Host, log.Service}
		host := byResource[from]
		if host == nil {
			host = &logsv1.ResourceLogs{Resource: from.resource()}
			byResource[from] = host
			request.ResourceLogs = append(request.ResourceLogs, host)
		}
		k := key{from, log.Target}
		if byTarget[k] == nil {
			byTarget[k] = &logsv1.ScopeLogs{Scope: &commonv1.InstrumentationScope{Name: log.Target}}
			host.ScopeLogs = append(host.ScopeLogs, byTarget[k])
		}
		byTarget[k].LogRecords = append(byTarget[k].LogRecords, log.LogRecord)
	}
	return request
}

// resourceKey names a process that exports.
type resourceKey struct{ host, service string }

func (k resourceKey) resource() *resourcev1.Resource {
	return &resourcev1.Resource{Attributes: []*commonv1.KeyValue{
		stringAttribute("service.name", k.service),
		stringAttribute("service.version", serviceVersion),
		stringAttribute("host.name", k.host),
		stringAttribute("deployment.environment", environment),
	}}
}
