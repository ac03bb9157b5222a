//go:build integration

package integration

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/stack/build"
	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// alertRule is a provisioned alert rule as far as it is evaluated here; its shape is checked in stack/compose.
type alertRule struct {
	UID       string      `yaml:"uid"`
	Condition string      `yaml:"condition"`
	Data      []alertPart `yaml:"data"`
}

type alertPart struct {
	RefID      string           `yaml:"refId"`
	Range      map[string]int64 `yaml:"relativeTimeRange"`
	Datasource string           `yaml:"datasourceUid"`
	Model      query            `yaml:"model"`
}

func provisionedRule(t *testing.T, uid string) alertRule {
	t.Helper()
	root, err := build.Root()
	require.NoError(t, err)
	content, err := os.ReadFile(filepath.Join(root, "provisioning", "alerting", "steps.yml"))
	require.NoError(t, err)
	var file struct {
		Groups []struct {
			Rules []alertRule `yaml:"rules"`
		} `yaml:"groups"`
	}
	require.NoError(t, yaml.Unmarshal(content, &file))
	for _, group := range file.Groups {
		for _, rule := range group.Rules {
			if rule.UID == uid {
				return rule
			}
		}
	}
	t.Fatalf("there is no rule %s", uid)
	return alertRule{}
}

// alertQuery is the query of a rule that the plugin answers.
func alertQuery(t *testing.T, uid string) (q query, window time.Duration) {
	t.Helper()
	rule := provisionedRule(t, uid)
	return rule.Data[0].Model, time.Duration(rule.Data[0].Range["from"]) * time.Second
}

// alertLabels are the labels of each number or series: a rule cannot tell those with the same ones apart.
func alertLabels(t *testing.T, res backend.DataResponse, kind string) (steps []string) {
	t.Helper()
	require.NoError(t, res.Error)
	requireReadable(t, res.Frames)
	seen := map[string]bool{}
	for _, f := range res.Frames {
		require.EqualValues(t, kind, f.Meta.Type)
		require.EqualValues(t, []uint{0, 1}, f.Meta.TypeVersion[:])
		labels := f.Fields[len(f.Fields)-1].Labels
		require.False(t, seen[labels.String()], labels)
		seen[labels.String()] = true
		steps = append(steps, labels["step"])
	}
	return steps
}

// TestTheRuleOnSlowerSteps evaluates the provisioned rule. The history is shorter than its two hours.
func TestTheRuleOnSlowerSteps(t *testing.T) {
	rule := provisionedRule(t, "windmill-step-slower")
	end := shared.truth[len(shared.truth)-1].End
	res := askAlert(t, datasource(t, shared.Tempo, shared.Prometheus), end.Add(-time.Duration(0.43*float64(history))), end, rule.Data[0].Model)
	require.Equal(t, []string{"aggregate"}, alertLabels(t, res, "numeric-multi"))
	require.Equal(t, []string{"f/etl/orders_hourly aggregate"}, rule.firing(t, res.Frames))
}

// TestTheRuleOnFailingStepsFires: most payments of the last part of the history are declined.
func TestTheRuleOnFailingStepsFires(t *testing.T) {
	rule := provisionedRule(t, "windmill-step-failing")
	end := shared.truth[len(shared.truth)-1].End
	window := time.Duration(rule.Data[0].Range["from"]) * time.Second
	// Grafana's scheduler asks at whole minutes.
	end = end.Truncate(time.Minute)
	res := askAlert(t, datasource(t, shared.Tempo, shared.Prometheus), end.Add(-window), end, rule.Data[0].Model)
	require.NoError(t, res.Error)
	firing := rule.firing(t, res.Frames)
	require.Contains(t, firing, " charge", "the script's path does not tell its flow")
	for _, step := range firing {
		require.NotContains(t, step, orders, "none of its steps ever fails")
	}
	require.Less(t, len(firing), len(res.Frames)/3)
}

// TestTheRuleOnFailingSteps asks as the provisioned rule does: a step that never failed has a share of 0, one that
// failed more, and the rule fires for none that did not fail.
func TestTheRuleOnFailingSteps(t *testing.T) {
	q, window := alertQuery(t, "windmill-step-failing")
	end := shared.truth[len(shared.truth)-1].End
	from := end.Add(-window)
	res := askAlert(t, datasource(t, shared.Tempo, shared.Prometheus), from, end, q)
	highest := map[string]float64{} // share of failures, by step
	for i, step := range alertLabels(t, res, "timeseries-multi") {
		for _, r := range rows(res.Frames[i]) {
			if v, ok := r["errors"].(float64); ok {
				key := res.Frames[i].Fields[1].Labels["script_path"] + " " + step
				highest[key] = max(highest[key], v)
			}
		}
	}
	failed := map[string]bool{} // by step; what failed at the edges of the window may or may not be in it
	for _, job := range executions(shared.truth, from.Add(-2*time.Minute), end, failedJob) {
		failed[stepKey(job)] = true
	}
	failures := executions(shared.truth, from, end.Add(-time.Minute), failedJob)
	require.NotEmpty(t, failures)
	for _, job := range failures {
		require.Positive(t, highest[stepKey(job)], stepKey(job))
	}
	fine := 0
	for key, share := range highest {
		if !failed[key] {
			fine++
			require.Zero(t, share, key)
		}
	}
	require.Greater(t, fine, 10)
}

func stepKey(j simulator.Job) string {
	return windmill.StepPath(value(j.ScriptPath)) + " " + value(j.Step)
}

func failedJob(_ simulator.Run, job simulator.Job) bool { return job.Outcome == "error" }
