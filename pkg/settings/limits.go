package settings

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Limits bound the work for one query, and what all of them hold at a time.
type Limits struct {
	Jobs     int           // of one run that are read
	Requests int           // to Tempo
	Bytes    int64         // received from all upstreams together
	Time     time.Duration // for reading from all upstreams
	Held     int64         // bytes that all queries of the data source hold at a time; at least Bytes
	URL      int           // bytes of a request line to Tempo
}

// limit is one number of jsonData.limits.
type limit struct {
	key, name           string
	fallback, low, high int64
}

var (
	jobsLimit      = limit{"jobs", "jobs per run", 20_000, 1, 1_000_000}
	requestsLimit  = limit{"requests", "requests per query", 40, 2, 10_000}
	megabytesLimit = limit{"megabytes", "megabytes per query", 256, 1, 8192}
	secondsLimit   = limit{"seconds", "seconds per query", 120, 1, 3600}
	instanceLimit  = limit{"instanceMegabytes", "megabytes of all queries", 512, 1, 65_536}
	urlLimit       = limit{"urlBytes", "bytes of a URL", 7 << 10, 1 << 10, 1 << 20}
)

// DefaultLimits are those of a data source that says nothing of limits.
func DefaultLimits() Limits {
	limits, _ := loadLimits(nil) // nothing is set that could be wrong
	return limits
}

func loadLimits(raw json.RawMessage) (Limits, error) {
	var set map[string]json.RawMessage
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &set); err != nil {
			return Limits{}, mistake("The limits in the data source's settings cannot be read: %s.", jsonReason(err))
		}
	}
	var jobs, requests, megabytes, seconds, all, url int64
	for _, l := range []struct {
		limit
		into *int64
	}{{jobsLimit, &jobs}, {requestsLimit, &requests}, {megabytesLimit, &megabytes}, {secondsLimit, &seconds}, {instanceLimit, &all}, {urlLimit, &url}} {
		n, err := l.of(set[l.key])
		if err != nil {
			return Limits{}, err
		}
		*l.into = n
	}
	return Limits{
		Jobs: int(jobs), Requests: int(requests), Bytes: megabytes << 20, Time: time.Duration(seconds) * time.Second,
		Held: max(all, megabytes) << 20, // one query must be able to have what it may
		URL:  int(url),
	}, nil
}

// of reads the number; forms may store it as a string.
func (l limit) of(raw json.RawMessage) (int64, error) {
	text := strings.Trim(string(raw), `" `)
	if text == "" || text == "null" {
		return l.fallback, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < l.low || n > l.high {
		return 0, mistake("Limits: %s must be a whole number from %d to %d.", l.name, l.low, l.high)
	}
	return n, nil
}
