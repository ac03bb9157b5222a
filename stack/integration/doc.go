// Package integration tests the plugin against real servers that hold the simulator's telemetry, and compares what it
// answers with the simulator's truth. Run it with -tags integration; the servers are built on first use.
package integration
