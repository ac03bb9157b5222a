package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

const (
	queryTimeout = 2 * time.Minute // from the start of the simulator to a run that can be shown
	queryPoll    = time.Second
	// backfillDone is how the simulator's log says that the history is sent. Before that, the latest run
	// that can be found is an old one.
	backfillDone = "simulator: backfill of "
)

// showLatestRun waits until the latest finished run of a flow can be queried with all its jobs and
// prints its steps.
func (d *demo) showLatestRun(ctx context.Context, address string) (err error) {
	stage := d.report.Start(fmt.Sprintf("simulating %s of history and waiting until it can be queried", history))
	deadline := time.Now().Add(queryTimeout)
	var frame *data.Frame
	why := errors.New("nothing was asked yet")
	for why != nil && time.Now().Before(deadline) {
		if err := d.firstExit(); err != nil {
			stage.Done(err)
			return err
		}
		if frame, why = d.completeRun(ctx, address); why == nil {
			break
		}
		stage.Detail("%v", why)
		if err := pause(ctx, queryPoll); err != nil {
			stage.Done(err)
			return err
		}
	}
	if why != nil {
		err := fmt.Errorf("no finished run could be shown within %s: %w", queryTimeout, why)
		stage.Done(err)
		return err
	}
	stage.Done(nil)
	text, err := renderSteps(frame)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(d.Out, "\n", text)
	return err
}

// completeRun asks for the latest finished run of a flow, and for that run again once the simulator has
// sent all of it; its truth file is written after that. The error says what is still missing.
func (d *demo) completeRun(ctx context.Context, address string) (*data.Frame, error) {
	done, err := lineAfter(d.log("simulator"), backfillDone)
	if err != nil {
		return nil, err
	}
	if done == "" {
		return nil, errors.New("the history is still being sent")
	}
	flows, err := flowsWithSteps(d.truthDir())
	if err != nil {
		return nil, err
	}
	frame, err := queryFlowSteps(ctx, address, flowSteps{Flows: flows})
	if err != nil {
		return nil, err
	}
	runID, err := text(frame, "run_id", 0)
	if err != nil {
		return nil, err
	}
	truth, err := readTruth(filepath.Join(d.truthDir(), runID+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("run %s is still being sent", runID)
	}
	if err != nil {
		return nil, err
	}
	if frame, err = queryFlowSteps(ctx, address, flowSteps{RunID: runID}); err != nil {
		return nil, err
	}
	if frame.Rows() != len(truth.Jobs) {
		return nil, fmt.Errorf("run %s has %d jobs and the query returns %d rows", runID, len(truth.Jobs), frame.Rows())
	}
	if !hasBaseline(frame) {
		return nil, fmt.Errorf("no step of run %s has a baseline yet", runID)
	}
	return frame, nil
}

// truth is what the demo reads of the simulator's record of a run.
type truth struct {
	Flow string            `json:"flow"`
	Jobs []json.RawMessage `json:"jobs"`
}

func readTruth(file string) (truth, error) {
	var t truth
	content, err := os.ReadFile(file)
	if err != nil {
		return t, err
	}
	if err := json.Unmarshal(content, &t); err != nil {
		return t, fmt.Errorf("cannot read the record %s: %w", file, err)
	}
	return t, nil
}

// flowsWithSteps are the paths of the flows that ran. Scripts run by themselves too; such a run has no
// steps to show.
func flowsWithSteps(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	flows := map[string]bool{}
	for _, file := range files {
		run, err := readTruth(file)
		if err != nil {
			return nil, err
		}
		if len(run.Jobs) > 1 {
			flows[run.Flow] = true
		}
	}
	return slices.Sorted(maps.Keys(flows)), nil
}

func hasBaseline(frame *data.Frame) bool {
	for row := range frame.Rows() {
		if value, err := number(frame, "baseline_p50", row); err == nil && value != nil {
			return true
		}
	}
	return false
}
