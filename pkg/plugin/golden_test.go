package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/experimental"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew from the recorded answers")

// goldenCase is query.json of one folder testdata/<query type>/<case>: one query, and the world in which it is asked.
// Beside it are upstream.json (what Tempo, Prometheus and Loki answered) and expected.golden.jsonc (the answer).
type goldenCase struct {
	About      string            `json:"about"`
	Now        time.Time         `json:"now"`
	From       time.Time         `json:"from"`
	To         time.Time         `json:"to"`
	Tempo      string            `json:"tempo,omitempty"`      // "down", "none" or empty: works
	Prometheus string            `json:"prometheus,omitempty"` // the same
	Loki       string            `json:"loki,omitempty"`       // "works", "down" or empty: no URL
	Headers    map[string]string `json:"headers,omitempty"`
	Query      json.RawMessage   `json:"query,omitempty"`
	RawQuery   string            `json:"rawQuery,omitempty"` // in place of query: what is no valid JSON
}

// nowhere is a port on which nothing listens.
const nowhere = "http://127.0.0.1:1"

func (c goldenCase) settings(u *upstreams) backend.DataSourceInstanceSettings {
	target := func(state, name string) map[string]any {
		switch state {
		case "down":
			return map[string]any{"url": nowhere, "datasourceUid": name}
		case "none":
			return map[string]any{}
		}
		return map[string]any{"url": u.start(name), "datasourceUid": name}
	}
	raw, _ := json.Marshal(map[string]any{
		"tempo": target(c.Tempo, "tempo"), "prometheus": target(c.Prometheus, "prometheus"),
		"loki": c.loki(u), "windmillUrl": "https://windmill.example.com", "baselineWindow": "1h",
	})
	return backend.DataSourceInstanceSettings{UID: "flow-steps", Type: "flowsteps-windmill-datasource", JSONData: raw}
}

func (c goldenCase) loki(u *upstreams) map[string]any {
	target := map[string]any{"datasourceUid": "loki"}
	switch c.Loki {
	case "works":
		target["url"] = u.start("loki")
	case "down":
		target["url"] = nowhere
	}
	return target
}

// answer asks the query of a case, together with a query that is wrong and must not disturb it.
func (c goldenCase) answer(t *testing.T, u *upstreams) backend.DataResponse {
	d, err := newDatasource(context.Background(), c.settings(u), func() time.Time { return c.Now })
	require.NoError(t, err)
	defer d.Dispose()
	raw := []byte(c.Query)
	if c.RawQuery != "" {
		raw = []byte(c.RawQuery)
	}
	req := &backend.QueryDataRequest{Queries: []backend.DataQuery{
		{RefID: "A", JSON: raw, TimeRange: backend.TimeRange{From: c.From, To: c.To}, Interval: 15 * time.Second, MaxDataPoints: 100},
		{RefID: "wrong", JSON: []byte(`{"queryType":"flow-stepz"}`)},
	}}
	req.Headers = map[string]string{} // as Grafana sends them: FromAlert has no prefix
	for k, v := range c.Headers {
		req.Headers[k] = v
	}
	res, err := d.QueryData(context.Background(), req)
	require.NoError(t, err)
	require.Equal(t, backend.StatusBadRequest, res.Responses["wrong"].Status)
	require.Equal(t, backend.ErrorSourceDownstream, res.Responses["wrong"].ErrorSource)
	return withoutPorts(res.Responses["A"])
}

var port = regexp.MustCompile(`127\.0\.0\.1:\d{2,}`)

// withoutPorts replaces the ports that the recorded upstreams happen to be served on.
func withoutPorts(res backend.DataResponse) backend.DataResponse {
	hide := func(text string) string { return port.ReplaceAllString(text, "127.0.0.1:port") }
	if res.Error != nil {
		res.Error = errors.New(hide(res.Error.Error()))
	}
	for _, f := range res.Frames {
		if f.Meta == nil {
			continue
		}
		for i := range f.Meta.Notices {
			f.Meta.Notices[i].Text = hide(f.Meta.Notices[i].Text)
		}
		custom, _ := f.Meta.Custom.(map[string]any)
		whole, _ := custom["notices"].([]data.Notice)
		for i := range whole {
			whole[i].Text = hide(whole[i].Text)
		}
	}
	return res
}

func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*/query.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		dir := filepath.Dir(file)
		t.Run(dir[len("testdata/"):], func(t *testing.T) {
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			var c goldenCase
			require.NoError(t, json.Unmarshal(raw, &c))
			res := c.answer(t, loadUpstreams(t, dir))
			checkGolden(t, dir, res, *update)
		})
	}
}

// anyPort is where a recording is served, which differs each time.
var anyPort = regexp.MustCompile(`127\.0\.0\.1:[0-9]{4,5}`)

// checkGolden compares an answer with its golden file; an error is compared with its status and source.
func checkGolden(t *testing.T, dir string, res backend.DataResponse, write bool) {
	if res.Error == nil {
		experimental.CheckGoldenJSONResponse(t, dir, "expected.golden", &res, write)
		return
	}
	got, err := json.MarshalIndent(map[string]any{
		"status": res.Status, "errorSource": res.ErrorSource, "error": anyPort.ReplaceAllString(res.Error.Error(), "127.0.0.1:port"),
	}, "", "  ")
	require.NoError(t, err)
	file := filepath.Join(dir, "expected.golden.jsonc")
	if write {
		require.NoError(t, os.WriteFile(file, append(got, '\n'), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(got))
}
