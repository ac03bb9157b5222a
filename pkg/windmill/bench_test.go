package windmill_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
)

// wide adds a run of parallel iterations of four steps each, of which each tenth is a sub-flow of one step.
func wide(b *windmilltest.Builder, iterations int) *windmilltest.Job {
	r := b.Flow("f/etl/wide", 0).Pull(40*ms, 60*ms)
	last := time.Duration(0)
	for i := range iterations {
		at := time.Duration(i/50) * 300 * ms // fifty at a time: the rest waits for workers
		it := r.Node("l", "forloop", i, 50*ms).Pull(at+60*ms, at+70*ms)
		it.Inline("a", at+65*ms).Run(at+75*ms, at+120*ms)
		it.ByPath("b", "f/lib/store", at+125*ms).Run(at+130*ms, at+150*ms)
		it.Identity("c", at+155*ms).Run(at+160*ms, at+161*ms)
		if i%10 == 0 {
			sub := it.Subflow("d", "f/etl/publish", at+165*ms).Pull(at+170*ms, at+175*ms)
			sub.Inline("x", at+172*ms).Run(at+180*ms, at+250*ms)
		} else {
			it.Inline("d", at+165*ms).Run(at+170*ms, at+250*ms)
		}
		last = at + 280*ms
	}
	return r.Full(40*ms, last, false)
}

// The time for one job must not grow with the number of jobs, and 10,000 jobs must take well below 50 ms and 60 MB with
// all that is done to their spans once they are decoded.
func BenchmarkBuild(bench *testing.B) {
	for _, jobs := range []int{100, 1000, 10_000, 100_000} {
		b := windmilltest.New(base, 1)
		root := wide(b, jobs/5)
		total := float64(len(windmill.Build(root.ID, b.Spans).Jobs))
		bench.Run(fmt.Sprintf("jobs=%d", jobs), func(bench *testing.B) {
			bench.ReportAllocs()
			before := cpuTime(bench)
			for bench.Loop() {
				windmill.Build(root.ID, b.Spans)
			}
			took := cpuTime(bench) - before
			bench.ReportMetric(float64(took.Nanoseconds())/float64(bench.N)/total, "cpu-ns/job")
		})
	}
}

// cpuTime is what the process took of all processors, the garbage collector included: on a machine that does other
// things too, it tells more than the clock.
func cpuTime(bench *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		bench.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
