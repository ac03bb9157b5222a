package simulator

import (
	"fmt"
	"math/rand/v2"
	"time"

	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
)

// Foreign says which spans there are besides those of Windmill's jobs. None has a job_id.
type Foreign struct {
	// UserSpans is the share of scripts that make a span of their own: in the trace of the step's job, or in that of the
	// run's caller.
	UserSpans float64
	// Requests emits the spans of callers that send a traceparent, and those of Windmill's API server for each request.
	Requests bool
}

// Names of the services that foreign spans come from.
const (
	callerService = "shop-backend"
	serverService = "windmill-server"
	scriptService = "customer-scripts"
)

// callerContext is the trace context that a caller sent.
type callerContext struct {
	trace TraceID
	span  SpanID
}

// callerOf is the context of the caller of a run. A caller may start several runs in one trace.
func (s *Simulator) callerOf(flow *Flow, r *run) *callerContext {
	if s.options.Version.NoTraceparent {
		return nil
	}
	random := r.random
	if n := flow.Trigger.RunsPerTrace; n > 1 {
		random = s.random(fmt.Sprintf("caller %d %s", (r.number-1)/n, flowKey(flow.Workspace, flow.Path)))
	}
	caller := &callerContext{trace: newTraceID(random), span: newSpanID(random)}
	if s.options.Foreign.Requests && (flow.Trigger.RunsPerTrace < 2 || (r.number-1)%flow.Trigger.RunsPerTrace == 0) {
		s.emitLater(s.foreignSpan(callerService, "POST /checkout", tracev1.Span_SPAN_KIND_SERVER, caller.trace, caller.span, SpanID{}, s.clock.now, 40*time.Millisecond))
	}
	return caller
}

// emitRequest emits the span of the API server for the request that started a run. It is linked to nothing.
func (s *Simulator) emitRequest(r *run) {
	switch kind := r.flow.Trigger.Kind; {
	case !s.options.Foreign.Requests || r.deployment != nil:
		return
	case kind != "webhook" && kind != "http":
		return
	}
	random := s.foreignRandom(r.jobs[0])
	span := s.foreignSpan(serverService, "request", tracev1.Span_SPAN_KIND_INTERNAL, newTraceID(random), newSpanID(random), SpanID{}, s.clock.now, 12*time.Millisecond)
	a := attributes{}
	a.add("method", "POST")
	a.add("uri", "/api/w/"+r.flow.Workspace+"/jobs/run/f/"+r.flow.Path)
	a.add("username", r.flow.CreatedBy)
	a.add("workspace_id", r.flow.Workspace)
	a.add("email", r.flow.CreatedBy+"@example.com")
	span.Attributes = a
	s.emitLater(span)
}

// emitUserSpan emits what a script made of the TRACEPARENT that Windmill gives to it: that of the caller, or one
// that is derived from the step's own job.
func (s *Simulator) emitUserSpan(j *job) {
	if s.options.Foreign.UserSpans == 0 || j.script == nil {
		return
	}
	random := s.foreignRandom(j)
	if random.Float64() >= s.options.Foreign.UserSpans {
		return
	}
	trace, parent := j.id.TraceID(), j.id.SpanID()
	if caller := j.run.caller; caller != nil {
		trace, parent = caller.trace, caller.span
	}
	begin := j.now.begin.Add(j.ended.Sub(j.now.begin) / 4)
	span := s.foreignSpan(scriptService, "GET customers", tracev1.Span_SPAN_KIND_CLIENT, trace, newSpanID(random), parent, begin, j.ended.Sub(begin)/2)
	span.Attributes = attributes{stringAttribute("http.request.method", "GET"), stringAttribute("server.address", "crm.example.com")}
	s.emit(span)
}

// foreignRandom keeps foreign spans from changing anything else of a run.
func (s *Simulator) foreignRandom(j *job) *rand.Rand {
	return s.random(fmt.Sprintf("foreign spans of job %d of run %d %s", len(j.run.jobs), j.run.number, flowKey(j.run.flow.Workspace, j.run.flow.Path)))
}

func (s *Simulator) foreignSpan(service, name string, kind tracev1.Span_SpanKind, trace TraceID, id, parent SpanID, begin time.Time, took time.Duration) Span {
	span := s.newSpan(service+"-0", name, trace, id, parent, begin, begin.Add(took))
	span.Service, span.Kind = service, kind
	return span
}

// emitLater emits a span when it ends.
func (s *Simulator) emitLater(span Span) { s.clock.at(span.End(), func() { s.emit(span) }) }
