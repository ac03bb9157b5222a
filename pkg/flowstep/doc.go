// Package flowstep joins what a run took with what its steps usually take. It is pure: no I/O.
package flowstep

import (
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/histogram"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Key names what has a baseline: a step, or a flow or script by itself when Step is empty.
type Key struct {
	Workspace string
	StepPath  string // script path up to its first loop or branch segment; of a flow: its path
	Step      string
	Script    bool // the script of that path, run by itself
}

// Baseline is what a step or a flow usually takes, in seconds. nil is unknown.
type Baseline struct {
	P50, P95 *float64
	Count    float64 // executions in the window
	Series   string  // matchers of its series in Prometheus; empty: unknown
	// Resolution is how exact P50 and P95 are. Empty: exact.
	Resolution histogram.Resolution
}

// Baselines are the baselines that are known.
type Baselines map[Key]Baseline

// Verdict compares with a baseline.
type Verdict string

// The verdicts.
const (
	Slow    Verdict = "slow"
	Normal  Verdict = "normal"
	Fast    Verdict = "fast"
	Unknown Verdict = "unknown"
)

// MinCount is how many executions a baseline needs before a verdict is given.
const MinCount = 5

// KeyOf is the key of a job's baseline. Leaves, the run itself and further attempts of a script have one; sub-flows,
// iterations and branches have no span of their own length, nor has a workflow as code that waited for its tasks, so
// there is nothing to compare them with.
func KeyOf(j *windmill.Job) (Key, bool) {
	k := Key{Workspace: j.Workspace, StepPath: windmill.StepPath(j.ScriptPath)}
	switch {
	case k.StepPath == "" || j.Suspended():
		return Key{}, false // identities name no script
	case j.Parent == nil && j.Container:
		return k, true
	case j.Parent == nil || j.Kind == windmill.KindStep && j.Step == "":
		k.Script = true
		return k, true
	case j.Container || j.Step == "":
		return Key{}, false
	}
	k.Step = j.Step
	return k, true
}

// Keys lists the keys of a run, each once, in tree order.
func Keys(run *windmill.Run) []Key {
	seen := map[Key]bool{}
	var list []Key
	for _, j := range run.Jobs {
		if k, ok := KeyOf(j); ok && !seen[k] {
			seen[k] = true
			list = append(list, k)
		}
	}
	return list
}

// compare gives the ratio of a duration to a baseline's p50 and the verdict. Rules: unknown without a p50 or with
// fewer than MinCount executions; slow above the p95 or from twice the p50 on; fast up to half the p50; else normal.
// Quantiles are interpolated within a bucket, so that what lies in the same bucket is neither above nor below.
func compare(d *time.Duration, b Baseline) (ratio *float64, v Verdict) {
	if d == nil || b.P50 == nil || *b.P50 <= 0 {
		return nil, Unknown
	}
	took := d.Seconds()
	r := took / *b.P50
	lower, upper := b.Resolution.Around(*b.P50)
	switch {
	case b.Count < MinCount:
		return &r, Unknown
	case r >= 2 && took > upper, b.P95 != nil && took > upperOf(b.Resolution, *b.P95):
		return &r, Slow
	case r <= 0.5 && took < lower:
		return &r, Fast
	}
	return &r, Normal
}

func upperOf(r histogram.Resolution, v float64) float64 {
	_, upper := r.Around(v)
	return upper
}

func seconds(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	s := d.Seconds()
	return &s
}

func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func knownTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
