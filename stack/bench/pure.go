package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
)

const (
	mostPureTime  = 50 // ms
	mostPureAlloc = 60 // MB
	mostExponent  = 1.1
	mostRatio     = 1.5
	pureRounds    = 7
	pureAnswers   = 10 // that the run comes in
	pureParallel  = 4  // of them at a time, as package runs asks
	slopeRounds   = 3
)

// stages are the parts of the work on a run without servers, in their order.
var stages = []string{"decode", "build", "rows", "frame"}

// sizes are the jobs of a run for which the slopes are taken.
var sizes = []int{100, 1000, 10_000, 100_000}

// pure measures what is done with a run beside waiting for Tempo, from the bytes of its answers to the frame: decoding,
// tree, waits, critical path, rows. Then how that grows with the number of jobs.
func (b *bench) pure(ctx context.Context) error {
	if err := b.pureWhole(ctx); err != nil {
		return err
	}
	perJob := map[string][]float64{} // microseconds, by stage and size
	for _, jobs := range sizes {
		took, err := stageTimes(ctx, jobs)
		if err != nil {
			return err
		}
		whole := 0.0
		for _, stage := range stages {
			us := took[stage] / float64(jobs)
			perJob[stage] = append(perJob[stage], us)
			whole += us
		}
		perJob["all"] = append(perJob["all"], whole)
		b.figures.plain(fmt.Sprintf("pure_%d_per_job", jobs), whole, "us")
	}
	for _, stage := range stages {
		b.figures.plain("pure_10000_per_job_"+stage, perJob[stage][2], "us")
		b.figures.plain("pure_slope_"+stage, exponent(sizes, perJob[stage]), "exponent")
	}
	b.figures.aim("pure_slope", exponent(sizes, perJob["all"]), "exponent", mostExponent)
	b.figures.aim("pure_ratio_100000_to_1000", perJob["all"][3]/perJob["all"][1], "times", mostRatio)
	return nil
}

// pureWhole measures a run of 10,000 jobs as the plugin reads it: several answers side by side, then the rest.
func (b *bench) pureWhole(ctx context.Context) error {
	made := nightly(10_000, 1)
	decoder, err := newDecoder()
	if err != nil {
		return err
	}
	defer decoder.close()
	size := 0
	for i, part := range partsOf(made.spans, pureAnswers) {
		body := searchAnswer(part)
		decoder.answers[fmt.Sprintf("{%d}", i)] = body
		size += len(body)
	}
	rows, failed := 0, error(nil)
	c := measure(pureRounds, func() {
		answers, err := decoder.decode(ctx, pureParallel)
		if err != nil {
			failed = err
			return
		}
		run := windmill.BuildWith(made.id, windmill.Evidence{Spans: slices.Concat(answers...)})
		f := frame.FlowSteps(flowstep.Steps(run, run.Jobs, nil), frame.StepsInfo{}, frame.Links{})
		rows = f.Rows()
	})
	if failed != nil {
		return failed
	}
	if rows < 10_000 {
		return fmt.Errorf("the frame has %d rows", rows)
	}
	b.figures.plain("pure_10000_size", float64(size)/1e6, "MB")
	b.figures.aim("pure_10000_time", c.ms, "ms", mostPureTime)
	b.figures.must("pure_10000_alloc", c.megabytes, "MB", mostPureAlloc)
	return nil
}

// partsOf cuts spans into so many parts, between traces.
func partsOf(spans []windmill.Span, parts int) [][]windmill.Span {
	var out [][]windmill.Span
	for rest := spans; len(rest) > 0; {
		n := min(len(spans)/parts+1, len(rest))
		for n < len(rest) && rest[n].TraceID == rest[n-1].TraceID {
			n++
		}
		out, rest = append(out, rest[:n]), rest[n:]
	}
	return out
}

// exponent is that of the number of jobs in the time, by a fit of their logarithms: 1 is linear.
func exponent(jobs []int, perJob []float64) float64 {
	var n, sx, sy, sxx, sxy float64
	for i, v := range perJob {
		x, y := math.Log(float64(jobs[i])), math.Log(v*float64(jobs[i]))
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

// stageTimes gives how long each stage takes for a run of so many jobs, in microseconds: the shortest of some rounds.
// For every size it works through the same number of jobs, and no run comes twice in a round: else small runs alone
// would find their spans in the processor's cache.
func stageTimes(ctx context.Context, jobs int) (map[string]float64, error) {
	many := sizes[len(sizes)-1] / jobs
	made := make([]madeRun, many)
	for i := range made {
		made[i] = nightly(jobs, uint64(i)+1)
	}
	decoder, err := newDecoder()
	if err != nil {
		return nil, err
	}
	defer decoder.close()
	best := map[string]float64{}
	for range slopeRounds {
		runtime.GC()
		took := map[string]*stopwatch{}
		for _, stage := range stages {
			took[stage] = &stopwatch{}
		}
		for _, m := range made {
			if err := m.workThrough(ctx, decoder, took); err != nil {
				return nil, err
			}
		}
		for stage, w := range took {
			us := float64(w.total.Nanoseconds()) / 1000 / float64(many)
			if old, ok := best[stage]; !ok || us < old {
				best[stage] = us
			}
		}
	}
	return best, nil
}

// madeRun is a run whose spans are in memory.
type madeRun struct {
	id    string
	spans []windmill.Span
}

func nightly(jobs int, seed uint64) madeRun {
	b := windmilltest.New(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC), seed)
	root := b.Nightly(0, jobs/3)
	return madeRun{root.ID, b.Spans}
}

func (m madeRun) workThrough(ctx context.Context, d *decoder, took map[string]*stopwatch) error {
	d.answer(searchAnswer(m.spans))
	var answers [][]windmill.Span
	var err error
	took["decode"].time(func() { answers, err = d.decode(ctx, 1) })
	if err != nil {
		return err
	}
	spans := answers[0]
	if len(spans) != len(m.spans) {
		return fmt.Errorf("%d of %d spans were decoded", len(spans), len(m.spans))
	}
	var run *windmill.Run
	took["build"].time(func() { run = windmill.BuildWith(m.id, windmill.Evidence{Spans: spans}) })
	var rows []flowstep.StepRow
	took["rows"].time(func() { rows = flowstep.Steps(run, run.Jobs, nil) })
	var fields int
	took["frame"].time(func() { fields = len(frame.FlowSteps(rows, frame.StepsInfo{}, frame.Links{}).Fields) })
	if len(rows) == 0 || fields == 0 {
		return errors.New("a run has no rows")
	}
	return nil
}
