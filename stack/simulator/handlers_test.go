package simulator

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// shapeBatch runs the flow of one shape for an hour, with whatever flows it uses.
func shapeBatch(t *testing.T, path string) Batch {
	t.Helper()
	flows, err := Load(ShapeFlows())
	require.NoError(t, err)
	for i := range flows {
		if flows[i].Path != path {
			flows[i].Schedule = nil
		}
	}
	workers, err := LoadWorkers(ShippedFlows())
	require.NoError(t, err)
	s, err := New(Options{Seed: 3, Flows: flows, Workers: workers, Start: testStart, History: time.Hour})
	require.NoError(t, err)
	return s.Advance(testStart.Add(time.Hour))
}

// TestHandlersHangBelowWhatTheyHandle holds handlers against what is known of them: the finished job is both their
// parent and their root, they name no step and no trigger, and begin when the run is over.
func TestHandlersHangBelowWhatTheyHandle(t *testing.T) {
	seen := map[string]map[string]bool{}
	for _, run := range shapeBatch(t, "f/shapes/handlers").Runs {
		for _, job := range run.Handlers {
			if job.Kind != "handler" {
				require.Equal(t, "step", job.Kind, "of the flow of a handler")
				continue
			}
			require.Equal(t, run.RunID, *job.ParentJob)
			require.Equal(t, run.RunID, *job.RootJob)
			require.Equal(t, run.Jobs[0].TraceID, job.TraceID)
			require.Nil(t, job.Step)
			require.False(t, job.Start.Before(run.Jobs[len(run.Jobs)-1].End))
			if seen[job.CreatedBy] == nil {
				seen[job.CreatedBy] = map[string]bool{}
			}
			seen[job.CreatedBy][job.Outcome] = true
			require.Equal(t, slices.Contains(errorHandlers, job.CreatedBy), run.Outcome == "error")
		}
	}
	require.Len(t, seen, 5)
	require.Len(t, seen["schedule_error_handler"], 2, "some fail")
}

func TestHandlersSpansNameThem(t *testing.T) {
	batch := shapeBatch(t, "f/shapes/handlers")
	for _, span := range batch.Spans {
		if !slices.Contains(slices.Concat(errorHandlers, successHandlers), span.Attribute("created_by")) || span.Attribute("flow_step_id") != "" {
			continue
		}
		require.Contains(t, []string{"job", "job postprocessing"}, span.Name)
		require.Empty(t, span.Attribute("trigger_kind"))
		require.Equal(t, span.Attribute("parent_job"), span.Attribute("root_job"))
	}
}

func TestFailedIterationsHaveHandlers(t *testing.T) {
	below := 0
	for _, run := range shapeBatch(t, "f/shapes/handlers_iterations").Runs {
		for _, job := range run.Handlers {
			if *job.ParentJob != run.RunID {
				below++
			}
		}
	}
	require.Positive(t, below)
}

// TestLaunchedJobsNameTheirScript holds the jobs that a script starts: they name it as their parent, no step, and
// the top of the run as their root where they say one. Those that nothing waits for may outlive the run.
func TestLaunchedJobsNameTheirScript(t *testing.T) {
	outlived := 0
	for _, run := range shapeBatch(t, "f/shapes/launched").Runs {
		byID := map[string]Job{}
		for _, job := range run.Jobs {
			byID[job.JobID] = job
		}
		launched := 0
		for _, job := range run.Jobs {
			if job.Kind != "launched" {
				continue
			}
			launched++
			parent := byID[*job.ParentJob]
			require.Nil(t, job.Step)
			switch *parent.Step {
			case "fan_out":
				require.Equal(t, run.RunID, *job.RootJob)
				require.False(t, job.End.After(parent.End), "the script waits for it")
			default:
				require.Nil(t, job.RootJob)
			}
			if job.End.After(run.End) {
				outlived++
			}
		}
		require.GreaterOrEqual(t, launched, 3)
	}
	require.Positive(t, outlived)
}

// TestProcessesAreChildrenOfTheirJob holds the spans of processes: no attributes, below the very span of the pull.
func TestProcessesAreChildrenOfTheirJob(t *testing.T) {
	batch := shapeBatch(t, "f/shapes/setup")
	pulls := map[string]Span{}
	for _, span := range batch.Spans {
		if strings.HasPrefix(span.Name, "job ") && span.Attribute("hostname") != "" {
			pulls[string(span.SpanId)] = span
		}
	}
	names := map[string]string{}
	for _, span := range batch.Spans {
		if span.Attribute("job_id") != "" {
			continue
		}
		pull, ok := pulls[string(span.ParentSpanId)]
		require.True(t, ok)
		require.Empty(t, span.Attributes)
		require.False(t, span.End().After(pull.End()))
		names[pull.Attribute("flow_step_id")] += span.Name + ";"
	}
	require.Contains(t, names["cold"], "uv;python run;")
	require.NotContains(t, names["warm"], "bun install")
	require.Contains(t, names["built"], "go build;go run;")
	require.Contains(t, names["plain"], "bash run;")
	require.Empty(t, names["inside"])
}

// TestEveryJobHasACompletionRecord holds the record of a job's end: there is one for every job that has ended,
// containers included, outside of the context of any job.
func TestEveryJobHasACompletionRecord(t *testing.T) {
	batch := shapeBatch(t, "f/shapes/nested_1")
	records := map[string]Log{}
	for _, log := range batch.Logs {
		if log.Target == targetQueue {
			records[log.Attribute("job_id")] = log
			require.Empty(t, log.Attribute("parent_job"))
			require.Empty(t, log.Attribute("worker"))
		}
	}
	for _, run := range batch.Runs {
		for _, job := range run.Jobs {
			log, ok := records[job.JobID]
			require.True(t, ok, job.Kind)
			want := job.Outcome != "error" && job.Outcome != "canceled"
			require.Equal(t, want, log.Attribute("success") == "true", job.Kind)
			require.True(t, strings.HasPrefix(log.Body.GetStringValue(), completedMessage+job.JobID))
		}
	}
}
