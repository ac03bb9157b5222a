package windmill

// parkedIterations finds the iterations of a parallel loop that had to wait for earlier ones, because the loop runs
// only some at a time. All are pushed at once, and their own jobs are over in milliseconds, so that without such a
// bound workers would have pulled them all before the steps of the first. Rules: some of the iterations were pulled
// within a second; each of the others, two at least, within a second of the end of an earlier one. That they waited
// for it is deduced, which is said.
func parkedIterations(flow *Job, p *problems) {
	loops := map[string][]*Job{}
	for _, c := range flow.Children {
		if c.Container && c.hasSegment && c.segment.Type == "forloop" && !c.Pulled.IsZero() && c.Wait != nil {
			loops[c.Step] = append(loops[c.Step], c)
		}
	}
	for _, iterations := range loops {
		if parked := parkedAmong(iterations); len(parked) > 0 {
			for _, c := range parked {
				c.WaitKind = WaitLimit
			}
			p.add(ProblemParked, len(parked))
		}
	}
}

// leastParked is how many iterations must have waited so: a single one may have met busy workers.
const leastParked = 2

// parkedAmong are those of the iterations that waited for another one. nil: not all that waited can be explained so.
func parkedAmong(iterations []*Job) (parked []*Job) {
	for _, c := range iterations {
		if *c.Wait < noticeablePause {
			continue
		}
		if (c.WaitKind != WaitQueue && c.WaitKind != WaitUnknown) || !c.followsOne(iterations) {
			return nil
		}
		parked = append(parked, c)
	}
	if len(parked) < leastParked || len(parked) == len(iterations) {
		return nil
	}
	return parked
}

// followsOne says whether one of the iterations ended within the second before the job was pulled.
func (j *Job) followsOne(iterations []*Job) bool {
	for _, c := range iterations {
		gap := j.Pulled.Sub(c.workEnd)
		if c != j && !c.workEnd.IsZero() && gap > -idPrecision && gap < noticeablePause {
			return true
		}
	}
	return false
}
