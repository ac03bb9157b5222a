package windmill

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// clocks bounds by how much the clocks of a run's workers differ, from what cannot have been otherwise: no job was
// pulled before it was pushed. The time in a job's id is of the clock of whoever pushed it, that of its spans of the
// clock of the worker that pulled it. Nil: no clocks are seen to disagree.
type clocks struct {
	index   map[string]int
	pushers map[*Job]int // by whose clock a job was pushed, as far as that is known
	// ahead[a][b] is by how much b's clock can be ahead of a's at most, in nanoseconds.
	ahead [][]int64
}

// mostClocks bounds the work for finding bounds, which grows with the third power. Beyond that the order is not known.
const mostClocks = 200

// clocksOf finds the bounds where clocks disagree.
func clocksOf(members []*Job, p *problems) *clocks {
	if p.skewed == 0 {
		return nil
	}
	c := &clocks{index: map[string]int{}, pushers: map[*Job]int{}}
	for _, j := range members {
		for _, s := range j.spans {
			if _, ok := c.index[s.Worker]; !ok && s.Worker != "" {
				c.index[s.Worker] = len(c.index)
			}
		}
	}
	if len(c.index) > mostClocks {
		c.index = nil
		return c
	}
	c.ahead = make([][]int64, len(c.index))
	for i := range c.ahead {
		c.ahead[i] = slices.Repeat([]int64{int64(largestSkew)}, len(c.index))
		c.ahead[i][i] = 0
	}
	c.observe(members)
	c.spread()
	return c
}

// observe takes the bounds that single jobs tell, where no two clocks can have pushed a job.
func (c *clocks) observe(members []*Job) {
	windows, longest := pushWindows(members)
	windows, longest = withLostTransitions(windows, longest, members)
	for _, j := range members {
		if j.Parent == nil || j.Created.IsZero() {
			continue
		}
		pusher, ok := c.index[j.pusher(windows, longest)]
		if !ok {
			continue
		}
		c.pushers[j] = pusher
		for _, s := range j.spans {
			if puller, ok := c.index[s.Worker]; ok {
				c.ahead[pusher][puller] = min(c.ahead[pusher][puller], int64(s.Start.Sub(j.Created)))
			}
		}
	}
}

// A transition whose span was lost followed the job's work at once and took about so long at most.
const lostTransition = 100 * time.Millisecond

// withLostTransitions adds the transitions that must have been where no span of one is left.
func withLostTransitions(windows []pushWindow, longest int64, members []*Job) ([]pushWindow, int64) {
	for _, j := range members {
		if j.Leaf() && len(j.posts) == 0 && len(j.pulls) > 0 {
			last := j.pulls[len(j.pulls)-1]
			windows = append(windows, pushWindow{last.end.UnixNano(), last.end.Add(lostTransition).UnixNano(), j, -1, j.puller(last)})
		}
	}
	slices.SortFunc(windows, comparePushWindows)
	return windows, max(longest, int64(lostTransition))
}

// spread carries bounds on over third clocks. Bounds that contradict each other come from times that happen to fit:
// then nothing is known.
func (c *clocks) spread() {
	for via := range c.ahead {
		for a := range c.ahead {
			for b := range c.ahead {
				c.ahead[a][b] = min(c.ahead[a][b], c.ahead[a][via]+c.ahead[via][b])
			}
		}
	}
	for a := range c.ahead {
		if c.ahead[a][a] < 0 {
			c.index = nil
			return
		}
	}
}

// pusher is the worker by whose clock a job was pushed: the only one that, by its own clock, pushed jobs of the flow
// above at that time. Empty: none or several.
func (j *Job) pusher(windows []pushWindow, longest int64) string {
	at, tolerance := j.Created.UnixNano(), int64(idPrecision)
	end, _ := slices.BinarySearchFunc(windows, at+tolerance, func(w pushWindow, t int64) int { return cmp.Compare(w.from, t+1) })
	worker := ""
	for _, w := range slices.Backward(windows[:end]) {
		if w.from < at-longest-tolerance {
			break
		}
		if w.to < at || w.job == j || (w.job != j.Parent && w.job.below(j.Parent) == nil) || w.job.below(j) != nil {
			continue
		}
		if w.worker == "" || (worker != "" && worker != w.worker) {
			return ""
		}
		worker = w.worker
	}
	return worker
}

// workTime is when a job was at work by one clock. What comes after it began no earlier than its end.
type workTime struct {
	clock    int
	from, to int64
}

// workSpan is when a job was at work, by the clock of the worker that had its result. ok is false when that clock is
// not known.
func (c *clocks) workSpan(j *Job) (s workTime, ok bool) {
	var last *Span
	for _, span := range j.spans {
		switch kind := kindOf(span); {
		case kind == postSpan:
			last = span
		case kind == jobSpan && (last == nil || kindOf(last) != postSpan) && !lostARace(span):
			last = span
		}
	}
	if last == nil {
		return s, false
	}
	s = workTime{from: math.MaxInt64, to: last.End().UnixNano()}
	if s.clock, ok = c.index[last.Worker]; !ok {
		return s, false
	}
	if kindOf(last) == postSpan {
		s.to = last.Start.UnixNano()
	}
	for _, span := range j.spans {
		if span.Worker == last.Worker && !lostARace(span) {
			s.from = min(s.from, span.Start.UnixNano())
		}
	}
	return s, true
}

// mayPrecede says whether a may have ended before b began.
func (c *clocks) mayPrecede(a, b workTime) bool {
	return b.from-a.to >= -c.ahead[b.clock][a.clock]-int64(idPrecision)
}

// estimate is when a job began by the first clock, in the middle of what is possible: it contradicts no bound.
func (c *clocks) estimate(s workTime) int64 {
	return s.from - (c.ahead[0][s.clock]-c.ahead[s.clock][0])/2
}

// arrange puts jobs that ran one after another in the only order that is possible. When there are several it changes
// nothing.
func (c *clocks) arrange(jobs []*Job) (known bool) {
	spans := make(map[*Job]workTime, len(jobs))
	for _, j := range jobs {
		s, ok := c.workSpan(j)
		if !ok {
			return false
		}
		spans[j] = s
	}
	sorted := slices.SortedStableFunc(slices.Values(jobs), func(a, b *Job) int { return cmp.Compare(c.estimate(spans[a]), c.estimate(spans[b])) })
	for i := 1; i < len(sorted); i++ {
		before, after := spans[sorted[i-1]], spans[sorted[i]]
		if c.mayPrecede(after, before) {
			return false
		}
		pusher, ok := c.pushers[sorted[i]]
		if ok && !c.mayPrecede(before, workTime{clock: pusher, from: sorted[i].Created.UnixNano()}) {
			return false // pushed before the one before had ended: the pusher is another one
		}
	}
	copy(jobs, sorted)
	return true
}

// order sorts the jobs of one step by their numbers, and those without a number or with the same by the order in
// which they ran, as far as that can be known where clocks disagree.
func (c *clocks) order(jobs []*Job, p *problems) {
	if c == nil || len(jobs) < 2 {
		return
	}
	slices.SortStableFunc(jobs, func(a, b *Job) int { return cmp.Compare(a.number(), b.number()) })
	for i := 0; i < len(jobs); {
		end := i + 1
		for end < len(jobs) && jobs[end].number() == jobs[i].number() {
			end++
		}
		if end-i > 1 && !c.arrange(jobs[i:end]) {
			wentWellLast(jobs[i:end])
			guessed(jobs[i:end], p)
		}
		i = end
	}
}

// wentWellLast puts the only job that went well behind the others: nothing is retried after that.
func wentWellLast(jobs []*Job) {
	at := slices.IndexFunc(jobs, (*Job).wentWell)
	if at < 0 || slices.ContainsFunc(jobs[at+1:], (*Job).wentWell) {
		return
	}
	last := jobs[at]
	copy(jobs[at:], jobs[at+1:])
	jobs[len(jobs)-1] = last
}
