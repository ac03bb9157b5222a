package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/flowsteps/windmill-datasource/pkg/plugin"
)

// longestStop is how long work that goes on is watched.
const longestStop = 20 * time.Second

// cancelPoints is how often the query is given up, at as many points of the time that it takes.
const cancelPoints = 8

// cancel gives the query of the large run up at several points of it, and measures how long each takes to stop. The
// plugin runs in this process for that: over gRPC the caller is released at once, whether or not the work has stopped.
func (b *bench) cancel(ctx context.Context) error {
	d, err := b.inProcess(ctx)
	if err != nil {
		return err
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
	var answered, idle, busy []float64 // ms
	for i := range cancelPoints {
		s, ok := giveUp(ctx, d, req, whole*time.Duration(i+1)/(cancelPoints+1))
		if ok {
			answered, idle, busy = append(answered, milliseconds(s.answered)), append(idle, milliseconds(s.idle)), append(busy, milliseconds(s.busy))
		}
	}
	if len(answered) == 0 {
		return errors.New("the query was always over before it was given up")
	}
	b.figures.aim("cancel_latency", highest(answered), "ms", mostCancelTime)
	b.figures.plain("cancel_latency_median", median(answered), "ms")
	b.figures.aim("cancel_idle", highest(idle), "ms", mostCancelTime)
	b.figures.plain("cancel_processor_time", highest(busy), "ms")
	return nil
}

func (b *bench) inProcess(ctx context.Context) (*plugin.Datasource, error) {
	settings, err := b.direct.instance()
	if err != nil {
		return nil, err
	}
	instance, err := plugin.NewDatasource(ctx, *settings)
	if err != nil {
		return nil, err
	}
	d, ok := instance.(*plugin.Datasource)
	if !ok {
		return nil, errors.New("the plugin makes no data source")
	}
	return d, nil
}

// stop is how a query ended that was given up.
type stop struct {
	answered time.Duration // until QueryData returned
	idle     time.Duration // until nothing of the plugin was at work
	busy     time.Duration // processor time of this process from giving up until QueryData returned
}

// giveUp gives a query up after a time. Not ok: it was over before.
func giveUp(ctx context.Context, d *plugin.Datasource, req *backend.QueryDataRequest, after time.Duration) (s stop, ok bool) {
	asked, cancel := context.WithCancel(ctx)
	defer cancel()
	var at time.Time
	var used time.Duration
	timer := time.AfterFunc(after, func() {
		at, used = time.Now(), processTime()
		cancel()
	})
	_, _ = d.QueryData(asked, req) // an answer that was ready before is as good
	if timer.Stop() {
		return s, false
	}
	<-asked.Done()
	s.answered, s.busy = time.Since(at), processTime()-used
	for deadline := at.Add(longestStop); pluginWorks() && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	s.idle = time.Since(at)
	return s, true
}

// pluginWorks says whether any goroutine of this process runs the plugin's code.
func pluginWorks() bool {
	text := make([]byte, 1<<20)
	return strings.Contains(string(text[:runtime.Stack(text, true)]), "windmill-datasource/pkg/")
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
