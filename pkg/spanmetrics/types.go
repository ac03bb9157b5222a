// Package spanmetrics reads Tempo's span metrics of Windmill's spans from Prometheus: what the series look
// like here, what each step usually takes, statistics of a window and latency over time.
package spanmetrics

import (
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/histogram"
)

// Key names a step, or a flow or script by itself when Step is empty.
type Key struct {
	Workspace string // workspace_id
	StepPath  string // script_path up to its first loop or branch segment; of a flow: the flow's path
	Step      string // flow_step_id; "" means the flow itself (its full_job span), or the script
	Script    bool   // the script of that path, run by itself: its `job` spans, which name no step
}

// Source says where figures come from.
type Source string

const (
	SourceSpanMetrics Source = "span-metrics"         // by workspace, path and step
	SourceByName      Source = "span-metrics-by-name" // by span name alone: mixes every flow's step of that name
	SourceTraceQL     Source = "traceql-metrics"      // of TraceQL metrics, see package tracemetrics
	SourceNone        Source = "none"                 // there are no span metrics
)

// Histogram is the kind of latency histogram that figures come from.
type Histogram string

const (
	HistogramNative  Histogram = "native"
	HistogramClassic Histogram = "classic"
	HistogramNone    Histogram = ""
)

// Shape is what the span metrics look like in this Prometheus.
type Shape struct {
	Exists    bool      // any of the six series is there
	Windmill  bool      // some of them are of Windmill's spans
	Series    []string  // which of the six series are there, sorted
	Missing   []string  // which of the six are not, sorted
	Labels    []string  // every label of the series of Windmill's spans, sorted
	Tags      []string  // the labels that are Windmill's tags (and step_path), sorted
	StepLabel string    // "step_path", "script_path" or ""
	Histogram Histogram // the kind to use: native when both are there
	Native    bool      // traces_spanmetrics_latency carries native histograms
	Classic   bool      // traces_spanmetrics_latency_bucket is there
}

// Has says if the series carry the label.
func (s Shape) Has(label string) bool {
	for _, l := range s.Labels {
		if l == label {
			return true
		}
	}
	return false
}

// Baseline is what a step usually takes. Seconds; nil is unknown.
type Baseline struct {
	P50, P95 *float64
	Count    float64 // executions in the window, estimated by Prometheus: seldom a whole number
}

// BaselineRequest asks for the baselines of Keys, over the Window before At.
type BaselineRequest struct {
	Keys   []Key
	Window time.Duration
	At     time.Time
}

// Baselines are the answers that were found. A key without a baseline is not in ByKey.
type Baselines struct {
	ByKey      map[Key]Baseline
	Shape      Shape // of the series in the window
	Source     Source
	Histogram  Histogram
	Resolution histogram.Resolution // how exact the quantiles are
	Notices    []string             // sentences for the user
	Queries    []string             // the PromQL that was sent
}

// Filter narrows statistics. Values of one list are alternatives; an empty list is no filter.
type Filter struct {
	Workspaces, Steps, StepPaths, Languages, Tags []string
	// Keys, if not nil, leaves only these (and gives flows for those without a step). An empty list finds nothing.
	Keys []Key
	// Compared leaves what all of these hold for.
	Compared []Comparison
}

// Comparison is a regular expression that must match the whole value of a tag of Windmill, or must not.
type Comparison struct {
	Tag     string // workspace_id, flow_step_id, script_path (without iterations), language or tag
	Pattern string
	Not     bool
}

// StatsRequest asks for the statistics of each step between Start and End.
type StatsRequest struct {
	Filter     Filter
	Start, End time.Time
	// Before is the end of the window of the same length to compare with. Zero: Start, the window just before.
	Before time.Time
}

// StepStats are the statistics of one step. Durations are seconds; nil is unknown.
type StepStats struct {
	Key
	Calls      *float64 // executions in the window
	Rate       *float64 // executions per second
	Errors     *float64 // executions that failed
	ErrorRatio *float64 // 0..1
	P50        *float64
	P90        *float64
	P95        *float64
	P99        *float64
	Mean       *float64
	Total      *float64 // seconds spent in the step during the window
	// Buckets are the executions by how long they took.
	Buckets histogram.Histogram
	// The same of the window to compare with.
	PreviousCalls, PreviousP95, PreviousMean *float64
	PreviousBuckets                          histogram.Histogram
	// SizeBytes is the mean size of the step's spans in Tempo, bytes per execution.
	SizeBytes *float64
}

// StatsResult holds one row per step that ran in the window, by workspace, path and step.
type StatsResult struct {
	Rows      []StepStats
	Shape     Shape // of the series in the window
	Source    Source
	Histogram Histogram
	Notices   []string
	Queries   []string
}

// Measure is a figure of a step over time.
type Measure string

// The measures.
const (
	MeasureLatency Measure = "latency" // quantiles, seconds
	MeasureErrors  Measure = "errors"  // failed executions per execution, 0..1
	MeasureRate    Measure = "rate"    // executions per second
	MeasureSize    Measure = "size"    // bytes per span
	MeasureSeconds Measure = "seconds" // seconds spent in the step per second
)

// SeriesRequest asks for a measure over time.
type SeriesRequest struct {
	Filter     Filter
	Measure    Measure
	Quantiles  []float64 // 0..1, of latency
	Start, End time.Time
	Step       time.Duration // distance of the points
}

// Point is a value at a time; nil where nothing ran.
type Point struct {
	Time  time.Time
	Value *float64
}

// Series is a measure of one step over time.
type Series struct {
	Key
	Quantile float64 // of latency, else 0
	Points   []Point
}

// SeriesResult holds one series per step, and per quantile of latency.
type SeriesResult struct {
	Series    []Series
	Shape     Shape // of the series in the range
	Source    Source
	Histogram Histogram
	Notices   []string
	Queries   []string
}
