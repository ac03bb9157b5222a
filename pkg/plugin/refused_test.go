package plugin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDeploymentsStopAfterARefusal: deployments search twelve parts of the time, four at once.
func TestDeploymentsStopAfterARefusal(t *testing.T) {
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		time.Sleep(20 * time.Millisecond) // so that as many as may are under way
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer s.Close()
	d, err := newDatasource(t.Context(), backend.DataSourceInstanceSettings{JSONData: fmt.Appendf(nil, `{"tempo":{"url":%q}}`, s.URL)}, time.Now)
	require.NoError(t, err)
	defer d.Dispose()
	res, err := d.QueryData(t.Context(), &backend.QueryDataRequest{Queries: []backend.DataQuery{{
		RefID: "A", JSON: []byte(`{"queryType":"deployments"}`), TimeRange: backend.TimeRange{From: time.Now().Add(-time.Hour), To: time.Now()},
	}}})
	require.NoError(t, err)
	require.ErrorContains(t, res.Responses["A"].Error, "Tempo refused the credentials (status 401)")
	assert.LessOrEqual(t, asked.Load(), int32(4))
}
