package bench

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/flowsteps/windmill-datasource/stack/servers"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

//go:embed flows
var flowFiles embed.FS

const (
	seed           = 3
	arrivalTimeout = 5 * time.Minute
	metricsStep    = 5 * time.Minute
	longPast       = 20 * time.Minute // of the large run: it must have ended by now
)

// largeRun simulates one run of flows/large and gives its spans and its truth.
func largeRun(now time.Time) (simulator.Batch, simulator.Run, error) {
	dir, err := fs.Sub(flowFiles, "flows/large")
	if err != nil {
		return simulator.Batch{}, simulator.Run{}, err
	}
	batch, err := simulate(dir, now.Add(-longPast), now)
	if err != nil {
		return batch, simulator.Run{}, err
	}
	if len(batch.Runs) != 1 {
		return batch, simulator.Run{}, fmt.Errorf("the simulator made %d large runs in place of one", len(batch.Runs))
	}
	return batch, batch.Runs[0], nil
}

// manyRuns simulates the flows of flows/many: more than a thousand small runs in an hour.
func manyRuns(from, to time.Time) (simulator.Batch, error) {
	dir, err := fs.Sub(flowFiles, "flows/many")
	if err != nil {
		return simulator.Batch{}, err
	}
	return simulate(dir, from, to)
}

func simulate(dir fs.FS, from, to time.Time) (simulator.Batch, error) {
	flows, err := simulator.Load(dir)
	if err != nil {
		return simulator.Batch{}, err
	}
	workers, err := simulator.LoadWorkers(dir)
	if err != nil {
		return simulator.Batch{}, err
	}
	s, err := simulator.New(simulator.Options{
		Seed: seed, Flows: flows, Workers: workers, Start: from, History: to.Sub(from), StepPath: true,
	})
	if err != nil {
		return simulator.Batch{}, err
	}
	return s.Advance(to), nil
}

// send sends spans to Tempo and waits until its search finds every run.
func send(ctx context.Context, s *servers.Stack, batch simulator.Batch) error {
	if err := simulator.NewOTLP(s.OTLP, "", 0).Spans(ctx, batch.Spans); err != nil {
		return err
	}
	want := map[string]int{} // spans of each workspace
	from := time.Now()
	for _, span := range batch.Spans {
		want[span.Attribute("workspace_id")]++
		if at := time.Unix(0, int64(span.StartTimeUnixNano)); at.Before(from) {
			from = at
		}
	}
	for workspace, n := range want {
		if err := awaitSpans(ctx, s.Tempo, workspace, from, n); err != nil {
			return err
		}
	}
	return nil
}

// sendMetrics writes the span metrics that Tempo would have made of spans that are too old for it.
func sendMetrics(ctx context.Context, s *servers.Stack, batch simulator.Batch, from, to time.Time) error {
	w := simulator.NewRemoteWriter(s.Prometheus+"/api/v1/write",
		simulator.MetricsOptions{Dimensions: simulator.DefaultDimensions(), TargetInfo: true}, from, 0)
	spans := batch.Spans // by their ends
	for cursor := from.Add(metricsStep); len(spans) > 0; cursor = cursor.Add(metricsStep) {
		n := 0
		for n < len(spans) && spans[n].End().Before(cursor) {
			n++
		}
		if err := w.Spans(ctx, spans[:n], cursor); err != nil {
			return err
		}
		spans = spans[n:]
	}
	return w.Finish(ctx, to)
}

// awaitSpans waits until Tempo's search finds all spans of a workspace.
func awaitSpans(ctx context.Context, tempo, workspace string, from time.Time, want int) error {
	deadline := time.Now().Add(arrivalTimeout)
	for {
		found, err := countSpans(ctx, tempo, workspace, from)
		if err == nil && found >= want {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the search of Tempo finds %d of %d spans of workspace %s within %s: %w", found, want, workspace, arrivalTimeout, err)
		}
		time.Sleep(time.Second)
	}
}

func countSpans(ctx context.Context, tempo, workspace string, from time.Time) (int, error) {
	q := url.Values{
		"q": {"{ span.workspace_id = " + strconv.Quote(workspace) + " } | by(span:id)"}, "limit": {"100000"}, "spss": {"100"},
		"start": {strconv.FormatInt(from.Add(-time.Minute).Unix(), 10)}, "end": {strconv.FormatInt(time.Now().Unix()+1, 10)},
	}
	var answer struct {
		Traces []struct {
			SpanSets []struct {
				Matched int `json:"matched"`
			} `json:"spanSets"`
		} `json:"traces"`
	}
	if err := getJSON(ctx, tempo+"/api/search?"+q.Encode(), &answer); err != nil {
		return 0, err
	}
	found := 0
	for _, t := range answer.Traces {
		for _, set := range t.SpanSets {
			found += set.Matched
		}
	}
	return found, nil
}

func getJSON(ctx context.Context, address string, into any) error {
	body, err := fetch(ctx, address)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

func fetch(ctx context.Context, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %s: %s", address, res.Status, body[:min(len(body), 300)])
	}
	return body, err
}
