//go:build integration

package integration

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/plugin"
)

// datasource makes the plugin with the URLs of two upstreams; an empty one is not configured.
func datasource(t *testing.T, tempo, prometheus string) *plugin.Datasource {
	t.Helper()
	return datasourceWith(t, tempo, prometheus, "")
}

// datasourceWith makes the plugin with a Loki too.
func datasourceWith(t *testing.T, tempo, prometheus, loki string) *plugin.Datasource {
	t.Helper()
	settings := map[string]any{
		"tempo":       upstreamAt(tempo, "tempo"),
		"prometheus":  upstreamAt(prometheus, "prometheus"),
		"loki":        upstreamAt(loki, "loki"),
		"limits":      map[string]any{"seconds": patience},
		"windmillUrl": "https://windmill.example.com",
	}
	content, err := json.Marshal(settings)
	require.NoError(t, err)
	instance, err := plugin.NewDatasource(t.Context(), backend.DataSourceInstanceSettings{
		UID: "windmill-flow-steps", Type: "flowsteps-windmill-datasource", JSONData: content,
	})
	require.NoError(t, err)
	d, ok := instance.(*plugin.Datasource)
	require.True(t, ok)
	t.Cleanup(d.Dispose)
	return d
}

// patience is how many seconds an answer is waited for: on a busy machine one may take longer than users would wait.
const patience = 300

// upstreamAt is the settings of an upstream.
func upstreamAt(address, uid string) map[string]any {
	return map[string]any{"url": address, "datasourceUid": uid, "timeout": patience}
}

// query is what the frontend sends.
type query map[string]any

// askAll sends queries in one request, as refIds A, B, C and so on.
func askAll(t *testing.T, d *plugin.Datasource, from, to time.Time, queries ...query) backend.Responses {
	t.Helper()
	res, err := d.QueryData(t.Context(), request(t, from, to, queries...))
	require.NoError(t, err)
	require.Len(t, res.Responses, len(queries))
	return res.Responses
}

// tryAsk asks once and gives the error of the query, for what may not be there yet.
func tryAsk(t *testing.T, d *plugin.Datasource, from, to time.Time, q query) (data.Frames, error) {
	t.Helper()
	answer := askAll(t, d, from, to, q)["A"]
	return answer.Frames, answer.Error
}

func request(t *testing.T, from, to time.Time, queries ...query) *backend.QueryDataRequest {
	t.Helper()
	req := &backend.QueryDataRequest{}
	for i, q := range queries {
		content, err := json.Marshal(q)
		require.NoError(t, err)
		kind, _ := q["queryType"].(string)
		req.Queries = append(req.Queries, backend.DataQuery{
			RefID: refID(i), QueryType: kind, JSON: content, MaxDataPoints: 500, Interval: 30 * time.Second,
			TimeRange: backend.TimeRange{From: from, To: to},
		})
	}
	return req
}

func refID(i int) string { return string(rune('A' + i)) }

// ask sends one query that must succeed.
func ask(t *testing.T, d *plugin.Datasource, from, to time.Time, q query) data.Frames {
	t.Helper()
	res := askAll(t, d, from, to, q)["A"]
	require.NoError(t, res.Error)
	require.Equal(t, backend.StatusOK, res.Status)
	return res.Frames
}

// row is a row of a frame by field name, with pointers followed: nil is null.
type row map[string]any

func rows(frame *data.Frame) []row {
	list := make([]row, frame.Rows())
	for i := range list {
		list[i] = row{}
		for _, f := range frame.Fields {
			if value, ok := f.ConcreteAt(i); ok {
				list[i][f.Name] = value
			} else {
				list[i][f.Name] = nil
			}
		}
	}
	return list
}

// text is a string of a row; null is empty.
func (r row) text(field string) string {
	s, _ := r[field].(string)
	return s
}

func (r row) number(t *testing.T, field string) float64 {
	t.Helper()
	n, ok := r[field].(float64)
	require.True(t, ok, "%s is %v", field, r[field])
	return n
}

// notices joins what a frame says about itself.
func notices(frame *data.Frame) string {
	all := ""
	for _, n := range frame.Meta.Notices {
		all += fmt.Sprintln(n.Severity, n.Text)
	}
	return all
}

func custom(t *testing.T, frame *data.Frame, key string) any {
	t.Helper()
	values, ok := frame.Meta.Custom.(map[string]any)
	require.True(t, ok, "meta.custom is %T", frame.Meta.Custom)
	return values[key]
}
