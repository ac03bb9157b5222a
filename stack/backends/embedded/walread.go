package main

import (
	"time"
	_ "unsafe" // for go:linkname
)

// walReadTimeout is a package variable of Prometheus' WAL watcher, 15 s without a setting to change it.
// Tempo's metrics generator never notifies that watcher of new samples (Prometheus itself does), so
// every span metric waits for the timer: 13 to 20 s from span to series. It must be set before the
// generator starts its remote write.
//
//go:linkname walReadTimeout github.com/prometheus/prometheus/tsdb/wlog.readTimeout
var walReadTimeout time.Duration
