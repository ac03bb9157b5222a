package runs

import (
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Range is a range of time.
type Range struct{ From, To time.Time }

func (r Range) length() time.Duration { return r.To.Sub(r.From) }

const (
	// longestSearch is what Tempo searches at once: query_frontend.search.max_duration is 168 hours by default. It is less
	// by a second, because bounds are sent as whole seconds, the beginning rounded down and the end up.
	longestSearch = 168*time.Hour - time.Second
	// mostPieces bounds how many searches one question is cut into: 35 days.
	mostPieces = 5
	// margin is how far clocks may differ.
	margin = time.Minute
	// exporterDelay is how long after its end the spans of a run are still looked for.
	exporterDelay = 5 * time.Minute
	// usualStart is within what time of its creation a run starts, unless a schedule or an approval delays it.
	usualStart = 24 * time.Hour
)

const newestWeek = "Tempo searches at most 168 hours at once: only the last 168 hours of the range were searched."

// Windows owns what time to look at. Tempo takes a search over a bounded range only, while a run may start days after
// its creation and go on for weeks.
type Windows struct{ now time.Time }

// Newest is the newest part of a range that Tempo searches at once. cut: it is not the whole.
func (Windows) Newest(r Range) (newest Range, cut bool) {
	if oldest := r.To.Add(-longestSearch); r.From.Before(oldest) {
		return Range{oldest, r.To}, true
	}
	return r, false
}

// Pieces cuts a range into consecutive searches, the oldest first, at most mostPieces. cut: the rest of the range,
// which is at its end, is left out.
func (Windows) Pieces(r Range) (list []Range, cut bool) {
	for from := r.From; from.Before(r.To) || len(list) == 0; {
		if len(list) == mostPieces {
			return list, true
		}
		to := earlier(from.Add(longestSearch), r.To)
		list = append(list, Range{from, to})
		from = to
	}
	return list, false
}

// NewestPieces is Pieces, but what is left out is at the old end.
func (w Windows) NewestPieces(r Range) (list []Range, cut bool) {
	if oldest := r.To.Add(-mostPieces * longestSearch); r.From.Before(oldest) {
		r.From, cut = oldest, true
	}
	list, _ = w.Pieces(r)
	return list, cut
}

// OfID are the times to look for a run of which nothing but the id is known, one after another until something is
// found: the day of its creation, the week, and the time range that is asked for.
func (w Windows) OfID(id string, dashboard Range) []Range {
	var list []Range
	created, ok := windmill.IDTime(id)
	if ok && created.Before(w.now.Add(24*time.Hour)) {
		from := created.Add(-margin)
		for _, horizon := range []time.Duration{usualStart, longestSearch} {
			to := earlier(from.Add(horizon), w.now.Add(margin))
			if to.After(from) && (len(list) == 0 || to.After(list[0].To)) {
				list = append(list, Range{from, to})
			}
		}
	}
	if dashboard.To.After(dashboard.From) {
		newest, _ := w.Newest(dashboard)
		list = append(list, newest)
	}
	return list
}

// OfRun is the time in which the jobs of a run lie, by what was seen of it: until it ended, or until now. asked is the
// range that was searched for the run itself; rest says that its own children may lie outside of that.
func (w Windows) OfRun(asked, seen Range, ended bool) (within Range, rest bool) {
	last := w.now
	within = Range{asked.From, w.now.Add(margin)}
	if ended {
		last = seen.To
		within.To = last.Add(exporterDelay)
	}
	if first := seen.From.Add(-margin); within.length() > longestSearch && first.After(within.From) {
		within.From = first // between creation and first pull there is nothing to find
	}
	return within, seen.From.Before(asked.From) || last.After(asked.To)
}

// Around widens a range to the creation of jobs, which may lie before it, as far as Tempo allows.
func (w Windows) Around(ids []string, within Range) Range {
	for _, id := range ids {
		if t, ok := windmill.IDTime(id); ok && t.Add(-margin).Before(within.From) {
			within.From = t.Add(-margin)
		}
	}
	newest, _ := w.Newest(within)
	return newest
}

// Whole is the range from the beginning of the first to the end of the last.
func Whole(list []Range) Range {
	whole := Range{}
	for _, r := range list {
		if whole.From.IsZero() || r.From.Before(whole.From) {
			whole.From = r.From
		}
		if r.To.After(whole.To) {
			whole.To = r.To
		}
	}
	return whole
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// newest is the part of a range that Tempo can search at once. That it is not the whole is said.
func (s *session) newestPart(r Range) Range {
	newest, cut := s.windows.Newest(r)
	if cut {
		s.notice(true, newestWeek)
	}
	return newest
}
