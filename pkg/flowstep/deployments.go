package flowstep

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Deployment is a script or flow that was seen with a version of which nothing had been seen before, while another
// version had.
type Deployment struct {
	Time                   time.Time // the first job seen with it started; deployed at some time before
	Title, Text            string
	Tags                   string // joined by commas, as Grafana's annotations take them
	Workspace, Path        string
	Step                   *string // set for a script written into a loop or branch of a flow, which has no path of its own
	Hash, PreviousHash     string
	JobID, TraceID, SpanID string
}

// script is what has versions.
type script struct{ workspace, path, step string }

// scriptOf: iterations of a loop share their scripts.
func scriptOf(s windmill.Span) script {
	x := script{workspace: s.Workspace, path: windmill.StepPath(s.ScriptPath)}
	if x.path != s.ScriptPath {
		x.step = s.Step
	}
	return x
}

// Deployments finds the versions of scripts and flows that were seen for the first time from a time on, newest first.
// Spans from before that time tell which versions are old. A script that was never seen with another version counts
// for nothing: it may have been deployed long ago and run seldom. A return to an older version is not seen.
func Deployments(spans []windmill.Span, from time.Time) []Deployment {
	spans = slices.Clone(spans)
	slices.SortStableFunc(spans, func(a, b windmill.Span) int {
		return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.JobID, b.JobID))
	})
	seen := map[script][]string{}
	var list []Deployment
	for _, s := range spans {
		if s.ScriptHash == "" || s.ScriptPath == "" || !windmill.IsUserKind(s.JobKind) {
			continue
		}
		x := scriptOf(s)
		known := seen[x]
		if slices.Contains(known, s.ScriptHash) {
			continue
		}
		seen[x] = append(known, s.ScriptHash)
		if len(known) > 0 && !s.Start.Before(from) {
			list = append(list, deployment(x, s, known[len(known)-1]))
		}
	}
	slices.Reverse(list)
	return list
}

func deployment(x script, s windmill.Span, previous string) Deployment {
	name := x.path
	if x.step != "" {
		name += " step " + x.step
	}
	return Deployment{
		Time: s.Start, Title: "New version of " + name,
		Text: fmt.Sprintf("Version %s of %s first ran in job %s. Before: %s.", s.ScriptHash, name, s.JobID, previous),
		Tags: strings.Join([]string{"deployment", "windmill", x.workspace}, ","), Workspace: x.workspace, Path: x.path, Step: known(x.step),
		Hash: s.ScriptHash, PreviousHash: previous, JobID: s.JobID, TraceID: s.TraceID, SpanID: s.SpanID,
	}
}
