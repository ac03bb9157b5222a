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
	// searchDelay is what Tempo takes at most to find what it was sent, with time to spare.
	searchDelay = 3 * time.Second
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
	if err := d.backfillIsFound(); err != nil {
		return nil, err
	}
	recorded, err := runsOfFlows(d.truthDir())
	if err != nil {
		return nil, err
	}
	frame, err := queryFlowSteps(ctx, address, flowSteps{Flows: flowsOf(recorded)})
	if err != nil {
		return nil, err
	}
	runID, err := text(frame, "run_id", 0)
	if err != nil {
		return nil, err
	}
	run, err := readTruth(filepath.Join(d.truthDir(), runID+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("run %s is still being sent", runID)
	}
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(recorded, run.isOlderThan) {
		return nil, errors.New("the newest runs are not found yet")
	}
	if frame, err = queryFlowSteps(ctx, address, flowSteps{RunID: runID}); err != nil {
		return nil, err
	}
	if frame.Rows() != len(run.Jobs) {
		return nil, fmt.Errorf("run %s has %d jobs and the query returns %d rows", runID, len(run.Jobs), frame.Rows())
	}
	if !hasBaseline(frame) {
		return nil, fmt.Errorf("no step of run %s has a baseline yet", runID)
	}
	return frame, nil
}

// backfillIsFound fails until the history was sent and Tempo has had the time to find it.
func (d *demo) backfillIsFound() error {
	done, err := lineAfter(d.log("simulator"), backfillDone)
	if err != nil {
		return err
	}
	if done == "" {
		return errors.New("the history is still being sent")
	}
	if d.backfilled.IsZero() {
		d.backfilled = time.Now()
	}
	if time.Since(d.backfilled) < searchDelay {
		return errors.New("the newest runs are not found yet")
	}
	return nil
}

// truth is what the demo reads of the simulator's record of a run.
type truth struct {
	Flow  string            `json:"flow"`
	Start *time.Time        `json:"start"`
	End   *time.Time        `json:"end"`
	Jobs  []json.RawMessage `json:"jobs"`
}

// isOlderThan says whether the other run both started and ended after this one: whichever of the two
// decides which run is the latest, it is the other.
func (t truth) isOlderThan(other truth) bool {
	return after(other.Start, t.Start) && after(other.End, t.End)
}

func after(later, earlier *time.Time) bool {
	return later != nil && earlier != nil && later.After(*earlier)
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

// runsOfFlows are the recorded runs that have steps to show. Scripts run by themselves too.
func runsOfFlows(dir string) ([]truth, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	var runs []truth
	for _, file := range files {
		run, err := readTruth(file)
		if err != nil {
			return nil, err
		}
		if len(run.Jobs) > 1 {
			runs = append(runs, run)
		}
	}
	return runs, nil
}

// flowsOf are the paths of the runs' flows, each once.
func flowsOf(runs []truth) []string {
	flows := map[string]bool{}
	for _, run := range runs {
		flows[run.Flow] = true
	}
	return slices.Sorted(maps.Keys(flows))
}

func hasBaseline(frame *data.Frame) bool {
	for row := range frame.Rows() {
		if value, err := number(frame, "baseline_p50", row); err == nil && value != nil {
			return true
		}
	}
	return false
}
