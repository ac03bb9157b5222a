//go:build !linux

package bench

import "time"

var start = time.Now()

// processTime is the time that has passed.
func processTime() time.Duration { return time.Since(start) }
