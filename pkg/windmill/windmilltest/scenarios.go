package windmilltest

import "time"

const (
	ms  = time.Millisecond
	sec = time.Second
)

// Plain adds a run of two inline steps, a and b, of flow f/demo/plain: 1 s and 2 s.
func (b *Builder) Plain(at time.Duration) *Job {
	r := b.Flow("f/demo/plain", at)
	r.Pull(at+50*ms, at+70*ms)
	r.Inline("a", at+60*ms).Run(at+100*ms, at+1100*ms)
	r.Inline("b", at+1110*ms).Run(at+1200*ms, at+3200*ms)
	return r.Full(at+50*ms, at+3220*ms, false)
}

// Nightly adds a run of flow f/etl/nightly: an inline step, a parallel loop of n iterations with two steps each, and
// a sub-flow of one step.
func (b *Builder) Nightly(at time.Duration, n int) *Job {
	r := b.Flow("f/etl/nightly", at)
	r.Pull(at+40*ms, at+60*ms)
	r.Inline("a", at+50*ms).Run(at+100*ms, at+1100*ms)
	last := at + 1100*ms
	for i := range n {
		offset := time.Duration(i%7) * 30 * ms
		it := r.Node("b", "forloop", i, at+1110*ms)
		it.Pull(at+1150*ms+offset, at+1170*ms+offset)
		it.Inline("c", at+1160*ms+offset).Run(at+1200*ms+offset, at+1700*ms+offset)
		it.ByPath("d", "f/lib/store", at+1710*ms+offset).Run(at+1750*ms+offset, at+2750*ms+offset)
		last = max(last, at+2770*ms+offset)
	}
	sub := r.Subflow("e", "f/etl/publish", last)
	sub.Pull(last+50*ms, last+70*ms)
	sub.Inline("x", last+60*ms).Run(last+100*ms, last+600*ms)
	return r.Full(at+40*ms, last+620*ms, false)
}

// Rescued adds a run of f/ops/import whose step b fails and whose failure module runs well.
func (b *Builder) Rescued(at time.Duration) *Job {
	r := b.Flow("f/ops/import", at)
	r.Pull(at+30*ms, at+50*ms)
	r.Inline("a", at+40*ms).Run(at+100*ms, at+600*ms)
	r.Inline("b", at+610*ms).Fail(at+700*ms, at+1700*ms, "ValueError", "no rows in input")
	r.Inline("failure", at+1710*ms).Run(at+1800*ms, at+2000*ms)
	return r.Full(at+30*ms, at+2020*ms, false)
}

// Failed adds a run of f/ops/report whose step b fails twice (one retry after a delay of five seconds).
func (b *Builder) Failed(at time.Duration) *Job {
	r := b.Flow("f/ops/report", at)
	r.Pull(at+30*ms, at+50*ms)
	r.Inline("a", at+40*ms).Run(at+100*ms, at+600*ms)
	r.Inline("b", at+610*ms).Fail(at+700*ms, at+1700*ms, "HTTPError", "503 from upstream")
	r.Inline("b", at+1710*ms).Fail(at+6710*ms, at+7000*ms, "HTTPError", "503 from upstream")
	return r.Full(at+30*ms, at+7020*ms, true)
}

// Approved adds a run of f/ops/deploy that waits ten minutes for an approval after step a.
func (b *Builder) Approved(at time.Duration) *Job {
	r := b.Flow("f/ops/deploy", at)
	r.Pull(at+20*ms, at+40*ms)
	r.Inline("a", at+30*ms).Run(at+100*ms, at+600*ms)
	resumed := at + 10*time.Minute
	r.Pull(resumed, resumed+20*ms)
	r.Inline("b", resumed+10*ms).Run(resumed+100*ms, resumed+1100*ms)
	return r.Full(at+20*ms, resumed+1120*ms, false)
}
