//go:build !linux

package bench

import "time"

var start = time.Now()

// threadTime is the time that has passed.
func threadTime() time.Duration { return time.Since(start) }

// processTime is the time that has passed.
func processTime() time.Duration { return time.Since(start) }
