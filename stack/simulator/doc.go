// Package simulator emits the telemetry of a Windmill instance: spans, logs and, for the past, span metrics.
//
// Flows are described in YAML (see README.md and flows/). A seeded engine runs them on a virtual clock, on workers that
// take one job at a time, and hands out what a Windmill worker would have exported: ids, parents, names, attributes,
// statuses and split traces included. Beside that stands the truth of every run, so that what a reader of the
// telemetry concludes can be checked.
//
// Nothing here asks the real clock or a global random source except Run, which connects simulated and real time.
package simulator
