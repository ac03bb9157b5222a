package simulator

import (
	"math"
	"math/rand/v2"
	"time"

	"go.yaml.in/yaml/v3"
)

// Dist is a distribution of durations. In YAML it is a plain duration ("800ms"), {p50, p95} for a lognormal one,
// {constant, jitter} for a constant plus up to jitter, or {min, max} for a uniform one.
type Dist struct {
	P50      time.Duration `yaml:"p50,omitempty"`
	P95      time.Duration `yaml:"p95,omitempty"`
	Constant time.Duration `yaml:"constant,omitempty"`
	Jitter   time.Duration `yaml:"jitter,omitempty"`
	Min      time.Duration `yaml:"min,omitempty"`
	Max      time.Duration `yaml:"max,omitempty"`
}

// z95 is the 95th percentile of the standard normal distribution.
const z95 = 1.6448536269514722

// tailLimit bounds a lognormal draw to this many times its p95: once in a long while a draw would be absurd otherwise.
const tailLimit = 3

// UnmarshalYAML decodes a duration or a distribution of durations.
func (d *Dist) UnmarshalYAML(node *yaml.Node) error {
	pos := position{line: node.Line}
	if node.Kind == yaml.ScalarNode {
		if err := node.Decode(&d.Constant); err != nil {
			return pos.errorf("%q is not a duration such as 800ms, 1.5s or 2m", node.Value)
		}
		return d.validate(pos)
	}
	type plain Dist
	if _, err := decodeMapping(node, "a duration", (*plain)(d)); err != nil {
		return err
	}
	return d.validate(pos)
}

func (d *Dist) validate(pos position) error {
	lognormal := d.P50 != 0 || d.P95 != 0
	uniform := d.Min != 0 || d.Max != 0
	constant := d.Constant != 0 || d.Jitter != 0
	switch {
	case lognormal && (uniform || constant) || uniform && constant:
		return pos.errorf("a duration is one of {p50, p95}, {constant, jitter} and {min, max}, not a mixture")
	case lognormal && (d.P50 <= 0 || d.P95 < d.P50):
		return pos.errorf("a duration needs 0 < p50 <= p95, got p50 %s and p95 %s", d.P50, d.P95)
	case uniform && (d.Min < 0 || d.Max < d.Min):
		return pos.errorf("a duration needs 0 <= min <= max, got min %s and max %s", d.Min, d.Max)
	case d.Constant < 0 || d.Jitter < 0:
		return pos.errorf("a duration must not be negative")
	}
	return nil
}

// sample draws one duration.
func (d *Dist) sample(r *rand.Rand) time.Duration {
	switch {
	case d.P50 > 0:
		sigma := math.Log(float64(d.P95)/float64(d.P50)) / z95
		drawn := float64(d.P50) * math.Exp(sigma*r.NormFloat64())
		return time.Duration(min(drawn, tailLimit*float64(d.P95)))
	case d.Max > 0:
		return d.Min + time.Duration(r.Int64N(int64(d.Max-d.Min)+1))
	default:
		return d.Constant + time.Duration(r.Int64N(int64(d.Jitter)+1))
	}
}

// sample draws a number of iterations.
func (c *Count) sample(r *rand.Rand) int {
	return c.Min + r.IntN(c.Max-c.Min+1)
}
