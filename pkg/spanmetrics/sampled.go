package spanmetrics

import (
	"context"
	"math"
	"time"
)

const (
	// DefaultSampled is Tempo's collection interval unless it is configured.
	DefaultSampled = 15 * time.Second
	// shortestWindow is the shortest window in which executions are counted, in distances of samples. A window without a
	// sample looks as if nothing had run, and that of the next one holds what ran in both.
	shortestWindow = 4
	// measuredOver is how long the distance of samples is measured.
	measuredOver = 10 * time.Minute
	// sampledLifetime is how long it is taken for unchanged.
	sampledLifetime = 10 * time.Minute
)

// usual are collection intervals as people configure them, in seconds.
var usual = []float64{1, 2, 5, 10, 15, 20, 30, 60, 120, 300}

type cachedSampled struct {
	every time.Duration
	found time.Time
}

// Sampling is how far apart the samples of the counters of Windmill's spans are.
type Sampling struct {
	Set      time.Duration // as configured; 0: not configured
	Measured time.Duration // as found; 0: unknown, no series has been there for ten minutes
}

// Sampling measures it at a time.
func (c *Client) Sampling(ctx context.Context, shape Shape, at time.Time) (Sampling, error) {
	measured, err := c.measureSampled(ctx, shape, at)
	return Sampling{c.setSampled, measured}, err
}

func (c *Client) measureSampled(ctx context.Context, shape Shape, at time.Time) (time.Duration, error) {
	metric := shape.beside()
	if metric == "" || !shape.Windmill {
		return 0, nil
	}
	x := selector(metric, []string{windmillJob})
	over := promDuration(measuredOver)
	// Series come and go: one that was there from the beginning on tells, up to its last sample. The first one lies half a
	// distance from the beginning on average.
	until := "(" + formatFloat(measuredOver.Seconds()) + " - time() + timestamp(" + x + "))"
	vector, _, err := c.vector(ctx, "min("+until+" / (count_over_time("+x+"["+over+"]) - 0.5) and "+x+" offset "+over+")", at)
	if err != nil || len(vector) != 1 || !(vector[0].Value > 0) {
		return 0, err
	}
	return roundSampled(float64(vector[0].Value)), nil
}

// roundSampled takes the usual interval that is near: a window holds a sample more or less than its share.
func roundSampled(seconds float64) time.Duration {
	for _, s := range usual {
		if math.Abs(seconds-s) <= 0.15*s {
			return time.Duration(s * float64(time.Second))
		}
	}
	return max(time.Duration(math.Round(seconds))*time.Second, time.Second)
}

// sampled is the distance of samples to reckon with: what is configured, else what is measured, which is kept for ten
// minutes, else Tempo's default. Why it could not be measured is not told: if Prometheus does not answer, the
// question that it is for fails as well.
func (c *Client) sampled(ctx context.Context, shape Shape, at time.Time) time.Duration {
	if c.setSampled > 0 {
		return c.setSampled
	}
	key := at.Unix() / int64(sampledLifetime.Seconds())
	c.mu.Lock()
	kept, ok := c.intervals[key]
	c.mu.Unlock()
	if ok && time.Since(kept.found) < sampledLifetime {
		return kept.every
	}
	every, err := c.measureSampled(ctx, shape, at)
	if err != nil || every == 0 {
		return DefaultSampled
	}
	if c.PerUser() {
		return every // what one user may see is not for another
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.intervals) >= 256 {
		clear(c.intervals)
	}
	c.intervals[key] = cachedSampled{every, time.Now()}
	return every
}
