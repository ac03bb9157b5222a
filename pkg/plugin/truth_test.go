package plugin

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/require"
)

// With a Tempo that the simulator has filled and the directory of its truth, every run is compared with the truth:
//
//	go test ./pkg/plugin -run TestTruth -truth.dir DIR -truth.tempo http://127.0.0.1:3200
var (
	truthDir   = flag.String("truth.dir", "", "directory of the simulator's truth")
	truthTempo = flag.String("truth.tempo", "", "Tempo with the simulator's spans")
)

type truthRun struct {
	RunID      string     `json:"run_id"`
	Flow       string     `json:"flow"`
	Outcome    string     `json:"outcome"`
	FailedStep *string    `json:"failed_step"`
	Jobs       []truthJob `json:"jobs"`
}

type truthJob struct {
	JobID        string  `json:"job_id"`
	ParentJob    *string `json:"parent_job"`
	TraceID      string  `json:"trace_id"`
	SpanID       string  `json:"span_id"`
	Step         *string `json:"step"`
	Kind         string  `json:"kind"`
	Iteration    *int64  `json:"iteration"`
	Attempt      *int64  `json:"attempt"`
	Start        time.Time
	DurationNS   int64   `json:"duration_ns"`
	TransitionNS *int64  `json:"transition_ns"`
	WaitNS       *int64  `json:"wait_ns"`
	WaitKind     *string `json:"wait_kind"`
	Outcome      string  `json:"outcome"`
}

func TestTruth(t *testing.T) {
	if *truthDir == "" {
		t.Skip("only with -truth.dir and -truth.tempo: see above")
	}
	raw, err := json.Marshal(map[string]any{"tempo": map[string]any{"url": *truthTempo}})
	require.NoError(t, err)
	d, err := newDatasource(context.Background(), backend.DataSourceInstanceSettings{JSONData: raw}, time.Now)
	require.NoError(t, err)
	defer d.Dispose()
	files, err := filepath.Glob(filepath.Join(*truthDir, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	jobs := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		var truth truthRun
		require.NoError(t, json.Unmarshal(raw, &truth))
		res, err := d.reader.Read(context.Background(), truth.RunID, runs.Range{})
		if err != nil {
			t.Errorf("%s: %v", truth.RunID, err)
			continue
		}
		jobs += len(res.Run.Jobs)
		for _, difference := range compareWithTruth(res.Run, truth) {
			t.Errorf("%s %s: %s", truth.Flow, truth.RunID, difference)
		}
	}
	t.Logf("%d runs with %d jobs compared", len(files), jobs)
}

func compareWithTruth(run *windmill.Run, truth truthRun) []string {
	var list []string
	differ := func(what string, got, want any) {
		if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
			list = append(list, fmt.Sprintf("%s is %s, not %s", what, g, w))
		}
	}
	differ("the number of jobs", len(run.Jobs), len(truth.Jobs))
	differ("the outcome", run.Outcome, truth.Outcome)
	if truth.FailedStep != nil && run.FailedStep != nil {
		differ("the failed step", run.FailedStep.Step, *truth.FailedStep)
	}
	found := map[string]*windmill.Job{}
	for _, j := range run.Jobs {
		found[j.ID] = j
	}
	for _, want := range truth.Jobs {
		j := found[want.JobID]
		if j == nil {
			list = append(list, "job "+want.JobID+" is missing")
			continue
		}
		name := fmt.Sprintf("%s (%s)'s ", j.Path, j.ScriptPath)
		if want.ParentJob != nil {
			differ(name+"parent", j.Parent.ID, *want.ParentJob)
		}
		differ(name+"kind", j.Kind, want.Kind)
		differ(name+"step", j.Step, orNone(want.Step))
		differ(name+"iteration", orNone(j.Iteration), orNone(want.Iteration))
		differ(name+"attempt", orNone(j.Attempt), orNone(want.Attempt))
		differ(name+"trace", j.TraceID, want.TraceID)
		differ(name+"span", j.SpanID, want.SpanID)
		differ(name+"start", j.Start.UTC(), want.Start.UTC())
		differ(name+"duration", orNone((*int64)(j.Duration)), want.DurationNS)
		differ(name+"transition", orNone((*int64)(j.Transition)), orNone(want.TransitionNS))
		differ(name+"wait", orNone((*int64)(j.Wait)), orNone(want.WaitNS))
		differ(name+"wait kind", j.WaitKind, orNone(want.WaitKind))
		differ(name+"outcome", j.Outcome, want.Outcome)
	}
	return list
}

func orNone[T any](v *T) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(*v)
}
