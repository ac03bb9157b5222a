package compose

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/stack/build"
)

// alertFile is a file of alert rules as Grafana reads it (pkg/services/provisioning/alerting). A key that is not
// here is one that Grafana would overlook.
type alertFile struct {
	APIVersion int          `yaml:"apiVersion"`
	Groups     []alertGroup `yaml:"groups"`
}

type alertGroup struct {
	OrgID    int64       `yaml:"orgId"`
	Name     string      `yaml:"name"`
	Folder   string      `yaml:"folder"`
	Interval string      `yaml:"interval"`
	Rules    []alertRule `yaml:"rules"`
}

type alertRule struct {
	UID          string            `yaml:"uid"`
	Title        string            `yaml:"title"`
	Condition    string            `yaml:"condition"`
	Data         []alertQuery      `yaml:"data"`
	NoDataState  string            `yaml:"noDataState"`
	ExecErrState string            `yaml:"execErrState"`
	For          string            `yaml:"for"`
	Annotations  map[string]string `yaml:"annotations"`
	Labels       map[string]string `yaml:"labels"`
}

type alertQuery struct {
	RefID             string           `yaml:"refId"`
	QueryType         string           `yaml:"queryType"`
	RelativeTimeRange map[string]int64 `yaml:"relativeTimeRange"` // seconds
	DatasourceUID     string           `yaml:"datasourceUid"`
	Model             map[string]any   `yaml:"model"`
}

const expressions = "__expr__"

func alertGroups(t *testing.T) []alertGroup {
	t.Helper()
	root, err := build.Root()
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(root, "provisioning", "alerting", "*.yml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var groups []alertGroup
	for _, name := range files {
		content, err := os.Open(name)
		require.NoError(t, err)
		decoder := yaml.NewDecoder(content)
		decoder.KnownFields(true)
		var file alertFile
		require.NoError(t, decoder.Decode(&file), name)
		require.NoError(t, content.Close())
		require.Equal(t, 1, file.APIVersion, name)
		groups = append(groups, file.Groups...)
	}
	return groups
}

// alertUID is what Grafana takes as the uid of a rule.
var alertUID = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`)

func TestAlertRulesHaveGrafanasShape(t *testing.T) {
	groups := alertGroups(t)
	uids, titles := map[string]bool{}, map[string]bool{}
	for _, group := range groups {
		require.NotEmpty(t, group.Name)
		require.NotEmpty(t, group.Folder)
		require.EqualValues(t, 1, group.OrgID)
		require.Zero(t, duration(t, group.Interval)%(10*time.Second), "Grafana's scheduler counts in tens of seconds")
		for _, rule := range group.Rules {
			require.Regexp(t, alertUID, rule.UID)
			require.False(t, uids[rule.UID] || titles[rule.Title], "%s is there twice", rule.Title)
			uids[rule.UID], titles[rule.Title] = true, true
			require.NotEmpty(t, rule.Title)
			require.Contains(t, []string{"NoData", "OK", "Alerting", "KeepLast"}, rule.NoDataState, rule.Title)
			require.Contains(t, []string{"Error", "OK", "Alerting", "KeepLast"}, rule.ExecErrState, rule.Title)
			require.Zero(t, duration(t, rule.For)%duration(t, group.Interval), "%s: evaluations between are of no use", rule.Title)
			checkAlertQueries(t, rule)
			checkAlertTexts(t, rule)
		}
	}
	require.Len(t, uids, 2)
}

func checkAlertQueries(t *testing.T, rule alertRule) {
	t.Helper()
	var refs []string
	for _, q := range rule.Data {
		require.NotContains(t, refs, q.RefID, rule.Title)
		require.Equal(t, q.RefID, q.Model["refId"], rule.Title)
		from, to := q.RelativeTimeRange["from"], q.RelativeTimeRange["to"]
		require.Len(t, q.RelativeTimeRange, 2, rule.Title)
		if q.DatasourceUID == expressions {
			require.Contains(t, []string{"reduce", "threshold", "math"}, q.Model["type"], rule.Title)
			require.Contains(t, refs, q.Model["expression"], "%s: an expression takes what stands above it", rule.Title)
		} else {
			require.Greater(t, from, to, rule.Title)
			checkAlertableQuery(t, rule, q)
		}
		refs = append(refs, q.RefID)
	}
	require.Contains(t, refs, rule.Condition, rule.Title)
}

// checkAlertableQuery reads a query as the plugin does.
func checkAlertableQuery(t *testing.T, rule alertRule, q alertQuery) {
	t.Helper()
	require.Contains(t, dataSourceUIDs(t), q.DatasourceUID, rule.Title)
	require.Equal(t, q.QueryType, q.Model["queryType"], rule.Title)
	content, err := json.Marshal(q.Model)
	require.NoError(t, err)
	parsed, err := query.Parse(content, q.QueryType)
	require.NoError(t, err, rule.Title)
	require.Contains(t, []query.Type{query.StepLatency, query.StepContribution, query.StepRegressions}, parsed.Type, rule.Title)
}

// checkAlertTexts parses the annotations as templates, and looks for what Grafana would replace by an environment
// variable.
func checkAlertTexts(t *testing.T, rule alertRule) {
	t.Helper()
	require.NotEmpty(t, rule.Annotations["summary"], rule.Title)
	functions := template.FuncMap{"humanizePercentage": func(any) string { return "" }}
	for name, text := range rule.Annotations {
		require.NotContains(t, text, "${", "%s of %s", name, rule.Title)
		_, err := template.New(name).Funcs(functions).Parse("{{ $labels := 0 }}{{ $values := 0 }}" + text)
		require.NoError(t, err, "%s of %s", name, rule.Title)
		for _, used := range regexp.MustCompile(`\$values\.(\w+)`).FindAllStringSubmatch(text, -1) {
			require.True(t, slices.ContainsFunc(rule.Data, func(q alertQuery) bool { return q.RefID == used[1] }), used[0])
		}
	}
	for name, text := range rule.Labels {
		require.False(t, strings.Contains(text, "$"), name)
	}
}

func dataSourceUIDs(t *testing.T) []string {
	t.Helper()
	root, err := build.Root()
	require.NoError(t, err)
	var file struct {
		Datasources []struct {
			UID string `yaml:"uid"`
		} `yaml:"datasources"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(readFile(t, filepath.Join(root, "provisioning", "datasources", "datasources.yml"))), &file))
	var uids []string
	for _, d := range file.Datasources {
		uids = append(uids, d.UID)
	}
	return uids
}

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := model.ParseDuration(text)
	require.NoError(t, err, text)
	return time.Duration(d)
}
