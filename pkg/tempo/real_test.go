package tempo

import (
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/upstream/upstreamtest"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Record anew with: go test ./pkg/tempo -record=URL. Tempo must hold runs of f/etl/nightly in the workspace demo:
// a (worker_id instead of worker), a parallel loop c of three iterations of d, and b, which fails now and then.
var record = flag.String("record", "", "a Tempo to record the answers of")

const tapeFile = "testdata/tempo.json"

func realTempo(t *testing.T) (*Client, time.Time) {
	t.Helper()
	var server *httptest.Server
	tape := &upstreamtest.Cassette{Server: "Tempo 2.8"}
	if *record != "" {
		tape.At = time.Now().UTC().Truncate(time.Second)
		server = tape.Record(t, *record)
		t.Cleanup(func() { require.NoError(t, os.WriteFile(tapeFile, tape.JSON(t), 0o644)) })
	} else {
		raw, err := os.ReadFile(tapeFile)
		require.NoError(t, err)
		tape = upstreamtest.Load(t, raw)
		server = tape.Replay(t)
	}
	return New(upstreamtest.Client(t, "Tempo", server)), tape.At
}

// TestReal walks through one failed run as the real server gives it.
func TestReal(t *testing.T) {
	c, at := realTempo(t)
	ctx := context.Background()
	since := at.Add(-30 * time.Minute)

	runs, err := c.Search(ctx, SearchRequest{
		Query: `{ name = "full_job" && status = error } | ` + SelectWindmill, Start: since, End: at, Limit: 1, SpansPerTrace: 5,
	})
	require.NoError(t, err)
	require.Len(t, runs.Spans, 1)
	assert.True(t, runs.Truncated, "there are more runs than one")
	assert.Equal(t, 1, runs.Traces)
	assert.Positive(t, runs.Stats.InspectedBytes)
	run := runs.Spans[0]
	assert.Equal(t, "full_job", run.Name)
	assert.Equal(t, "windmill-worker", run.Service)
	assert.Equal(t, 1200*time.Millisecond, run.Duration)
	assert.True(t, run.Failed)
	assert.Equal(t, "Job failed", run.StatusMessage)
	assert.Equal(t, "f/etl/nightly", run.ScriptPath)
	assert.Equal(t, strings.ReplaceAll(run.JobID, "-", ""), run.TraceID, "Tempo drops the leading zero")

	testTrace(t, c, run)
	testIterations(t, c, run)

	t.Run("limit of spans", func(t *testing.T) {
		got, err := c.Search(ctx, SearchRequest{
			Query: `{ ` + AnyOf("span.parent_job", []string{run.JobID}) + ` } | ` + SelectWindmill, SpansPerTrace: 1, Limit: 100, Start: since, End: at,
		})
		require.NoError(t, err)
		assert.True(t, got.Truncated, "the run's own trace has four spans of steps")
	})
	t.Run("nothing found", func(t *testing.T) {
		got, err := c.Search(ctx, SearchRequest{Query: `{ span.job_id = "none" }`, Start: since, End: at, Limit: 5})
		require.NoError(t, err)
		assert.Equal(t, SearchResult{Stats: got.Stats}, got)
	})
	t.Run("unknown trace", func(t *testing.T) {
		got, err := c.Trace(ctx, "0123", time.Time{}, time.Time{})
		require.NoError(t, err)
		assert.Equal(t, TraceResult{}, got)
	})
	t.Run("bad query", func(t *testing.T) {
		_, err := c.Search(ctx, SearchRequest{Query: "{ nonsense"})
		e := upstream.AsError(err)
		require.NotNil(t, e)
		assert.Equal(t, http.StatusBadRequest, e.Status)
		assert.Contains(t, e.Message, "Tempo rejected the query (status 400). It says: ")
		assert.Contains(t, e.Message, "syntax error")
	})
	t.Run("tag values", func(t *testing.T) {
		r := TagValuesRequest{Tag: "span.script_path", Query: `{ span.workspace_id = "demo" }`, Start: since, End: at}
		got, truncated, err := c.TagValues(ctx, r)
		require.NoError(t, err)
		assert.False(t, truncated)
		assert.Equal(t, []string{
			"f/etl/nightly", "f/etl/nightly/a", "f/etl/nightly/b", "f/etl/nightly/forloop-0", "f/etl/nightly/forloop-0/d",
			"f/etl/nightly/forloop-1", "f/etl/nightly/forloop-1/d", "f/etl/nightly/forloop-2", "f/etl/nightly/forloop-2/d",
		}, got)
		r.Limit = 3
		got, truncated, err = c.TagValues(ctx, r)
		require.NoError(t, err)
		assert.True(t, truncated)
		assert.Len(t, got, 3)
	})
	t.Run("version", func(t *testing.T) {
		got, err := c.Version(ctx)
		require.NoError(t, err)
		assert.Empty(t, got, "this Tempo was built without a version")
	})
}

func testTrace(t *testing.T, c *Client, run windmill.Span) {
	t.Run("trace", func(t *testing.T) {
		got, err := c.Trace(context.Background(), run.TraceID, run.Start, run.End())
		require.NoError(t, err)
		assert.False(t, got.Partial)
		require.Len(t, got.Spans, 6)
		byName := map[string]windmill.Span{}
		for i, s := range got.Spans {
			byName[s.Name] = s
			assert.Equal(t, run.TraceID, s.TraceID)
			assert.Len(t, s.SpanID, 16)
			assert.Equal(t, "windmill-worker", s.Service)
			assert.False(t, i > 0 && s.Start.Before(got.Spans[i-1].Start), "by start")
		}
		full := byName["full_job"]
		assert.Empty(t, full.ParentID)
		assert.Equal(t, run, full, "search and trace agree to the nanosecond")
		b := byName["job b"]
		assert.True(t, b.Failed)
		assert.Equal(t, full.SpanID, b.ParentID)
		assert.Equal(t, 200*time.Millisecond, b.Duration)
		b.TraceID, b.SpanID, b.ParentID, b.JobID, b.ParentJob, b.RootJob, b.Start, b.Duration = "", "", "", "", "", "", time.Time{}, 0
		assert.Equal(t, windmill.Span{
			Service: "windmill-worker", Name: "job b", Failed: true, StatusMessage: "ValueError: no such table",
			Step: "b", ScriptPath: "f/etl/nightly/b", Workspace: "demo", Worker: "wk-2", Language: "python3", Tag: "bash",
			JobKind: "flowscript", CreatedBy: "bob",
		}, b)
		assert.Equal(t, "wk-2", byName["job a"].Worker, "worker_id")
		after := byName["job_postprocessing b"]
		assert.Equal(t, "false", after.Success)
		assert.Equal(t, "ValueError", after.ErrorName)
		assert.Equal(t, "no such \"table\"\nline 2", after.ErrorMessage)
		assert.Equal(t, "schedule", byName["job"].TriggerKind)
	})
}

func testIterations(t *testing.T, c *Client, run windmill.Span) {
	t.Run("iterations in traces of their own", func(t *testing.T) {
		ctx := context.Background()
		children, err := c.Search(ctx, SearchRequest{
			Query: `{ ` + AnyOf("span.parent_job", []string{run.JobID}) + ` } | ` + SelectWindmill, SpansPerTrace: 100, Limit: 100, Start: run.Start.Add(-time.Minute), End: run.End().Add(time.Minute),
		})
		require.NoError(t, err)
		assert.False(t, children.Truncated)
		assert.Equal(t, 4, children.Traces, "the run's own and three iterations")
		var iterations []string
		for _, s := range children.Spans {
			assert.Equal(t, run.JobID, s.ParentJob)
			if s.Step == "c" {
				iterations = append(iterations, s.JobID)
			}
		}
		require.Len(t, iterations, 3)
		below, err := c.Search(ctx, SearchRequest{
			Query: `{ ` + AnyOf("span.parent_job", iterations) + ` && name =~ "job .*" } | ` + SelectWindmill, SpansPerTrace: 100, Limit: 100, Start: run.Start.Add(-time.Minute), End: run.End().Add(time.Minute),
		})
		require.NoError(t, err)
		require.Len(t, below.Spans, 3)
		for _, s := range below.Spans {
			assert.Equal(t, "d", s.Step)
			assert.Contains(t, iterations, s.ParentJob)
		}
	})
}
