package bench

import (
	"runtime"
	"time"
)

// cost is what a piece of work takes: the shortest of several times, because other programs can only make it longer,
// and the memory that it asks for.
type cost struct {
	ms, megabytes float64
}

func measure(times int, work func()) cost {
	var best cost
	for i := range times {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		began := time.Now()
		work()
		took := float64(time.Since(began).Microseconds()) / 1000
		runtime.ReadMemStats(&after)
		if i == 0 || took < best.ms {
			best = cost{took, float64(after.TotalAlloc-before.TotalAlloc) / 1e6}
		}
	}
	return best
}

// stopwatch adds up the time of pieces of work, the only ones of the process at that time. Where the system tells it
// (Linux), that is the processor time of the process, with the collection of garbage: it does not grow when other
// programs take their turns.
type stopwatch struct{ total time.Duration }

func (s *stopwatch) time(work func()) {
	began := processTime()
	work()
	s.total += processTime() - began
}
