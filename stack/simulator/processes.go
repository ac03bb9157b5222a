package simulator

import (
	"time"

	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
)

// processNames are the processes that a worker starts for a script of a language: one that gets its dependencies or
// builds it (empty: none), and the one that runs it. Languages that run inside the worker are missing.
var processNames = map[string]struct{ setup, run string }{
	"python3":    {"uv", "python run"},
	"bun":        {"bun install", "bun run"},
	"deno":       {"deno cache", "deno run"},
	"go":         {"go build", "go run"},
	"php":        {"composer install", "php run"},
	"rust":       {"rust build", "rust run"},
	"bash":       {"", "bash run"},
	"powershell": {"", "powershell run"},
}

// processGap is the time before and between the processes of a job.
const processGap = 2 * time.Millisecond

// dedicated says whether a dedicated worker runs the job, which exports no `job` span.
func (j *job) dedicated() bool { return j.script != nil && j.script.Dedicated }

// hasProcesses says whether spans tell of the processes of a job.
func (j *job) hasProcesses() bool {
	return j.script != nil && j.script.Setup != nil && processNames[j.language].run != ""
}

// prepare draws the time that a job needs before its script runs.
func (s *Simulator) prepare(j *job) time.Duration {
	if !j.hasProcesses() {
		return 0
	}
	needed := s.draw(s.foreignRandom(j), j.script.Setup)
	if processNames[j.language].setup == "" {
		needed = 0
	}
	j.now.setup = needed
	return needed + 2*processGap
}

// emitProcesses emits a span for each process of a job that has ended: children of its `job` span, without any
// attribute. A process that was killed ends with the job, one that had not begun has no span. Its status says
// nothing of the job.
func (s *Simulator) emitProcesses(j *job) {
	if !j.hasProcesses() {
		return
	}
	names := processNames[j.language]
	at := j.now.begin.Add(processGap)
	var setup time.Duration
	if j.now.setup > 0 {
		setup = s.emitProcess(j, names.setup, at, at.Add(j.now.setup))
		at = at.Add(j.now.setup)
	}
	j.setup = &setup
	if at = at.Add(processGap); at.Before(j.ended) {
		work := s.emitProcess(j, names.run, at, j.ended)
		j.work = &work
	}
}

func (s *Simulator) emitProcess(j *job, name string, begin, end time.Time) time.Duration {
	if end.After(j.ended) {
		end = j.ended
	}
	random := s.foreignRandom(j)
	trace, _ := j.jobTrace()
	id := newSpanID(random)
	if name == processNames[j.language].setup {
		id = newSpanID(random)
	}
	span := s.newSpan(j.now.worker.host, name, trace, id, j.now.span, begin, end)
	if random.Float64() < 0.1 {
		span.Status = &tracev1.Status{Code: tracev1.Status_STATUS_CODE_ERROR}
	}
	s.emit(span)
	return end.Sub(begin)
}
