package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/plugin"
)

// cancel gives the query of the large run up at several points of it, and measures how long each takes to stop. The
// plugin runs in this process for that: over gRPC the caller is released at once, whether or not the work has stopped.
func (b *bench) cancel(ctx context.Context) error {
	settings, err := b.direct.instance()
	if err != nil {
		return err
	}
	instance, err := plugin.NewDatasource(ctx, *settings)
	if err != nil {
		return err
	}
	d, ok := instance.(*plugin.Datasource)
	if !ok {
		return errors.New("the plugin makes no data source")
	}
	defer d.Dispose()
	req, err := b.direct.request(b.run.Start, b.run.End, b.stepsOf(b.run))
	if err != nil {
		return err
	}
	began := time.Now()
	res, err := d.QueryData(ctx, req)
	if err != nil {
		return err
	}
	whole := time.Since(began)
	if a := res.Responses["A"]; a.Error != nil || len(a.Frames) == 0 {
		return fmt.Errorf("the query that is to be given up fails by itself: %w", a.Error)
	} else if err := sameJobs(a.Frames[0], b.run); err != nil {
		return err
	}
	const points = 6
	var worst time.Duration
	for i := range points {
		asked, stop := context.WithCancel(ctx)
		var stopped time.Time
		timer := time.AfterFunc(whole*time.Duration(i+1)/(points+1), func() {
			stopped = time.Now()
			stop()
		})
		_, _ = d.QueryData(asked, req) // an answer that was ready before is as good
		if ended := time.Now(); !timer.Stop() && asked.Err() != nil {
			worst = max(worst, ended.Sub(stopped))
		}
		stop()
	}
	b.figures.aim("cancel_latency", float64(worst.Microseconds())/1000, "ms", mostCancelTime)
	return nil
}
