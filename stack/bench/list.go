package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

const (
	listed           = 1000
	mostListRequests = 40
)

// list counts the upstream requests of a list of a thousand runs with its derived columns.
func (b *bench) list(ctx context.Context) error {
	if err := b.loadMany(ctx); err != nil {
		return err
	}
	ask := func(s source) error {
		frames, err := b.plugin.ask(ctx, s, b.manyFrom, b.manyTo, query{
			"queryType": "flow-runs", "limit": listed, "filters": map[string]any{"workspace": []string{"many"}},
		})
		if err != nil {
			return err
		}
		if rows := frames["A"].Rows(); rows != listed {
			return fmt.Errorf("the list has %d of %d runs", rows, listed)
		}
		return nil
	}
	var calls []call
	err := b.steady(ctx, "the list", func() error {
		b.recorder.take()
		err := ask(b.recorded)
		calls = b.recorder.take()
		return err
	})
	if err != nil {
		return err
	}
	query, alone, err := b.alternating(ctx, "the list", rounds, calls, func() error { return ask(b.direct) })
	if err != nil {
		return err
	}
	b.figures.must("list_1000_requests", float64(len(calls)), "requests", mostListRequests)
	b.figures.plain("list_1000_wall", median(query), "s")
	b.figures.plain("list_1000_wall_ratio", median(query)/median(alone), "times")
	return nil
}

// loadMany sends many small runs, their span metrics and, where there is a Loki, their log lines, once.
func (b *bench) loadMany(ctx context.Context) error {
	if !b.manyTo.IsZero() {
		return nil
	}
	b.manyTo = time.Now().Add(-time.Minute) // what is older is not counted by Tempo
	b.manyFrom = b.manyTo.Add(-time.Hour)
	batch, err := manyRuns(b.manyFrom, b.manyTo)
	if err != nil {
		return err
	}
	if err := send(ctx, b.servers, batch); err != nil {
		return err
	}
	if err := sendMetrics(ctx, b.servers, batch, b.manyFrom, b.manyTo); err != nil || b.servers.Loki == "" {
		return err
	}
	return simulator.NewOTLP("", b.servers.Loki+"/otlp", 0).Logs(ctx, batch.Logs)
}
