package windmill_test

import (
	"fmt"
	"testing"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
)

// A parallel loop of two steps: three jobs for each iteration. 10,000 jobs must take well below 50 ms.
func BenchmarkBuild(bench *testing.B) {
	for _, jobs := range []int{100, 1000, 10_000} {
		b := windmilltest.New(base, 1)
		root := b.Nightly(0, jobs/3)
		bench.Run(fmt.Sprintf("jobs=%d", jobs), func(bench *testing.B) {
			bench.ReportAllocs()
			for bench.Loop() {
				windmill.Build(root.ID, b.Spans)
			}
		})
	}
}
