package compose

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/stack/build"
)

// correlation is the part of Grafana's provisioning of correlations that is used here.
type correlation struct {
	TargetUID   string
	Label       string
	Description string
	Type        string
	Config      struct {
		Type            string
		Field           string
		Target          map[string]string
		Transformations []struct{ Type, Field, Expression, MapValue string }
	}
}

type provisioned struct {
	UID          string
	Type         string
	Correlations []correlation
}

// provisionedSources reads the data sources by way of JSON, whose names of fields may begin with either case.
func provisionedSources(t *testing.T) map[string]provisioned {
	t.Helper()
	root, err := build.Root()
	require.NoError(t, err)
	var raw map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(readFile(t, filepath.Join(root, "provisioning", "datasources", "datasources.yml"))), &raw))
	asJSON, err := json.Marshal(raw["datasources"])
	require.NoError(t, err)
	var list []provisioned
	require.NoError(t, json.Unmarshal(asJSON, &list))
	byUID := map[string]provisioned{}
	for _, source := range list {
		byUID[source.UID] = source
	}
	return byUID
}

// What the fields hold that the correlations read, as text: tags of a span in both forms that Grafana has had, and the
// labels of a log line with structured metadata.
var fieldTexts = map[string][]string{
	"tags": {
		`[{"key":"parent_job","value":"01a20000-0000-7000-8000-00000000000a"},{"key":"job_id","value":"01a20000-0000-7000-8000-00000000000b"}]`,
		`[{"value":"01a20000-0000-7000-8000-00000000000b","key":"job_id"},{"value":"01a20000-0000-7000-8000-00000000000a","key":"root_job"}]`,
	},
	"labels": {`{"service_name":"windmill-worker","parent_job":"01a20000-0000-7000-8000-00000000000a","job_id":"01a20000-0000-7000-8000-00000000000b"}`},
}

// TestCorrelationsLeadToTheRun follows each correlation as Grafana does: the transformations make variables of the
// field's text, and the target with their values must be a query of this data source that names the job.
func TestCorrelationsLeadToTheRun(t *testing.T) {
	sources := provisionedSources(t)
	for uid, field := range map[string]string{"tempo": "tags", "loki": "labels"} {
		require.NotEmpty(t, sources[uid].Correlations, uid)
		for _, c := range sources[uid].Correlations {
			require.Equal(t, "flowsteps-windmill-datasource", sources[c.TargetUID].Type, "%s: the target exists", c.Label)
			require.NotEmpty(t, c.Label)
			require.NotEmpty(t, c.Description, "Grafana's provisioning needs one")
			require.Equal(t, "query", c.Type)
			require.Equal(t, "query", c.Config.Type)
			require.Equal(t, field, c.Config.Field)
			for _, text := range fieldTexts[field] {
				parsed := follow(t, c, text)
				require.Equal(t, "01a20000-0000-7000-8000-00000000000b", parsed.RunID, "%s in %s", c.Label, text)
			}
		}
	}
}

func follow(t *testing.T, c correlation, text string) query.Query {
	t.Helper()
	target, err := json.Marshal(c.Config.Target)
	require.NoError(t, err)
	filled := string(target)
	for _, x := range c.Config.Transformations {
		require.Equal(t, "regex", x.Type)
		require.Equal(t, c.Config.Field, x.Field)
		if found := regexp.MustCompile(x.Expression).FindStringSubmatch(text); found != nil {
			filled = strings.ReplaceAll(filled, "$${"+x.MapValue+"}", found[1]) // $$ is a dollar sign in provisioning
		}
	}
	require.NotContains(t, filled, "$", "every variable has a value")
	parsed, err := query.Parse([]byte(filled), "")
	require.NoError(t, err)
	return parsed
}
