//go:build integration

package integration

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"
	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/stack/servers"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

const (
	history        = 40 * time.Minute
	arrivalTimeout = 60 * time.Second
	seed           = 11
)

// world is a set of real servers with simulated history in them, and the truth about it.
type world struct {
	*servers.Stack
	truth []simulator.Run // by start
}

// shared is the embedded default with a backfill, made once for all tests that only read.
var shared *world

func TestMain(m *testing.M) {
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	backend.Logger = log.NewNullLogger() // the plugin logs each query
	dir, err := os.MkdirTemp("", "flow-steps-integration-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "no directory for the servers:", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	stack, err := servers.StartEmbedded(context.Background(), servers.Options{Dir: dir})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer stack.Stop()
	shared, err = populate(context.Background(), stack, filepath.Join(dir, "truth"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// populate sends a backfill of history and waits until the servers give it back.
func populate(ctx context.Context, stack *servers.Stack, truthDir string) (*world, error) {
	session, err := shippedSession()
	if err != nil {
		return nil, err
	}
	session.Backfill, session.StepPath = history, true
	session.Traces, session.RemoteWrite = stack.OTLP, stack.Prometheus+"/api/v1/write"
	session.Metrics = simulator.MetricsOptions{Dimensions: simulator.DefaultDimensions(), TargetInfo: true}
	session.Truth = simulator.TruthDir(truthDir)
	if err := session.Run(ctx); err != nil {
		return nil, err
	}
	w := &world{Stack: stack}
	if w.truth, err = readTruth(truthDir); err != nil {
		return nil, err
	}
	return w, w.awaitSearchable()
}

func shippedSession() (*simulator.Session, error) {
	flows, err := simulator.Load(simulator.ShippedFlows())
	if err != nil {
		return nil, err
	}
	workers, err := simulator.LoadWorkers(simulator.ShippedFlows())
	if err != nil {
		return nil, err
	}
	return &simulator.Session{Seed: seed, Flows: flows, Workers: workers}, nil
}

func readTruth(dir string) ([]simulator.Run, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*-*.json"))
	if err != nil {
		return nil, err
	}
	var runs []simulator.Run
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var run simulator.Run
		if err := json.Unmarshal(content, &run); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		runs = append(runs, run)
	}
	if len(runs) == 0 {
		return nil, fmt.Errorf("the simulator wrote no truth to %s", dir)
	}
	slices.SortFunc(runs, func(a, b simulator.Run) int { return a.Start.Compare(b.Start) })
	return runs, nil
}

// awaitSearchable waits until Tempo's search finds every job of every run, asked directly.
func (w *world) awaitSearchable() error {
	deadline := time.Now().Add(arrivalTimeout)
	var ids []string
	for _, run := range w.truth {
		for _, job := range slices.Concat(run.Jobs, run.Handlers) {
			ids = append(ids, job.JobID)
		}
	}
	for batch := range slices.Chunk(ids, 200) {
		for {
			missing, err := w.unsearchable(batch)
			if err != nil {
				return err
			}
			if len(missing) == 0 {
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("Tempo's search does not find %d jobs within %s: %v", len(missing), arrivalTimeout, missing)
			}
			time.Sleep(200 * time.Millisecond)
		}
	}
	return nil
}

// unsearchable asks Tempo for jobs and returns those that it does not find.
func (w *world) unsearchable(ids []string) ([]string, error) {
	q := url.Values{
		"q": {`{ span.job_id =~ "` + strings.Join(ids, "|") + `" } | by(span:id) | select(span.job_id)`}, "limit": {"1000"}, "spss": {"100"},
		"start": {strconv.FormatInt(w.truth[0].Start.Add(-time.Hour).Unix(), 10)}, "end": {strconv.FormatInt(time.Now().Unix()+1, 10)},
	}
	res, err := http.Get(w.Tempo + "/api/search?" + q.Encode())
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("Tempo's search answered %s: %s", res.Status, answer)
	}
	var missing []string
	for _, id := range ids {
		if !bytes.Contains(answer, []byte(id)) {
			missing = append(missing, id)
		}
	}
	return missing, err
}

// promQL asks Prometheus directly. The answer has one value for each series, by the label named.
func promQL(t *testing.T, base, expr string, at time.Time) []sample {
	t.Helper()
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string  `json:"metric"`
				Value  [2]json.RawMessage `json:"value"`
			} `json:"result"`
		} `json:"data"`
	}
	q := url.Values{"query": {expr}, "time": {strconv.FormatFloat(float64(at.UnixNano())/1e9, 'f', 6, 64)}}
	require.NoError(t, getJSON(base+"/api/v1/query?"+q.Encode(), &answer), expr)
	var samples []sample
	for _, r := range answer.Data.Result {
		var text string
		require.NoError(t, json.Unmarshal(r.Value[1], &text))
		value, err := strconv.ParseFloat(text, 64)
		require.NoError(t, err)
		samples = append(samples, sample{r.Metric, value})
	}
	return samples
}

// awaitSeries waits until Prometheus has an answer.
func awaitSeries(t *testing.T, base, expr string) {
	t.Helper()
	require.Eventually(t, func() bool { return len(promQL(t, base, expr, time.Now())) > 0 }, 2*arrivalTimeout, time.Second, expr)
}

type sample struct {
	labels map[string]string
	value  float64
}

func getJSON(address string, into any) error {
	res, err := http.Get(address)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", address, res.Status)
	}
	return json.NewDecoder(res.Body).Decode(into)
}
