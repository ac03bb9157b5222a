package windmill

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// addSightings adds what log lines tell of jobs: which exist at all, above which job they are, since when they are at
// work and for when they were scheduled. What spans say of a job counts more.
func (g *gathered) addSightings(list []Sighting) {
	list = slices.DeleteFunc(slices.Clone(list), func(s Sighting) bool { return s.JobID == "" || s.Time.IsZero() })
	slices.SortFunc(list, compareSightings)
	for i := range list {
		g.addSighting(&list[i])
	}
	for i := range list {
		if s := &list[i]; s.Kind == SightingPushed && len(s.Children) > 1 {
			g.likeSiblings(s)
		}
	}
	for _, j := range g.list {
		if len(j.spans) == 0 {
			j.Pulled, j.Start = j.log.fetched, j.log.fetched
		}
	}
}

// compareSightings orders log lines by time, and those of one time by all that they say.
func compareSightings(a, b Sighting) int {
	if c := a.Time.Compare(b.Time); c != 0 {
		return c
	}
	return cmp.Or(
		strings.Compare(a.JobID, b.JobID), strings.Compare(string(a.Kind), string(b.Kind)), a.ScheduledFor.Compare(b.ScheduledFor),
		cmp.Compare(a.Wait, b.Wait), slices.Compare(a.Children, b.Children), slices.Compare(a.tags(), b.tags()),
	)
}

func (s *Sighting) tags() []string {
	return []string{s.ParentJob, s.RootJob, s.Step, s.ScriptPath, s.Workspace, s.Worker, s.Language, s.Tag, s.JobKind}
}

func (g *gathered) addSighting(s *Sighting) {
	j := g.job(s.JobID)
	j.addSightingTags(s)
	log := j.logging()
	log.lastSign = later(log.lastSign, s.Time)
	switch s.Kind {
	case SightingFetched:
		log.fetched = earlier(log.fetched, s.Time)
		log.refetched = later(log.refetched, s.Time)
		if j.ScheduledFor.IsZero() {
			j.ScheduledFor = s.ScheduledFor
		}
	case SightingPushed:
		log.lastPush = later(log.lastPush, s.Time)
		for _, id := range s.Children {
			if id != "" && id != j.ID {
				c := g.job(id)
				c.logging().pushLogged = earlier(c.log.pushLogged, s.Time)
				fill(&c.ParentID, j.ID)
			}
		}
	case SightingLimited:
		log.limited = true
	case SightingWaited:
		log.waited = max(log.waited, s.Wait)
	}
}

// addSightingTags takes over the tags of a log record as far as no span has them. The line that says which jobs were
// pushed is written in the context of the job whose end pushed them, so its tags are not the flow's.
func (j *Job) addSightingTags(s *Sighting) {
	fill(&j.Workspace, s.Workspace)
	if s.Kind == SightingPushed {
		return
	}
	fill(&j.ParentID, s.ParentJob)
	fill(&j.RootJob, s.RootJob)
	fill(&j.Step, s.Step)
	fill(&j.ScriptPath, s.ScriptPath)
	fill(&j.Worker, s.Worker)
	fill(&j.Language, s.Language)
	fill(&j.Tag, s.Tag)
	fill(&j.JobKind, s.JobKind)
}

// due is the earliest time at which a job could have been pulled, as log lines tell it. Zero: unknown.
func (j *Job) due() time.Time {
	if j.ScheduledFor.IsZero() && j.log.waited > 0 && !j.Pulled.IsZero() {
		return j.Pulled.Add(-j.log.waited)
	}
	return j.ScheduledFor
}

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
