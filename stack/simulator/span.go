package simulator

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
)

// Span is a span as a worker exports it, with the host of the worker, which is in the resource.
type Span struct {
	Host    string
	Service string // service.name
	*tracev1.Span
}

// resourceOf is what spans of one process have in common.
func (s Span) resourceOf() resourceKey { return resourceKey{s.Host, s.Service} }

// End is when the span ended.
func (s Span) End() time.Time { return time.Unix(0, int64(s.EndTimeUnixNano)).UTC() }

// Attribute is the value of a string attribute, empty when the span does not have it.
func (s Span) Attribute(key string) string { return attribute(s.Attributes, key) }

// Value is the value of a string attribute, empty when it is not there.
func Value(attributes []*commonv1.KeyValue, key string) string { return attribute(attributes, key) }

func attribute(attributes []*commonv1.KeyValue, key string) string {
	for _, a := range attributes {
		if a.Key == key {
			return a.Value.GetStringValue()
		}
	}
	return ""
}

// statusLimit is the length at which Windmill cuts a status message, in bytes.
const statusLimit = 512

// stepPathPattern is the regular expression of the stack's collector: script_path up to the first loop or branch.
var stepPathPattern = regexp.MustCompile(`^(?P<step_path>.*?)(?:/(?:forloop|loop|branchone|branchall)-\d+.*)?$`)

// StepPath is script_path up to its first container segment: the same for every iteration of a loop.
func StepPath(scriptPath string) string {
	return stepPathPattern.ReplaceAllString(scriptPath, "${step_path}")
}

// jobAttributes are the attributes of job spans and of logs in a job's context. What is unset is absent.
func (j *job) jobAttributes(w *worker, hostname bool) []*commonv1.KeyValue {
	a := attributes{}
	a.add("job_id", j.id.String())
	a.add("workspace_id", j.run.flow.Workspace)
	a.add("worker", w.name)
	if hostname {
		a.add("hostname", w.host)
	}
	a.add("tag", j.tag)
	a.add("language", j.language)
	a.add("script_path", j.scriptPath)
	a.add("flow_step_id", j.step)
	if j.parent != nil {
		a.add("parent_job", j.parent.id.String())
	}
	if j.root != nil {
		a.add("root_job", j.root.id.String())
	}
	if j.run.version.NoJobKind {
		return a
	}
	a.add("job_kind", j.kind)
	a.add("created_by", orElse(j.createdBy, j.run.flow.CreatedBy))
	if j.isScriptAttempt() { // only dependable on the root job
		a.add("trigger_kind", j.run.flow.Trigger.Kind)
		a.add("trigger", j.run.flow.Trigger.Path)
	}
	a.add("script_hash", j.scriptHash)
	return a
}

// jobSpan is the `job` span of the pull that ends. It moves into the caller's trace when the run has one.
func (s *Simulator) jobSpan(j *job, end time.Time, fail *Fail) Span {
	trace, parent := j.jobTrace()
	w, begin := j.now.worker, j.now.begin
	span := s.newSpan(w.host, spanName("job", " ", j.step), trace, j.now.span, parent, begin, end)
	a := attributes(j.jobAttributes(w, true))
	s.addStepPath(&a, j.scriptPath)
	a.addTracing("windmill-worker/src/worker.rs", "windmill_worker::worker", 3014, j.run.random, begin, end, j.isFlow())
	span.Attributes = a
	if fail != nil && !fail.ByResult && !s.options.Version.NoStatus {
		span.Status = failed(fail.Message)
		if s.options.Version.RaceStatus {
			span.Status = failed(lostRace)
		}
	}
	return span
}

// jobTrace is where a job's own span belongs: under its innermost root, or under the caller of the run.
func (j *job) jobTrace() (TraceID, SpanID) {
	if caller := j.run.caller; caller != nil && !j.ownContext {
		return caller.trace, caller.span
	}
	root := j.innermost().id
	return root.TraceID(), root.SpanID()
}

// postprocessingSpan is the result handling of a leaf. Its place is derived from the job ids, caller or not.
func (s *Simulator) postprocessingSpan(j *job, fail *Fail, begin, end time.Time) Span {
	root := j.innermost().id
	name := "job postprocessing"
	if j.step != "" {
		name = "job_postprocessing " + j.step
	}
	w := j.now.worker
	span := s.newSpan(w.host, name, root.TraceID(), newSpanID(j.run.random), root.SpanID(), begin, end)
	a := attributes(j.jobAttributes(w, false))
	s.addStepPath(&a, j.scriptPath)
	if j.script != nil {
		a.add("labels", strings.Join(j.script.Labels, ","))
	}
	a.add("success", map[bool]string{true: "true", false: "false"}[fail == nil])
	if fail != nil {
		a.add("error.name", fail.Name)
		a.add("error.message", fail.Message)
		if !s.options.Version.NoStatus {
			span.Status = failed(fail.Message)
		}
	}
	a.addTracing("windmill-worker/src/result_processor.rs", "windmill_worker::result_processor", 411, j.run.random, begin, end, false)
	span.Attributes = a
	return span
}

// fullJobSpan is the span of a whole top-level flow. Its status is that of the step that completed last, whatever
// became of the flow.
func (s *Simulator) fullJobSpan(f *job, t *transition) *Span {
	span := s.newSpan(t.leaf.now.worker.host, "full_job", f.id.TraceID(), f.id.SpanID(), SpanID{}, f.started, t.at)
	a := attributes{}
	a.add("job_id", f.id.String())
	a.add("workspace_id", f.run.flow.Workspace)
	a.add("script_path", f.scriptPath)
	s.addStepPath(&a, f.scriptPath)
	span.Attributes = a
	span.Status = &tracev1.Status{Code: tracev1.Status_STATUS_CODE_OK}
	if !t.ok {
		span.Status = failed("Job failed")
	}
	return &span
}

func (s *Simulator) newSpan(host, name string, trace TraceID, id, parent SpanID, begin, end time.Time) Span {
	span := &tracev1.Span{
		TraceId: trace[:], SpanId: id[:], Name: name, Kind: tracev1.Span_SPAN_KIND_INTERNAL,
		StartTimeUnixNano: uint64(begin.UnixNano()), EndTimeUnixNano: uint64(end.UnixNano()),
		Status: &tracev1.Status{}, Flags: 1, // sampled
	}
	if parent != (SpanID{}) {
		span.ParentSpanId = parent[:]
	}
	return Span{Host: host, Service: s.service(), Span: span}
}

func (s *Simulator) service() string { return orElse(s.options.Version.Service, defaultService) }

func (s *Simulator) addStepPath(a *attributes, scriptPath string) {
	if s.options.StepPath {
		a.add("step_path", StepPath(scriptPath))
	}
}

func spanName(base, separator, step string) string {
	if step == "" {
		return base
	}
	return base + separator + step
}

func failed(message string) *tracev1.Status {
	if len(message) > statusLimit {
		message = message[:statusLimit]
		for !utf8.ValidString(message) { // cut within a character
			message = message[:len(message)-1]
		}
	}
	return &tracev1.Status{Code: tracev1.Status_STATUS_CODE_ERROR, Message: message}
}

// attributes grows by what is set.
type attributes []*commonv1.KeyValue

func (a *attributes) add(key, value string) {
	if value != "" {
		*a = append(*a, stringAttribute(key, value))
	}
}

func (a *attributes) addInt(key string, value int64) {
	*a = append(*a, &commonv1.KeyValue{Key: key, Value: &commonv1.AnyValue{Value: &commonv1.AnyValue_IntValue{IntValue: value}}})
}

// stringAttribute puts the three parts of an attribute into one piece of memory: large runs have millions of them.
func stringAttribute(key, value string) *commonv1.KeyValue {
	var a struct {
		pair commonv1.KeyValue
		any  commonv1.AnyValue
		text commonv1.AnyValue_StringValue
	}
	a.text.StringValue = value
	a.any.Value = &a.text
	a.pair.Key, a.pair.Value = key, &a.any
	return &a.pair
}

// addTracing adds what tracing-opentelemetry 0.31 puts on every span: where in the code it was made, on which
// thread, and how long it was busy and idle. A worker mostly idles, waiting for the script's process or for the
// database.
func (a *attributes) addTracing(file, module string, line int64, r *rand.Rand, begin, end time.Time, isFlow bool) {
	a.add("code.filepath", file)
	a.add("code.namespace", module)
	a.addInt("code.lineno", line)
	a.addInt("thread.id", 2+r.Int64N(8))
	a.add("thread.name", "tokio-runtime-worker")
	share := 0.02
	if isFlow {
		share = 0.3
	}
	busy := int64(share * r.Float64() * float64(end.Sub(begin)))
	a.addInt("busy_ns", busy)
	a.addInt("idle_ns", int64(end.Sub(begin))-busy)
}
