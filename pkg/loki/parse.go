package loki

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// What Windmill's workers say of every job. The texts are parts of the messages, as the source has them.
const (
	saysFetched = "fetched job "
	saysPushed  = "all next flow jobs pushed: "
	saysWaited  = " waited for an executor"
)

var (
	fetchedLine = regexp.MustCompile(`^fetched job ([0-9a-fA-F-]{36}) \(root job: ([^,]*), scheduled for: ([^)]*)\)`)
	pushedLine  = regexp.MustCompile(`^all next flow jobs pushed: \[([^\]]*)\]`)
	waitedLine  = regexp.MustCompile(`^job ([0-9a-fA-F-]{36}) waited for an executor`)
	waitTime    = regexp.MustCompile(`wait_time\s*[=:]\s*"?(\d+)`)
)

// scheduledFormat is how Rust writes a time in UTC; the fraction of the second may be missing.
const scheduledFormat = "2006-01-02 15:04:05.999999999 MST"

// sighting reads what a log line tells of a job. false: it is none of the known lines.
func sighting(l Line) (windmill.Sighting, bool) {
	s := windmill.Sighting{Time: spokenAt(l)}
	addTags(&s, l)
	text := strings.TrimSpace(l.Body)
	if m := fetchedLine.FindStringSubmatch(text); m != nil {
		s.Kind, s.JobID = windmill.SightingFetched, strings.ToLower(m[1])
		if s.RootJob == "" {
			s.RootJob = windmill.IDOrNone(m[2])
		}
		if at, err := time.Parse(scheduledFormat, m[3]); err == nil {
			s.ScheduledFor = at.UTC()
		}
		return s, true
	}
	if m := pushedLine.FindStringSubmatch(text); m != nil {
		s.Kind, s.JobID = windmill.SightingPushed, windmill.IDOrNone(l.Tag("id"))
		for id := range strings.SplitSeq(m[1], ",") {
			if id = windmill.IDOrNone(strings.Trim(id, ` "`)); id != "" {
				s.Children = append(s.Children, id)
			}
		}
		return s, s.JobID != "" && len(s.Children) > 0
	}
	if m := waitedLine.FindStringSubmatch(text); m != nil {
		s.Kind, s.JobID = windmill.SightingWaited, strings.ToLower(m[1])
		number := l.Tag("wait_time")
		if in := waitTime.FindStringSubmatch(text); in != nil {
			number = in[1]
		}
		ms, err := strconv.ParseInt(strings.TrimSuffix(number, "ms"), 10, 64)
		s.Wait = time.Duration(ms) * time.Millisecond
		return s, err == nil
	}
	return s, false
}

// addTags takes over the tags of a line. A field root_id is the root of what the line is about.
func addTags(s *windmill.Sighting, l Line) {
	s.ParentJob, s.RootJob = windmill.IDOrNone(l.Tag("parent_job")), windmill.IDOrNone(l.Tag("root_job"))
	if s.RootJob == "" {
		s.RootJob = windmill.IDOrNone(l.Tag("root_id"))
	}
	s.Step, s.ScriptPath, s.Workspace = l.Tag("flow_step_id"), l.Tag("script_path"), l.Tag("workspace_id")
	s.Worker, s.Language, s.Tag, s.JobKind = l.Tag("worker"), l.Tag("language"), l.Tag("tag"), l.Tag("job_kind")
}

// spokenAt is when a line was written: a shipper of JSON lines may have stamped it later.
func spokenAt(l Line) time.Time {
	if at, err := time.Parse(time.RFC3339Nano, l.Tag("timestamp")); err == nil {
		return at.UTC()
	}
	return l.Time
}
