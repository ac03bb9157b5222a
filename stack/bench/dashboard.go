package bench

import (
	"context"
	"errors"
	"sync"
	"time"
)

const mostAddedTime = 1.1

// dashboard asks the twelve panels of a dashboard at once, as Grafana does: a request for each panel. The data source
// that forwards the identity of users shares nothing, because each user may see something else: it is the one to
// compare with.
func (b *bench) dashboard(ctx context.Context) error {
	if err := b.loadMany(ctx); err != nil {
		return err
	}
	unshared := newSource("unshared", b.recorded.upstream("tempo"), b.recorded.upstream("prometheus"))
	unshared.settings["oauthPassThru"] = true
	var requests, walls [2][]float64
	for range rounds {
		for i, s := range []source{b.recorded, unshared} {
			s.uid += time.Now().Format(".150405.000000") // a data source of its own has nothing in its caches
			b.recorder.take()
			began := time.Now()
			if err := b.askPanels(ctx, s); err != nil {
				return err
			}
			walls[i] = append(walls[i], time.Since(began).Seconds())
			requests[i] = append(requests[i], float64(len(b.recorder.take())))
		}
	}
	shared, apart := median(requests[0]), median(requests[1])
	b.figures.must("dashboard_requests_shared", shared, "requests", apart)
	b.figures.plain("dashboard_requests_unshared", apart, "requests")
	b.figures.plain("dashboard_wall_shared", median(walls[0]), "s")
	b.figures.aim("dashboard_wall_ratio", median(walls[0])/median(walls[1]), "times", 1)
	return nil
}

// panels are those of the provisioned dashboard, each of its queries in a second panel too (a number beside the table),
// and narrowed to one step.
func panels() []query {
	filters := func(more map[string]any) map[string]any {
		all := map[string]any{"workspace": []string{"many"}, "flow": []string{"f/crm/sync"}}
		for k, v := range more {
			all[k] = v
		}
		return all
	}
	var list []query
	for _, q := range []query{
		{"queryType": "flow-steps"}, {"queryType": "step-latency", "quantiles": []float64{0.5, 0.95}}, {"queryType": "step-stats"}, {"queryType": "flow-runs", "limit": 100},
	} {
		for _, more := range []map[string]any{nil, nil, {"step": []string{"save"}}} {
			panel := query{"filters": filters(more)}
			for k, v := range q {
				panel[k] = v
			}
			list = append(list, panel)
		}
	}
	return list
}

func (b *bench) askPanels(ctx context.Context, s source) error {
	list := panels()
	errs := make([]error, len(list))
	var all sync.WaitGroup
	for i, panel := range list {
		all.Go(func() { _, errs[i] = b.plugin.ask(ctx, s, b.manyFrom, b.manyTo, panel) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// added compares queries of aggregates with their upstream requests by themselves, taking turns.
func (b *bench) added(ctx context.Context) error {
	if err := b.loadMany(ctx); err != nil {
		return err
	}
	for name, q := range map[string]query{
		"step_latency": {"queryType": "step-latency"}, "step_stats": {"queryType": "step-stats"},
	} {
		q["filters"] = map[string]any{"workspace": []string{"many"}}
		ask := func(s source) error {
			_, err := b.plugin.ask(ctx, s, b.manyFrom, b.manyTo, q)
			return err
		}
		for range 2 { // the first time, the shape of the series is asked for as well
			b.recorder.take()
			if err := errors.Join(ask(b.recorded), ask(b.direct)); err != nil {
				return err
			}
		}
		calls := b.recorder.take()
		var query, alone []float64
		for range 3 * rounds {
			began := time.Now()
			if err := ask(b.direct); err != nil {
				return err
			}
			query = append(query, time.Since(began).Seconds())
			took, err := replay(ctx, calls)
			if err != nil {
				return err
			}
			alone = append(alone, took.Seconds())
		}
		b.figures.plain(name+"_wall", 1000*median(query), "ms")
		b.figures.aim(name+"_added_ratio", median(query)/median(alone), "times", mostAddedTime)
	}
	return nil
}
