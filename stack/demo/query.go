package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

const (
	datasourceUID  = "windmill-flow-steps"
	datasourceType = "flowsteps-windmill-datasource"
	requestTimeout = 30 * time.Second
	largestAnswer  = 64 << 20
)

// flowSteps says of which run the steps are asked for. Without an id it is the latest finished one of one
// of the flows; without flows, of any.
type flowSteps struct {
	RunID string
	Flows []string
}

// queryFlowSteps asks the plugin, through the workbench or Grafana, for the steps of a run of the simulated history.
func queryFlowSteps(ctx context.Context, address string, of flowSteps) (*data.Frame, error) {
	now := time.Now()
	request, err := json.Marshal(map[string]any{
		"from": strconv.FormatInt(now.Add(-history).UnixMilli(), 10),
		"to":   strconv.FormatInt(now.UnixMilli(), 10),
		"queries": []map[string]any{{
			"refId": "A", "queryType": "flow-steps", "runId": of.RunID,
			"filters":       map[string][]string{"flow": of.Flows},
			"datasource":    map[string]string{"uid": datasourceUID, "type": datasourceType},
			"maxDataPoints": 1000, "intervalMs": 1000,
		}},
	})
	if err != nil {
		return nil, err
	}
	answer, err := post(ctx, address+"/api/ds/query", request)
	if err != nil {
		return nil, err
	}
	var results backend.QueryDataResponse
	if err := json.Unmarshal(answer, &results); err != nil {
		return nil, fmt.Errorf("the answer to the query cannot be read: %w", err)
	}
	result := results.Responses["A"]
	if result.Error != nil {
		return nil, result.Error
	}
	if len(result.Frames) == 0 || result.Frames[0].Rows() == 0 {
		return nil, errors.New("no finished run is found yet")
	}
	return result.Frames[0], nil
}

func post(ctx context.Context, url string, content []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("what shows the plugin does not answer: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, largestAnswer))
	if err != nil {
		return nil, fmt.Errorf("the answer breaks off: %w", err)
	}
	// A failed query has its own status and says why in the body of results.
	if !json.Valid(answer) || (res.StatusCode >= 300 && !bytes.Contains(answer, []byte(`"results"`))) {
		return nil, fmt.Errorf("what shows the plugin answers %s: %.200s", res.Status, answer)
	}
	return answer, nil
}
