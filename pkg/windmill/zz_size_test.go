package windmill_test

import (
	"fmt"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"runtime"
	"syscall"
	"testing"
	"time"
)

func cpu() time.Duration {
	var r syscall.Rusage
	syscall.Getrusage(0, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
func TestCPU(t *testing.T) {
	for _, jobs := range []int{10_000} {
		b := windmilltest.New(base, 1)
		root := wide(b, jobs/5)
		windmill.Build(root.ID, b.Spans)
		n := 300_000 / jobs
		best := time.Hour
		for range 3 {
			runtime.GC()
			a := cpu()
			for range n {
				windmill.Build(root.ID, b.Spans)
			}
			best = min(best, (cpu()-a)/time.Duration(n))
		}
		fmt.Println(jobs, best, best/time.Duration(jobs), "per job")
	}
}
