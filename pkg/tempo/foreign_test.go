package tempo

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/stretchr/testify/require"
)

// TestAnotherServicesJSONIsNoData: a proxy's message with status 200 must not look like a Tempo without runs.
func TestAnotherServicesJSONIsNoData(t *testing.T) {
	for _, body := range []string{`{}`, `{"message":"rate limited"}`, `{"status":"success","data":{}}`} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body))
		}))
		up, err := upstream.New(upstream.Options{Name: "Tempo", URL: s.URL})
		require.NoError(t, err)
		c, now := New(up), time.Now()
		_, searchErr := c.Search(context.Background(), SearchRequest{Query: "{}", Start: now.Add(-time.Hour), End: now, Limit: 1})
		_, _, tagsErr := c.TagValues(context.Background(), TagValuesRequest{Tag: "span.tag"})
		_, metricsErr := c.QueryRange(context.Background(), MetricsRequest{Query: "{} | rate()", Start: now.Add(-time.Hour), End: now, Step: time.Minute})
		for _, err := range []error{searchErr, tagsErr, metricsErr} {
			e := upstream.AsError(err)
			require.NotNil(t, e, body)
			require.Equal(t, http.StatusBadGateway, e.Status)
			require.Contains(t, e.Message, "is the URL right?")
		}
		up.Close()
		s.Close()
	}
}
