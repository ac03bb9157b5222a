package bench

import (
	"syscall"
	"time"
)

// processTime is the processor time that this process has used.
func processTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0 // only a wrong argument does that
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
