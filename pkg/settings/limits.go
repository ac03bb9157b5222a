package settings

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Limits bound the work for one query.
type Limits struct {
	Jobs     int           // of one run that are read
	Requests int           // to Tempo
	Bytes    int64         // received from one upstream
	Time     time.Duration // for reading from all upstreams
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
)

// DefaultLimits are those of a data source that says nothing of limits.
func DefaultLimits() Limits {
	return limitsOf(jobsLimit.fallback, requestsLimit.fallback, megabytesLimit.fallback, secondsLimit.fallback)
}

func limitsOf(jobs, requests, megabytes, seconds int64) Limits {
	return Limits{Jobs: int(jobs), Requests: int(requests), Bytes: megabytes << 20, Time: time.Duration(seconds) * time.Second}
}

func loadLimits(raw json.RawMessage) (Limits, error) {
	var set map[string]json.RawMessage
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &set); err != nil {
			return Limits{}, mistake("The limits in the data source's settings cannot be read: %s.", jsonReason(err))
		}
	}
	var numbers [4]int64
	for i, l := range []limit{jobsLimit, requestsLimit, megabytesLimit, secondsLimit} {
		var err error
		if numbers[i], err = l.of(set[l.key]); err != nil {
			return Limits{}, err
		}
	}
	return limitsOf(numbers[0], numbers[1], numbers[2], numbers[3]), nil
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
