package windmill

import "strconv"

// likeSiblings fills in what log lines leave open of jobs that a flow pushed together with others: they are the
// iterations or branches of one step, numbered in the order in which the line lists them. Nothing is filled in unless a
// sibling has spans, and all siblings that have some agree.
func (g *gathered) likeSiblings(s *Sighting) {
	var like *Job
	offset := int64(0)
	prefix := ""
	for i, id := range s.Children {
		c := g.jobs[id]
		if c == nil || len(c.spans) == 0 {
			continue
		}
		seg, ok := LastSegment(c.ScriptPath)
		if !ok || c.Step == "" {
			return
		}
		path := c.ScriptPath[:len(c.ScriptPath)-len(strconv.FormatInt(seg.Number, 10))]
		if like != nil && (path != prefix || seg.Number-int64(i) != offset || c.Step != like.Step || c.JobKind != like.JobKind) {
			return
		}
		like, prefix, offset = c, path, seg.Number-int64(i)
	}
	if like == nil || offset < 0 {
		return
	}
	for i, id := range s.Children {
		if c := g.jobs[id]; c != nil && len(c.spans) == 0 {
			fill(&c.Step, like.Step)
			fill(&c.JobKind, like.JobKind)
			fill(&c.ScriptPath, prefix+strconv.FormatInt(offset+int64(i), 10))
		}
	}
}
