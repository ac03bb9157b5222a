// Package windmilltest builds spans as Windmill emits them, for tests.
package windmilltest

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Builder collects the spans of one or more runs, and log lines of their jobs. Times are offsets from Base.
type Builder struct {
	Base      time.Time
	Workspace string
	Spans     []windmill.Span
	Sightings []windmill.Sighting

	random *rand.Rand
}

// New makes a builder. The same seed and base give the same ids.
func New(base time.Time, seed uint64) *Builder {
	return &Builder{Base: base, Workspace: "demo", random: rand.New(rand.NewPCG(seed, 1))}
}

// Job is a job whose spans are being built.
type Job struct {
	ID     string
	Parent *Job
	Root   *Job // the innermost root: the job that names the trace

	Step, Path, Kind, Language, Tag, Worker string
	TriggerKind                             string

	b         *Builder
	CreatedBy string // empty: alice
}

// ID makes a ULID in UUID form that carries the time at.
func (b *Builder) ID(at time.Duration) string {
	var raw [16]byte
	ms := b.Base.Add(at).UnixMilli()
	for i := range 6 {
		raw[i] = byte(ms >> (8 * (5 - i)))
	}
	for i := 6; i < 16; i++ {
		raw[i] = byte(b.random.UintN(256))
	}
	h := hex.EncodeToString(raw[:])
	return fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])
}

// Flow starts a top-level flow that was pushed at created.
func (b *Builder) Flow(path string, created time.Duration) *Job {
	return &Job{ID: b.ID(created), Path: path, Kind: "flow", Tag: "flow", Worker: "wk-1", b: b}
}

// Script starts a standalone script that was pushed at created.
func (b *Builder) Script(path string, created time.Duration) *Job {
	return &Job{ID: b.ID(created), Path: path, Kind: "script", Language: "python3", Tag: "python3", Worker: "wk-1", b: b}
}

func (j *Job) innermost() *Job {
	if j.Root != nil {
		return j.Root
	}
	return j
}

func (j *Job) child(step string, created time.Duration) *Job {
	return &Job{ID: j.b.ID(created), Parent: j, Root: j.innermost(), Step: step, Worker: "wk-1", b: j.b}
}

// Inline is a step with an inline script.
func (j *Job) Inline(step string, created time.Duration) *Job {
	c := j.child(step, created)
	c.Path, c.Kind, c.Language, c.Tag = j.Path+"/"+step, "flowscript", "python3", "python3"
	return c
}

// ByPath is a step with a script by its path.
func (j *Job) ByPath(step, path string, created time.Duration) *Job {
	c := j.child(step, created)
	c.Path, c.Kind, c.Language, c.Tag = path, "script", "python3", "python3"
	return c
}

// Identity is a step that passes its input on.
func (j *Job) Identity(step string, created time.Duration) *Job {
	c := j.child(step, created)
	c.Kind, c.Tag = "identity", "flow"
	return c
}

// Subflow is a step that runs a flow: it has a trace of its own.
func (j *Job) Subflow(step, path string, created time.Duration) *Job {
	c := j.child(step, created)
	c.Root, c.Path, c.Kind, c.Tag = nil, path, "flow", "flow"
	return c
}

// Agent is an AI agent as a step.
func (j *Job) Agent(step string, created time.Duration) *Job {
	c := j.child(step, created)
	c.Path, c.Kind, c.Tag = j.Path+"/"+step, "aiagent", "aiagent"
	return c
}

// Tool is an inline tool of an AI agent: it names no step and has a trace of its own.
func (j *Job) Tool(tool string, created time.Duration) *Job {
	c := j.child("", created)
	c.Root, c.Path, c.Kind, c.Language, c.Tag = nil, j.Path+"/tools/"+tool, "flowscript", "bun", "bun"
	return c
}

// Task is a job that a workflow as code starts: it is no step of a flow.
func (j *Job) Task(path string, created time.Duration) *Job {
	c := j.child("", created)
	c.Path, c.Kind, c.Language, c.Tag = path, "script", "python3", "python3"
	return c
}

// Handler is a job that Windmill starts because the job is over: it names no step, and its root is the job itself.
func (j *Job) Handler(createdBy, path string, created time.Duration) *Job {
	c := j.Task(path, created)
	c.Root, c.CreatedBy = j, createdBy
	return c
}

func (j *Job) createdBy() string {
	if j.CreatedBy != "" {
		return j.CreatedBy
	}
	return "alice"
}

// Again is a further attempt of a standalone script, which is the first: it names no step and has a trace of its own.
func (j *Job) Again(created time.Duration) *Job {
	c := j.Task(j.Path, created)
	c.Root, c.TriggerKind = nil, j.TriggerKind
	return c
}

// Node is an iteration or a branch: segment is "loop", "forloop", "branchone" or "branchall". The iterations of a
// parallel loop ("forloop") have traces of their own.
func (j *Job) Node(step, segment string, n int, created time.Duration) *Job {
	c := j.child(step, created)
	c.Path, c.Kind, c.Tag = fmt.Sprintf("%s/%s-%d", j.Path, segment, n), "flownode", "flow"
	if segment == "forloop" {
		c.Root = nil
	}
	return c
}

// span makes a span with the job's tags.
func (j *Job) span(name string, from, to time.Duration) windmill.Span {
	rj := j.innermost()
	s := windmill.Span{
		TraceID: windmill.TraceID(rj.ID), ParentID: windmill.SpanID(rj.ID), SpanID: fmt.Sprintf("%016x", j.b.random.Uint64()|1),
		Service: "windmill-worker", Name: name, Start: j.b.Base.Add(from), Duration: to - from,
		JobID: j.ID, Step: j.Step, ScriptPath: j.Path, Workspace: j.b.Workspace, Worker: j.Worker, Language: j.Language,
		Tag: j.Tag, JobKind: j.Kind, CreatedBy: j.createdBy(), TriggerKind: j.TriggerKind,
	}
	if j.Parent != nil {
		s.ParentJob = j.Parent.ID
	}
	if j.Root != nil {
		s.RootJob = j.Root.ID
	}
	return s
}

func withStep(name, separator, step string) string {
	if step == "" {
		return name
	}
	return name + separator + step
}

// Pull adds a `job` span.
func (j *Job) Pull(from, to time.Duration) *Job {
	j.b.Spans = append(j.b.Spans, j.span(withStep("job", " ", j.Step), from, to))
	return j
}

// Post adds a job_postprocessing span of a job that went well.
func (j *Job) Post(from, to time.Duration) *Job {
	s := j.span(j.postName(), from, to)
	s.Success = "true"
	j.b.Spans = append(j.b.Spans, s)
	return j
}

func (j *Job) postName() string {
	if j.Step == "" {
		return "job postprocessing"
	}
	return "job_postprocessing " + j.Step
}

// Run adds a `job` span from..to and a successful postprocessing of 20 ms after it.
func (j *Job) Run(from, to time.Duration) *Job {
	return j.Pull(from, to).Post(to, to+20*time.Millisecond)
}

// Fail adds a failed `job` span and its postprocessing.
func (j *Job) Fail(from, to time.Duration, name, message string) *Job {
	s := j.span(withStep("job", " ", j.Step), from, to)
	s.Failed, s.StatusMessage = true, message
	p := j.span(j.postName(), to, to+20*time.Millisecond)
	p.Failed, p.StatusMessage, p.Success, p.ErrorName, p.ErrorMessage = true, message, "false", name, message
	j.b.Spans = append(j.b.Spans, s, p)
	return j
}

// Process adds the span of a process that the worker started in the job's latest pull.
func (j *Job) Process(name string, from, to time.Duration) *Job {
	pull := j.b.Spans[len(j.b.Spans)-1]
	for i := len(j.b.Spans) - 1; i >= 0; i-- {
		if s := j.b.Spans[i]; s.JobID == j.ID && s.Success == "" {
			pull = s
			break
		}
	}
	j.b.Spans = append(j.b.Spans, windmill.Span{
		TraceID: pull.TraceID, ParentID: pull.SpanID, SpanID: fmt.Sprintf("%016x", j.b.random.Uint64()|1),
		Service: pull.Service, Name: name, Start: j.b.Base.Add(from), Duration: to - from,
	})
	return j
}

// Full adds the full_job span of a top-level flow.
func (j *Job) Full(from, to time.Duration, failed bool) *Job {
	j.b.Spans = append(j.b.Spans, windmill.Span{
		TraceID: windmill.TraceID(j.ID), SpanID: windmill.SpanID(j.ID), Service: "windmill-worker", Name: "full_job",
		Start: j.b.Base.Add(from), Duration: to - from, Failed: failed,
		JobID: j.ID, ScriptPath: j.Path, Workspace: j.b.Workspace,
	})
	if failed {
		j.b.Spans[len(j.b.Spans)-1].StatusMessage = "Job failed"
	}
	return j
}
