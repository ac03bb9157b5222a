package frame_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
)

// BenchmarkRun is all that is done with a run once its spans are there: tree, rows and frame.
func BenchmarkRun(bench *testing.B) {
	for _, jobs := range []int{100, 1000, 10_000, 100_000} {
		b := windmilltest.New(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC), 1)
		root := b.Nightly(0, jobs/3)
		var run *windmill.Run
		var rows []flowstep.StepRow
		part := func(name string, do func()) {
			bench.Run(fmt.Sprintf("%s/jobs=%d", name, jobs), func(bench *testing.B) {
				bench.ReportAllocs()
				for bench.Loop() {
					do()
				}
				bench.ReportMetric(float64(bench.Elapsed().Nanoseconds())/float64(bench.N*jobs), "ns/job")
			})
		}
		part("tree", func() { run = windmill.Build(root.ID, b.Spans) })
		part("rows", func() { rows = flowstep.Steps(run, run.Jobs, nil) })
		part("frame", func() { frame.FlowSteps(rows, frame.StepsInfo{}, frame.Links{}) })
	}
}
