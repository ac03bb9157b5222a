package simulator

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"
)

// Options say what is simulated.
type Options struct {
	Seed    uint64
	Flows   []Flow
	Workers []WorkerGroup // nil: DefaultWorkers
	// Start is when simulated time begins, cut to the millisecond.
	Start time.Time
	// History is how long the past is that slow_from divides. Without one, every step that becomes slow is slow.
	History time.Duration
	// Speed divides every duration and interval of the flows: at 10, a flow that takes a minute takes six seconds and
	// runs ten times as often. 0 means 1.
	Speed float64
	// StepPath adds the attribute step_path to spans, as the stack's collector does. Leave it out when a collector does.
	StepPath bool
	// Version is the Windmill that is simulated, Foreign what is among its spans.
	Version Version
	Foreign Foreign
	// Clock is how far the clock of a host is off: it shows in the ids of the jobs that its workers push. The times of
	// spans are moved by a Damager with the same. nil: all clocks agree.
	Clock func(host string) time.Duration
	// NoLogs leaves out log records, which take most of the time and memory of a large simulation.
	NoLogs bool
}

// Batch is what happened between two calls of Advance, each list in the order of time.
type Batch struct {
	Spans []Span // by end: a worker exports a span when it ends
	Logs  []Log
	Runs  []Run // that ended
	// Deployments are those whose jobs have ended.
	Deployments []Deployment
}

// Simulator runs flows on virtual time. It is not safe for concurrent use.
type Simulator struct {
	options Options
	clock   clock
	pool    *pool
	flows   map[string]*Flow
	out     Batch
	// versions are the deployed ones; active are the runs that have not ended.
	versions versions
	active   []*run
	running  map[string]int // jobs of scripts with a limit
}

// New prepares a simulation. Nothing happens before Advance.
func New(o Options) (*Simulator, error) {
	if o.Speed == 0 {
		o.Speed = 1
	}
	if o.Speed < 0 {
		return nil, fmt.Errorf("the speed must be above zero, got %g", o.Speed)
	}
	if o.Start.IsZero() {
		return nil, errors.New("the simulation needs a start time")
	}
	if o.Workers == nil {
		o.Workers = DefaultWorkers()
	}
	o.Start = o.Start.UTC().Truncate(time.Millisecond)
	s := &Simulator{options: o, flows: map[string]*Flow{}, versions: versions{}, running: map[string]int{}}
	s.clock.now = o.Start
	s.pool = newPool(o.Workers, s.random("workers"))
	for i := range o.Flows {
		flow := &o.Flows[i]
		if err := s.checkTags(flow); err != nil {
			return nil, err
		}
		s.flows[flowKey(flow.Workspace, flow.Path)] = flow
		s.planArrivals(flow)
	}
	if err := s.planDeployments(); err != nil {
		return nil, err
	}
	return s, nil
}

// Advance simulates up to the given time and returns what ended since the last call.
func (s *Simulator) Advance(until time.Time) Batch {
	s.clock.advance(until)
	batch := s.out
	s.out = Batch{}
	slices.SortStableFunc(batch.Spans, func(a, b Span) int { return a.End().Compare(b.End()) })
	slices.SortStableFunc(batch.Logs, func(a, b Log) int { return a.Time().Compare(b.Time()) })
	return batch
}

// Now is the simulated time.
func (s *Simulator) Now() time.Time { return s.clock.now }

// Next is when something happens next; false when nothing ever will.
func (s *Simulator) Next() (time.Time, bool) { return s.clock.next() }

// random is a source of its own for each purpose, so that one flow's luck does not depend on another's.
func (s *Simulator) random(purpose string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(purpose)) // never fails
	return rand.New(rand.NewPCG(s.options.Seed, h.Sum64()))
}

// draw is one duration of a distribution at the simulation's speed.
func (s *Simulator) draw(r *rand.Rand, d *Dist) time.Duration {
	return s.scale(d.sample(r))
}

func (s *Simulator) scale(d time.Duration) time.Duration {
	return time.Duration(float64(d) / s.options.Speed)
}

func (s *Simulator) checkTags(flow *Flow) error {
	missing := func(tag string) error {
		return fmt.Errorf("%s needs a worker for tag %q, and no group of workers has it; add it to %s", flow.Path, tag, workersFile)
	}
	tags := []string{}
	eachScript(flow, func(script *Script, _ string) { tags = append(tags, script.Tag) })
	if flow.Script == nil {
		tags = append(tags, "flow", flow.Tag)
	}
	for _, tag := range tags {
		if tag != "" && !s.pool.serves(tag) {
			return missing(tag)
		}
	}
	return nil
}

// planArrivals plans the first run of a flow; each run plans the next.
func (s *Simulator) planArrivals(flow *Flow) {
	if flow.Schedule == nil {
		return
	}
	a := &arrivals{flow: flow, random: s.random("arrivals " + flowKey(flow.Workspace, flow.Path))}
	a.planned = s.options.Start.Add(s.scale(flow.Schedule.Offset))
	if flow.Schedule.PerHour > 0 {
		a.planned = a.planned.Add(s.untilNext(flow.Schedule, a.random))
	}
	s.planRun(a)
}

// arrivals are the runs of one flow.
type arrivals struct {
	flow    *Flow
	random  *rand.Rand
	planned time.Time // of the next run, without its jitter
	number  int
}

// planRun plans the next run. A schedule pushes it now, for later; everything else pushes it when its time has come.
func (s *Simulator) planRun(a *arrivals) {
	late := time.Duration(a.random.Int64N(int64(s.scale(a.flow.Schedule.Jitter)) + 1))
	at := a.planned.Add(late)
	a.planned = a.planned.Add(s.untilNext(a.flow.Schedule, a.random))
	a.number++
	number, ahead := a.number, a.flow.Trigger.Kind == triggerSchedule
	if ahead {
		s.startRun(a.flow, number, at.Sub(s.clock.now))
	}
	s.clock.at(at, func() {
		if !ahead {
			s.startRun(a.flow, number, 0)
		}
		s.planRun(a)
	})
}

func (s *Simulator) untilNext(schedule *Schedule, r *rand.Rand) time.Duration {
	if schedule.Every > 0 {
		return s.scale(schedule.Every)
	}
	hours := r.ExpFloat64() / schedule.PerHour
	return s.scale(time.Duration(hours * float64(time.Hour)))
}

// startRun pushes the job of a new run, to be run after the delay.
func (s *Simulator) startRun(flow *Flow, number int, delay time.Duration) {
	r := &run{flow: flow, number: number, versions: s.versions, version: &s.options.Version}
	r.random = s.random(fmt.Sprintf("run %d %s", number, flowKey(flow.Workspace, flow.Path)))
	if flow.Trigger.Traceparent {
		r.caller = s.callerOf(flow, r)
	}
	j := &job{run: r, role: roleFlow, kind: "flow", scriptPath: flow.Path, tag: flow.Tag, waitKind: waitQueue}
	switch {
	case flow.Script != nil && flow.Script.Wrapped:
		j.kind, j.flow = "singlestepflow", flow.Script.wrapper(flow.Path)
	case flow.Script != nil:
		j.role, j.script = roleStep, &flow.Script.Script
		j.language, j.tag = j.script.Language, j.script.Tag
		j.runByPath(flow.Path)
	case flow.Preview:
		j.kind = "flowpreview"
	}
	if flow.Script == nil {
		j.flow = newFlowState(flow)
	}
	s.active = append(s.active, r)
	s.push(j, &transition{at: s.clock.now, delay: delay})
	s.planCancel(r, j.scheduled)
	s.emitRequest(r)
}

// push creates a job: its id carries this moment. A worker sees it once its scheduled time has come.
func (s *Simulator) push(j *job, t *transition) {
	s.identify(j, t.at, t.worker)
	j.scheduled = t.at.Add(t.delay)
	if t.waitKind != "" {
		j.waitKind, j.approval = t.waitKind, t.approval
	}
	j.run.jobs = append(j.run.jobs, j)
	if j.parent != nil {
		j.parent.children++
	}
	t.pushed = append(t.pushed, j)
	t.at = t.at.Add(s.draw(j.run.random, &pushCost))
	queue := &defaultQueue
	if j.script != nil && j.script.Queue != nil {
		queue = j.script.Queue
	}
	start := s.pullFlow
	if !j.isFlow() {
		start = s.pullLeaf
	}
	if j.parked {
		return
	}
	s.clock.at(j.scheduled, func() { s.enqueue(j, queue, func(w *worker) { start(j, w) }) })
}

// identify gives a job its id, which carries the time by the clock of the worker that pushes it; nil: of the server.
func (s *Simulator) identify(j *job, at time.Time, pusher *worker) {
	if pusher != nil && s.options.Clock != nil {
		j.clockOff = s.options.Clock(pusher.host)
	}
	j.id = newJobID(at.Add(j.clockOff), j.run.random)
	j.created = j.id.Created()
}

// enqueue offers a job to the workers after the time they need to notice it.
func (s *Simulator) enqueue(j *job, queue *Dist, do func(*worker)) {
	s.clock.at(s.clock.now.Add(s.draw(j.run.random, queue)), func() {
		next := pull{job: j, do: func(w *worker) {
			if j.run.canceled { // it has left the queue
				s.release(w)
				s.endApart(j)
				return
			}
			do(w)
		}}
		if w := j.pinned(); w != nil {
			w.take(next)
			return
		}
		s.pool.take(next)
	})
}

// release frees a worker for the next job.
func (s *Simulator) release(w *worker) {
	if w.owner == nil {
		s.pool.freed(w)
		return
	}
	w.next()
}
