package workbench

import (
	"encoding/json"
	"flag"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var updateContract = flag.Bool("update-contract", false,
	"record what the Grafana in GRAFANA_HOME hands to a plugin, before the workbench is compared with it")

const contractFile = "testdata/contract.json"

// contract is what a Grafana hands to a plugin, case by case.
type contract struct {
	Grafana string
	Cases   map[string]handedOver
}

// handedOver is what the plugin gets with a query.
type handedOver struct {
	Headers map[string]any
	Query   map[string]any
}

// contractCase is a query as a browser sends it, or as the ruler does.
type contractCase struct {
	headers map[string]string
	query   string
	ruler   bool
}

// contractCases are the ways by which queries reach a plugin.
func contractCases() map[string]contractCase {
	panel := map[string]string{
		"X-Dashboard-Uid": "windmill-flow-steps", "X-Dashboard-Title": "Windmill flows", "X-Panel-Id": "7",
		"X-Panel-Title": "Runs", "X-Panel-Plugin-Id": "table", "X-Plugin-Id": "echo-datasource", "X-Datasource-Uid": "flow-steps",
		"X-Query-Group-Id": "0f1e", "X-Cache-Skip": "true",
	}
	explore := map[string]string{"X-Plugin-Id": "echo-datasource", "X-Datasource-Uid": "flow-steps"}
	users := map[string]string{"Cookie": "a=b", "X-Id-Token": "t", "X-Forwarded-For": "10.0.0.1"}
	const query = `{"refId":"A","queryType":"flow-runs","datasource":{"type":"echo-datasource","uid":"flow-steps"},
		"filters":{"flow":[{"op":"=","values":["f/a"]}]},"limit":5,"intervalMs":15000,"maxDataPoints":1000}`
	const bare = `{"refId":"A","queryType":"flow-runs","datasource":{"type":"echo-datasource","uid":"flow-steps"}}`
	return map[string]contractCase{
		"panel":               {headers: panel, query: query},
		"explore":             {headers: explore, query: query},
		"expression":          {headers: map[string]string{"X-Grafana-From-Expr": "true"}, query: query},
		"without an interval": {query: bare},
		"what is the user's":  {headers: users, query: query},
		"forged alert":        {headers: map[string]string{"FromAlert": "true"}, query: query},
		"rule":                {query: strings.ReplaceAll(query, "flow-runs", "tell"), ruler: true},
	}
}

// TestContractWithGrafana holds what the workbench hands to the plugin against what Grafana was seen to hand over.
func TestContractWithGrafana(t *testing.T) {
	if *updateContract {
		recordContract(t)
	}
	content, err := os.ReadFile(contractFile)
	require.NoError(t, err)
	var recorded contract
	require.NoError(t, json.Unmarshal(content, &recorded))
	cases := contractCases()
	require.Equal(t, slices.Sorted(maps.Keys(cases)), slices.Sorted(maps.Keys(recorded.Cases)),
		"record the contract again: go test ./workbench -run Contract -update-contract, with GRAFANA_HOME")

	url := startEcho(t)
	for name, one := range cases {
		t.Run(name, func(t *testing.T) {
			headers := one.headers
			if one.ruler {
				headers = map[string]string{fromAlert: "true", cacheSkip: "true"} // the workbench has no ruler
			}
			body := `{"from":"now-1h","to":"now","queries":[` + one.query + `]}`
			_, text := call(t, http.MethodPost, url+"/api/ds/query", body, headers)
			require.Equal(t, recorded.Cases[name], readHandedOver(t, text))
		})
	}
}

// readHandedOver reads the echo plugin's answer without what differs from one host, user or moment to the next.
func readHandedOver(t *testing.T, answer string) handedOver {
	t.Helper()
	result := at(t, decode(t, answer), "results", "A")
	var custom any
	if failure, isText := at(t, result, "error").(string); isText {
		_, told, found := strings.Cut(failure, "{")
		require.True(t, found, failure)
		custom = decode(t, "{"+told)
	} else {
		custom = at(t, result, "frames", 0, "schema", "meta", "custom")
	}
	over := handedOver{Headers: map[string]any{}}
	headers, _ := at(t, custom, "headers").(map[string]any)
	for name, value := range headers {
		if isOfHost(name) {
			continue
		}
		over.Headers[name] = value
	}
	over.Query, _ = at(t, custom, "handed").(map[string]any)
	require.NotNil(t, over.Query)
	return over
}

// isOfHost tells headers by which Grafana names a user, a trace or itself to the plugin's process, which reads none of
// them.
func isOfHost(name string) bool {
	name = strings.ToLower(strings.TrimPrefix(name, "http_"))
	return slices.Contains([]string{"x-grafana-user", "x-grafana-id", "x-grafana-signer", "traceparent"}, name)
}

// writeContract writes the contract as a person reads it.
func writeContract(t *testing.T, recorded contract) {
	t.Helper()
	content, err := json.MarshalIndent(recorded, "", "  ")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.FromSlash(contractFile), append(content, '\n'), 0o600))
}
