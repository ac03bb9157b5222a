package bench

import (
	"context"
	"errors"
	"sync"
	"time"
)

// dashboard asks the twelve panels of a dashboard at once, as Grafana does: a request for each panel. The data source
// that forwards the identity of users shares nothing, because each user may see something else: it is the one to
// compare with.
func (b *bench) dashboard(ctx context.Context) error {
	if err := b.loadMany(ctx); err != nil {
		return err
	}
	id, err := b.newestRun(ctx)
	if err != nil {
		return err
	}
	list := panels(id)
	unshared := newSource("unshared", b.recorded.upstream("tempo"), b.recorded.upstream("prometheus"))
	unshared.settings["oauthPassThru"] = true
	for _, p := range list {
		_, requests, err := b.askPanels(ctx, unshared, p)
		if err != nil {
			return err
		}
		b.figures.plain("dashboard_requests_"+p.figure("alone"), requests, "requests")
	}
	var walls, requests [2][]float64
	for range rounds {
		for i, s := range []source{b.recorded, unshared} {
			wall, n, err := b.askPanels(ctx, s, list...)
			if err != nil {
				return err
			}
			walls[i], requests[i] = append(walls[i], wall), append(requests[i], n)
		}
	}
	shared, apart := median(requests[0]), median(requests[1])
	b.figures.must("dashboard_requests_shared", shared, "requests", apart)
	b.figures.plain("dashboard_requests_unshared", apart, "requests")
	b.figures.plain("dashboard_wall_shared", median(walls[0]), "s")
	b.figures.plain("dashboard_wall_unshared", median(walls[1]), "s")
	b.figures.aim("dashboard_wall_ratio", median(walls[0])/median(walls[1]), "times", 1)
	return nil
}

// askPanels asks panels side by side, of a data source that has nothing in its caches, and gives the seconds and the
// upstream requests that it took.
func (b *bench) askPanels(ctx context.Context, s source, list ...panel) (wall, requests float64, err error) {
	err = b.steady(ctx, "the dashboard", func() error {
		s.uid = "panels." + time.Now().Format("150405.000000")
		b.recorder.take()
		began := time.Now()
		errs := make([]error, len(list))
		var all sync.WaitGroup
		for i, p := range list {
			all.Go(func() { _, errs[i] = b.plugin.ask(ctx, s, b.manyFrom, b.manyTo, p.query) })
		}
		all.Wait()
		wall, requests = time.Since(began).Seconds(), float64(len(b.recorder.take()))
		return errors.Join(errs...)
	})
	return wall, requests, err
}
