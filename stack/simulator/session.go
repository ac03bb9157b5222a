package simulator

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Session is a simulation that is sent to real servers: a backfill of the past, then live.
type Session struct {
	Seed     uint64
	Flows    []Flow
	Workers  []WorkerGroup // nil: DefaultWorkers
	Speed    float64       // 0: 1
	StepPath bool          // see Options
	Version  Version
	Foreign  Foreign
	Damage   Damage // what happens to the spans on their way; not together with RemoteWrite

	Backfill time.Duration // how much history to make; 0 for none
	Live     bool          // go on in real time until the context ends

	Traces string   // base URL of an OTLP receiver for spans, empty for none
	Logs   string   // base URL of an OTLP receiver for logs, empty for none
	Truth  TruthDir // directory of truth files, empty for none

	// RemoteWrite is the URL to which the span metrics of the backfill are written, empty for none.
	RemoteWrite string
	Metrics     MetricsOptions
	// MetricsSlack is Tempo's metrics_ingestion_time_range_slack: Tempo counts no span that ended longer ago. Spans of
	// the backfill that are older are counted here, younger ones by Tempo. 0 means Tempo's 30 s.
	MetricsSlack time.Duration

	RetryFor time.Duration                    // bound of the attempts for one request; 0: 2 minutes
	Report   func(format string, args ...any) // progress, a line a call; nil for none
}

const (
	defaultMetricsSlack = 30 * time.Second
	// holdMargin is how much longer than the slack held spans wait: clocks and requests take time.
	holdMargin = 2 * time.Second
	// backfillStep is how much history is made at a time.
	backfillStep = 5 * time.Minute
	// longestPause bounds the time between two looks at the clock in live mode.
	longestPause = time.Second
	// livePause collects what ends within it into one request.
	livePause = 200 * time.Millisecond
)

// Run simulates until the backfill is done or, live, until the context ends, which is no error. It fails when a server
// does not take the telemetry.
func (s *Session) Run(ctx context.Context) error {
	if s.Backfill < 0 {
		return errors.New("the backfill must not be negative")
	}
	if s.Backfill == 0 && !s.Live {
		return errors.New("there is nothing to do: neither a backfill nor a live simulation is asked for")
	}
	if s.Damage.Active() && s.RemoteWrite != "" {
		return errors.New("damaged spans and span metrics of the backfill do not go together: the metrics would count what was lost")
	}
	damager, err := NewDamager(s.Damage)
	if err != nil {
		return err
	}
	start := time.Now().Add(-s.Backfill)
	simulation, err := New(Options{
		Seed: s.Seed, Flows: s.Flows, Workers: s.Workers, Start: start, History: s.Backfill, Speed: s.Speed, StepPath: s.StepPath,
		Version: s.Version, Foreign: s.Foreign, Clock: s.Damage.Clock,
	})
	if err != nil {
		return err
	}
	e := &emitter{session: s, otlp: NewOTLP(s.Traces, s.Logs, s.RetryFor), damager: damager, now: simulation.Now}
	err = e.run(ctx, simulation, start)
	if err == nil && s.Truth != "" {
		err = s.Truth.WriteInFlight(simulation.Now(), simulation.InFlight())
	}
	return err
}

// run makes the backfill and what comes after it, until that ends or is stopped.
func (e *emitter) run(ctx context.Context, simulation *Simulator, start time.Time) error {
	s := e.session
	err := e.backfill(ctx, simulation, start)
	if err == nil && s.Live {
		err = e.live(ctx, simulation)
	} else if err == nil {
		err = e.awaitHeld(ctx)
	}
	if ctx.Err() != nil {
		return nil // asked to stop: what was under way is left out
	}
	return err
}

func (s *Session) report(format string, args ...any) {
	if s.Report != nil {
		s.Report(format, args...)
	}
}

// emitter sends batches. Truth is written after the telemetry that it describes was taken.
type emitter struct {
	session *Session
	otlp    *OTLP
	damager *Damager
	now     func() time.Time // of the simulation
	held    *held
	spans   int
	runs    int
}

// held is what must not be sent yet: spans that are counted already, and that Tempo would count again.
type held struct {
	until time.Time
	spans []Span
	runs  []Run // whose spans may be among them
}

func (e *emitter) backfill(ctx context.Context, simulation *Simulator, start time.Time) error {
	if e.session.Backfill == 0 {
		return nil
	}
	began := time.Now()
	var writer *RemoteWriter
	if e.session.RemoteWrite != "" {
		writer = NewRemoteWriter(e.session.RemoteWrite, e.session.Metrics, start, e.session.RetryFor)
	}
	slack := e.session.MetricsSlack
	if slack == 0 {
		slack = defaultMetricsSlack
	}
	for cursor := start.Add(backfillStep); cursor.Before(time.Now().Add(-slack)); cursor = cursor.Add(backfillStep) {
		batch := simulation.Advance(cursor)
		if writer != nil {
			if err := writer.Spans(ctx, batch.Spans, cursor); err != nil {
				return err
			}
		}
		if err := e.send(ctx, batch); err != nil {
			return err
		}
	}
	if err := e.meetPresent(ctx, simulation, writer, slack); err != nil {
		return err
	}
	e.session.report("backfill of %s: %d spans of %d finished runs sent in %s",
		e.session.Backfill, e.spans, e.runs, time.Since(began).Round(time.Millisecond))
	return nil
}

// meetPresent sends the last part of the backfill. Each span must be counted once: older ones by the writer, those that
// ended within the last half of the slack by Tempo, which takes them as fresh. What lies between was counted by the
// writer and would be counted again, so it waits until Tempo takes it for old.
func (e *emitter) meetPresent(ctx context.Context, simulation *Simulator, writer *RemoteWriter, slack time.Duration) error {
	now := time.Now()
	batch := simulation.Advance(now)
	if writer == nil {
		return e.send(ctx, batch)
	}
	border := now.Add(-slack / 2)
	old, between, fresh := splitSpans(batch.Spans, now.Add(-slack), border)
	if err := e.otlp.Spans(ctx, fresh); err != nil {
		return err
	}
	counted := append(old[:len(old):len(old)], between...)
	if err := writer.Spans(ctx, counted, border); err != nil {
		return err
	}
	if err := writer.Finish(ctx, border); err != nil {
		return err
	}
	e.spans += len(fresh)
	e.held = &held{until: border.Add(slack + holdMargin), spans: between}
	return e.send(ctx, Batch{Spans: old, Logs: batch.Logs, Runs: batch.Runs, Deployments: batch.Deployments})
}

// splitSpans cuts spans in the order of their ends at two times.
func splitSpans(spans []Span, first, second time.Time) (before, between, after []Span) {
	i := 0
	for i < len(spans) && spans[i].End().Before(first) {
		i++
	}
	j := i
	for j < len(spans) && spans[j].End().Before(second) {
		j++
	}
	return spans[:i], spans[i:j], spans[j:]
}

// send sends a batch, spans first, and writes the truth of its runs.
func (e *emitter) send(ctx context.Context, batch Batch) error {
	if e.session.Damage.Active() {
		spans, harms := e.damager.Apply(e.now(), batch.Spans)
		batch.Spans = spans
		if e.session.Truth != "" {
			if err := e.session.Truth.WriteDamage(harms); err != nil {
				return err
			}
		}
	}
	if err := e.otlp.Spans(ctx, batch.Spans); err != nil {
		return err
	}
	if err := e.otlp.Logs(ctx, batch.Logs); err != nil {
		return err
	}
	e.spans += len(batch.Spans)
	if e.session.Truth != "" {
		if err := e.session.Truth.WriteDeployments(batch.Deployments); err != nil {
			return err
		}
	}
	if e.held != nil {
		e.held.runs = append(e.held.runs, batch.Runs...)
		return nil
	}
	return e.writeTruth(batch.Runs)
}

func (e *emitter) writeTruth(runs []Run) error {
	e.runs += len(runs)
	if e.session.Truth == "" {
		return nil
	}
	return e.session.Truth.Write(runs)
}

// releaseHeld sends what was held back, once its time has come.
func (e *emitter) releaseHeld(ctx context.Context) error {
	if e.held == nil || time.Now().Before(e.held.until) {
		return nil
	}
	released := e.held
	e.held = nil
	return e.send(ctx, Batch{Spans: released.spans, Runs: released.runs})
}

func (e *emitter) awaitHeld(ctx context.Context) error {
	if e.held == nil {
		return nil
	}
	e.session.report("waiting %s for the last spans to be too old for Tempo's span metrics, which have them already",
		time.Until(e.held.until).Round(time.Second))
	if err := pause(ctx, time.Until(e.held.until)); err != nil {
		return err
	}
	return e.releaseHeld(ctx)
}

// live follows the real clock.
func (e *emitter) live(ctx context.Context, simulation *Simulator) error {
	e.session.report("live")
	for {
		wait := longestPause
		if next, ok := simulation.Next(); ok {
			wait = min(longestPause, max(livePause, time.Until(next)))
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
		if err := e.send(ctx, simulation.Advance(time.Now())); err != nil {
			return fmt.Errorf("live simulation: %w", err)
		}
		if err := e.releaseHeld(ctx); err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(max(d, 0)):
		return nil
	}
}
