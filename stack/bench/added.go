package bench

import (
	"context"
	"errors"
)

const (
	mostAddedTime = 1.1
	addedRounds   = 5
)

// added compares a query of each type with its upstream requests by themselves, sent with plain HTTP and waiting for
// each other in the same order, taking turns.
func (b *bench) added(ctx context.Context) error {
	if err := b.loadMany(ctx); err != nil {
		return err
	}
	id, err := b.newestRun(ctx)
	if err != nil {
		return err
	}
	for _, p := range panels(id) {
		if err := b.addedBy(ctx, p, b.direct, b.recorded); err != nil {
			return err
		}
	}
	return b.addedByLogs(ctx, id)
}

// addedByLogs does the same for the log lines of a run.
func (b *bench) addedByLogs(ctx context.Context, runID string) error {
	recorded, err := b.recorder.before(b.servers.Loki)
	if err != nil {
		return err
	}
	p, direct := logsPanel(runID), b.direct.withLoki(b.servers.Loki)
	err = b.steady(ctx, "looking for log lines", func() error {
		frames, err := b.plugin.ask(ctx, direct, b.manyFrom, b.manyTo, p.query)
		if err == nil && frames["A"].Rows() == 0 {
			err = errors.New("no line of the run is found in Loki")
		}
		return err
	})
	if err != nil {
		return err
	}
	logged := b.recorded.withLoki(recorded)
	if err := b.addedBy(ctx, p, direct, logged); err != nil {
		return err
	}
	return b.recordsOf(ctx, logged, runID)
}

// mostRecordRequests is one question: a query for each of the two forms of log lines.
const mostRecordRequests = 2

// recordsOf counts what a run and a list ask Loki for how they ended, once its streams are known.
func (b *bench) recordsOf(ctx context.Context, logged source, runID string) error {
	for _, p := range panels(runID) {
		if p.kind() != "flow-steps" && p.kind() != "flow-runs" {
			continue
		}
		requests := 0
		for range 2 {
			b.recorder.take()
			if _, err := b.plugin.ask(ctx, logged, b.manyFrom, b.manyTo, p.query); err != nil {
				return err
			}
			requests = 0
			for _, c := range b.recorder.take() {
				if c.target == b.servers.Loki {
					requests++
				}
			}
		}
		b.figures.aim(p.figure("loki_requests"), float64(requests), "requests", mostRecordRequests)
	}
	return nil
}

// addedBy measures one panel. Both data sources ask the same servers, recorded through the recorder.
func (b *bench) addedBy(ctx context.Context, p panel, direct, recorded source) error {
	ask := func(s source) error {
		_, err := b.plugin.ask(ctx, s, b.manyFrom, b.manyTo, p.query)
		return err
	}
	var calls []call
	err := b.steady(ctx, p.kind(), func() error {
		for range 2 { // the first time, what is kept for a minute is asked for as well
			b.recorder.take()
			if err := errors.Join(ask(recorded), ask(direct)); err != nil {
				return err
			}
		}
		calls = b.recorder.take()
		return nil
	})
	if err != nil {
		return err
	}
	before, err := b.plugin.processorTime()
	if err != nil {
		return err
	}
	query, alone, err := b.alternating(ctx, p.kind(), addedRounds, calls, func() error { return ask(direct) })
	if err != nil {
		return err
	}
	after, err := b.plugin.processorTime()
	if err != nil {
		return err
	}
	b.figures.plain(p.figure("requests"), float64(len(calls)), "requests")
	b.figures.plain(p.figure("wall"), 1000*median(query), "ms")
	b.figures.plain(p.figure("processor_time"), (after-before)/addedRounds, "ms")
	ratio := median(query) / median(alone)
	if p.aggregate {
		b.figures.aim(p.figure("added_ratio"), ratio, "times", mostAddedTime)
	} else {
		b.figures.plain(p.figure("added_ratio"), ratio, "times")
	}
	return nil
}
