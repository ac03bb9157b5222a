package bench

import (
	"syscall"
	"time"
)

// threadTime is the processor time that this thread has used.
func threadTime() time.Duration { return used(syscall.RUSAGE_THREAD) }

// processTime is the processor time that this process has used.
func processTime() time.Duration { return used(syscall.RUSAGE_SELF) }

func used(who int) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		return 0 // only a wrong argument does that
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
