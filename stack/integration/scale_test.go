//go:build integration

package integration

import (
	"fmt"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/plugin"
)

// requests is what the frame says of the requests to an upstream.
func requests(t *testing.T, f *data.Frame, upstream string) int {
	t.Helper()
	for _, s := range f.Meta.Stats {
		if s.DisplayName == "Requests to "+upstream {
			return int(s.Value)
		}
	}
	require.Fail(t, "the frame does not say how many requests went to "+upstream)
	return 0
}

func TestListTakesNoRequestForEachRun(t *testing.T) {
	d := datasource(t, shared.Tempo, shared.Prometheus)
	from, to := shared.truth[0].Start.Add(-time.Minute), time.Now()
	few := ask(t, d, from, to, query{"queryType": "flow-runs", "limit": 5})[0]
	all := ask(t, d, from, to, query{"queryType": "flow-runs", "limit": 1000})[0]
	require.Equal(t, 5, few.Rows())
	require.GreaterOrEqual(t, all.Rows(), len(shared.truth))
	// A request takes a hundred runs, and of some of them what their loops and sub-flows started.
	require.LessOrEqual(t, requests(t, all, "Tempo"), requests(t, few, "Tempo")+6+all.Rows()/20, "for %d runs", all.Rows())
	require.Less(t, requests(t, all, "Tempo")*4, all.Rows())
}

func TestLimitIsSaidAndTheRestShown(t *testing.T) {
	whole := datasource(t, shared.Tempo, shared.Prometheus)
	spread := shared.newest(t, orders) // its steps are a level below the parallel iterations
	id := spread.RunID
	from, to := shared.truth[0].Start, time.Now()
	f := ask(t, whole, from, to, query{"queryType": "flow-steps", "runId": id})[0]
	require.Equal(t, len(spread.Jobs), f.Rows())
	require.Contains(t, f.Meta.ExecutedQueryString, "  # ", "each query has its time")

	f = ask(t, withJobLimit(t, 2), from, to, query{"queryType": "flow-steps", "runId": id})[0]
	require.Positive(t, f.Rows())
	require.Less(t, f.Rows(), len(spread.Jobs))
	require.Contains(t, notices(f), `raise "Jobs per run" in the data source's settings`)
}

func withJobLimit(t *testing.T, jobs int) *plugin.Datasource {
	t.Helper()
	instance, err := plugin.NewDatasource(t.Context(), backend.DataSourceInstanceSettings{
		UID: "limited", JSONData: fmt.Appendf(nil, `{"tempo":{"url":%q},"limits":{"jobs":%d}}`, shared.Tempo, jobs),
	})
	require.NoError(t, err)
	d, ok := instance.(*plugin.Datasource)
	require.True(t, ok)
	t.Cleanup(d.Dispose)
	return d
}
