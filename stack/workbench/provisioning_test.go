package workbench

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
}

const provisionedSources = `
apiVersion: 1
deleteDatasources: [{name: Old, orgId: 1}]
datasources:
  - name: Flow steps
    uid: flow-steps
    type: echo-datasource
    access: proxy
    isDefault: ${DEFAULT}
    jsonData:
      tempo: {url: $TEMPO_URL, timeout: 30, tlsSkipVerify: false}
    secureJsonData:
      tempo.basicAuthPassword: ${PASSWORD}
      tempo.bearerToken: ""
  - name: Tempo
    type: tempo
    url: $TEMPO_URL
    editable: false
`

func TestReadDataSources(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "b.yaml"), provisionedSources)
	writeFile(t, filepath.Join(dir, "a.yml"), "datasources:\n  - {name: Loki, uid: loki, type: loki, basicAuth: true, basicAuthUser: me}\n")
	writeFile(t, filepath.Join(dir, "README.md"), "not YAML: [")

	sources, err := readDataSources(dir, environment(map[string]string{
		"TEMPO_URL": "http://127.0.0.1:3200", "PASSWORD": "p4ss", "DEFAULT": "true",
	}))
	require.NoError(t, err)
	require.Len(t, sources, 3)
	require.Equal(t, DataSource{
		ID: 1, UID: "loki", Name: "Loki", Type: "loki", BasicAuth: true, BasicAuthUser: "me",
		JSONData: map[string]any{}, SecureJSONData: map[string]string{},
	}, sources[0])
	require.Equal(t, DataSource{
		ID: 2, UID: "flow-steps", Name: "Flow steps", Type: "echo-datasource", Access: "proxy", IsDefault: true,
		JSONData:       map[string]any{"tempo": map[string]any{"url": "http://127.0.0.1:3200", "timeout": 30, "tlsSkipVerify": false}},
		SecureJSONData: map[string]string{"tempo.basicAuthPassword": "p4ss", "tempo.bearerToken": ""},
	}, sources[1])
	require.Equal(t, "http://127.0.0.1:3200", sources[2].URL)
	require.Regexp(t, "^P[0-9A-F]{16}$", sources[2].UID)
	require.Equal(t, map[string]bool{"tempo.basicAuthPassword": true}, sources[1].secureFields())
}

func TestReadDataSourcesErrors(t *testing.T) {
	for content, want := range map[string]string{
		"datasources: [{name: A}]":                                              "name and type are needed",
		"datasources: [{name: A, type: t, isDefault: perhaps}]":                 `"perhaps" is neither true nor false`,
		"datasources: [{name: [A], type: t}]":                                   "a plain value is needed here",
		"datasources: [{name: A, type: t, uid: u}, {name: B, type: t, uid: u}]": `uid "u" is taken by "A" already`,
		"datasources: {": "did not find expected",
		"datasources: [{name: A, type: t, secureJsonData: {k: '$__file{/not/there}'}}]": "cannot read the file",
	} {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "x.yml"), content)
		_, err := readDataSources(dir, environment(nil))
		require.ErrorContains(t, err, want, content)
		require.ErrorContains(t, err, "x.yml", content)
	}
}

func TestReadDashboards(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "one.json"), `{"uid":"one","title":"One","panels":[{"title":"$flow"}]}`)
	writeFile(t, filepath.Join(dir, "provider.yml"), "apiVersion: 1")
	dashboards, err := readDashboards(dir)
	require.NoError(t, err)
	require.Len(t, dashboards, 1)
	require.Equal(t, "One", dashboards[0].Title)
	require.Contains(t, string(dashboards[0].Model), "$flow") // Grafana expands nothing in dashboards

	writeFile(t, filepath.Join(dir, "two.json"), `{"title":"Two"}`)
	_, err = readDashboards(dir)
	require.ErrorContains(t, err, "two.json needs a uid and a title")

	none, err := readDashboards(filepath.Join(dir, "missing"))
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestUpdateKeepsAndRemovesSecrets(t *testing.T) {
	clock := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	store := newDataSources([]DataSource{{
		ID: 1, UID: "a", Name: "A", Type: "t", SecureJSONData: map[string]string{"kept": "1", "reset": "2", "changed": "3"},
	}}, func() time.Time { return clock })

	updated, ok := store.update("a", dataSourceUpdate{
		JSONData:       map[string]any{"x": 1.5},
		SecureJSONData: map[string]string{"reset": "", "changed": "4", "new": "5"},
	})
	require.True(t, ok)
	require.Equal(t, map[string]string{"kept": "1", "changed": "4", "new": "5"}, updated.SecureJSONData)
	require.Equal(t, map[string]any{"x": 1.5}, updated.JSONData)
	require.Equal(t, "A", updated.Name)
	require.True(t, updated.Updated.After(clock), "the plugin makes a new instance only when the time of change moves")

	_, ok = store.update("b", dataSourceUpdate{})
	require.False(t, ok)
}
