package bench

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

const (
	rounds         = 3 // of each kind of measurement that alternates
	mostRequests   = 40
	mostWallRatio  = 1.3
	mostMemory     = 200 // MiB
	mostCancelTime = 100 // ms
)

// large measures a run of more than 10,000 jobs.
func (b *bench) large(ctx context.Context) error {
	now := time.Now()
	batch, run, err := largeRun(now)
	if err != nil {
		return err
	}
	if err := send(ctx, b.servers, batch); err != nil {
		return err
	}
	b.run = run
	b.figures.plain("run_10000_jobs", float64(len(run.Jobs)), "jobs")
	if err := b.largeRequests(ctx); err != nil {
		return err
	}
	if err := b.steady(ctx, "decoding", func() error { return b.decode(ctx) }); err != nil {
		return err
	}
	if err := b.largeWall(ctx); err != nil {
		return err
	}
	return b.steady(ctx, "giving up", func() error { return b.cancel(ctx) })
}

func (b *bench) stepsOf(run simulator.Run) query {
	return query{"queryType": "flow-steps", "runId": run.RunID}
}

// largeRequests counts the upstream requests of the run, and holds the answer against the truth.
func (b *bench) largeRequests(ctx context.Context) error {
	err := b.steady(ctx, "the large run", func() error {
		b.recorder.take()
		frames, err := b.plugin.ask(ctx, b.recorded, b.run.Start, b.run.End, b.stepsOf(b.run))
		if err != nil {
			return err
		}
		b.calls = b.recorder.take()
		return sameJobs(frames["A"], b.run)
	})
	if err != nil {
		return err
	}
	toTempo := 0
	for _, c := range b.calls {
		if c.target == b.servers.Tempo {
			toTempo++
		}
	}
	b.figures.must("run_10000_requests", float64(len(b.calls)), "requests", mostRequests)
	b.figures.plain("run_10000_requests_to_tempo", float64(toTempo), "requests")
	traces := map[string]bool{}
	for _, j := range b.run.Jobs {
		traces[j.TraceID] = true
	}
	b.figures.plain("run_10000_trace_by_trace_requests", float64(len(traces)), "requests")
	return nil
}

// sameJobs wants every job of the truth, once, in the frame, and no other.
func sameJobs(f *data.Frame, run simulator.Run) error {
	field, _ := f.FieldByName("job_id")
	if field == nil {
		return fmt.Errorf("the frame %s has no job_id", f.Name)
	}
	missing := make(map[string]bool, len(run.Jobs))
	for _, j := range run.Jobs {
		missing[j.JobID] = true
	}
	for i := range field.Len() {
		id, _ := field.At(i).(string)
		if !missing[id] {
			return fmt.Errorf("job %s is there twice, or is none of the run", id)
		}
		delete(missing, id)
	}
	if len(missing) > 0 {
		var said []string
		for _, n := range f.Meta.Notices {
			said = append(said, n.Text)
		}
		return fmt.Errorf("%d of %d jobs are missing: %s", len(missing), len(run.Jobs), strings.Join(said, " "))
	}
	return nil
}

// largeWall compares the time of the query with that of its upstream requests by themselves, taking turns, in a
// process of its own whose memory is measured.
func (b *bench) largeWall(ctx context.Context) error {
	fresh, err := startProcess(b.binary)
	if err != nil {
		return err
	}
	defer fresh.Close()
	query, alone, err := b.alternating(ctx, "the large run", rounds, b.calls, func() error {
		frames, err := fresh.ask(ctx, b.direct, b.run.Start, b.run.End, b.stepsOf(b.run))
		if err != nil {
			return err
		}
		return sameJobs(frames["A"], b.run)
	})
	if err != nil {
		return err
	}
	memory, err := fresh.peakMemory()
	if err != nil {
		return err
	}
	b.figures.plain("run_10000_wall", median(query), "s")
	b.figures.plain("run_10000_upstream_wall", median(alone), "s")
	b.figures.aim("run_10000_wall_ratio", median(query)/median(alone), "times", mostWallRatio)
	b.figures.must("run_10000_peak_memory", memory, "MiB", mostMemory)
	return nil
}
