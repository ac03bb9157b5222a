package tempo

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
)

// limitsLifetime is how long a limit of Tempo's is taken for unchanged: its configuration may change.
const limitsLifetime = 10 * time.Minute

// limits are what Tempo has refused to exceed. It tells its limits nowhere else.
type limits struct {
	mu    sync.Mutex
	known map[limit]knownLimit
}

type knownLimit struct {
	value int64
	at    time.Time
}

// limit is one setting of Tempo's, as its configuration names it.
type limit string

const (
	limitDuration limit = "query_frontend.search.max_duration"
	limitTraces   limit = "query_frontend.search.max_result_limit"
	limitSpans    limit = "query_frontend.search.max_spans_per_span_set"
	limitMetrics  limit = "query_frontend.metrics.max_duration"
)

// refusals are what Tempo says of each, with the number.
var refusals = map[limit]*regexp.Regexp{
	limitDuration: regexp.MustCompile(`range specified by start and end exceeds ([0-9.]+[a-z0-9.]*[a-z])`),
	limitTraces:   regexp.MustCompile(`limit [0-9]+ exceeds max limit ([0-9]+)`),
	limitSpans:    regexp.MustCompile(`spans per span set exceeds ([0-9]+)`),
	limitMetrics:  regexp.MustCompile(`exceeds the maximum allowed duration of ([0-9.]+[a-z0-9.]*[a-z])`),
}

// of is a limit as far as it is known: a number, or nanoseconds; 0: unknown.
func (l *limits) of(which limit) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k := l.known[which]; time.Since(k.at) < limitsLifetime {
		return k.value
	}
	return 0
}

// learn reads a limit from a refusal. false: it says nothing of one.
func (l *limits) learn(err error) bool {
	e := upstream.AsError(err)
	if e == nil {
		return false
	}
	for which, pattern := range refusals {
		said := pattern.FindSubmatch(e.Answer())
		if said == nil {
			continue
		}
		value, parseErr := strconv.ParseInt(string(said[1]), 10, 64)
		if which == limitDuration || which == limitMetrics {
			var d time.Duration
			d, parseErr = time.ParseDuration(string(said[1]))
			value = int64(d)
		}
		if parseErr != nil || value <= 0 {
			return false
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.known == nil {
			l.known = map[limit]knownLimit{}
		}
		l.known[which] = knownLimit{value, time.Now()}
		return true
	}
	return false
}

// newest cuts a range at its beginning so that Tempo searches it at once.
func (l *limits) newest(start, end time.Time) (from time.Time, cut bool) {
	longest := time.Duration(l.of(limitDuration))
	if longest == 0 || start.IsZero() || end.IsZero() {
		return start, false
	}
	first, last := wholeSeconds(start, end)
	if least := last - int64(longest/time.Second); first < least {
		return time.Unix(least, 0), true
	}
	return start, false
}

// within is a search that Tempo accepts, as far as its limits are known.
func (l *limits) within(r SearchRequest) SearchRequest {
	r.Start, _ = l.newest(r.Start, r.End)
	if most := int(l.of(limitTraces)); most > 0 { // 0 stays: Tempo has a default of its own
		r.Limit = min(r.Limit, most)
	}
	if most := int(l.of(limitSpans)); most > 0 {
		r.SpansPerTrace = min(r.SpansPerTrace, most)
	}
	return r
}

// search asks within the limits. When Tempo refuses and names one, it is asked again within that. What is left out for
// them is told to users of the query.
func (l *limits) search(ctx context.Context, r SearchRequest, ask func(SearchRequest) (SearchResult, error)) (SearchResult, error) {
	asked := l.within(r)
	found, err := ask(asked)
	for range refusals { // one after another is named
		if err == nil || !l.learn(err) {
			break
		}
		again := l.within(r)
		if again == asked {
			break
		}
		asked = again
		found, err = ask(asked)
	}
	if err != nil {
		return found, err
	}
	if !asked.Start.Equal(r.Start) {
		found.Truncated = true
		l.tellCut(ctx)
	}
	if asked.Limit < r.Limit && found.Traces >= asked.Limit {
		upstream.MeterOf(ctx).Say(fmt.Sprintf("Tempo gives at most %d traces for one search (%s): runs or steps may be missing. Ask for a shorter range, or raise it in Tempo.",
			asked.Limit, limitTraces))
	}
	return found, nil
}

func (l *limits) tellCut(ctx context.Context) {
	upstream.MeterOf(ctx).Say(fmt.Sprintf("Tempo searches at most %s at once (%s): of longer ranges only the newest part was searched. Ask for a shorter range, or raise it in Tempo.",
		hours(time.Duration(l.of(limitDuration))), limitDuration))
}

// hours writes a duration without its zeros: "72h", "1h30m".
func hours(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if n := len(text) - len(zero); n >= 0 && text[n:] == zero {
			text = text[:n+1]
		}
	}
	return text
}
