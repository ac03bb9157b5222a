package bench

import (
	"context"
	"errors"
)

const (
	mostAddedTime = 1.1
	addedRounds   = 5
)

// added compares a query of each type with its upstream requests by themselves, sent with plain HTTP and waiting for each
// other in the same order, taking turns.
func (b *bench) added(ctx context.Context) error {
	if err := b.loadMany(ctx); err != nil {
		return err
	}
	id, err := b.newestRun(ctx)
	if err != nil {
		return err
	}
	for _, p := range panels(id) {
		if err := b.addedBy(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) addedBy(ctx context.Context, p panel) error {
	ask := func(s source) error {
		_, err := b.plugin.ask(ctx, s, b.manyFrom, b.manyTo, p.query)
		return err
	}
	var calls []call
	err := b.steady(ctx, p.kind(), func() error {
		for range 2 { // the first time, what is kept for a minute is asked for as well
			b.recorder.take()
			if err := errors.Join(ask(b.recorded), ask(b.direct)); err != nil {
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
	query, alone, err := b.alternating(ctx, p.kind(), addedRounds, calls, func() error { return ask(b.direct) })
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
