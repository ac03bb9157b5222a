package loki

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream/upstreamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLimitOfLinesIsReadFromTheRefusal: Loki refuses more lines than its configuration allows, and says how many.
func TestLimitOfLinesIsReadFromTheRefusal(t *testing.T) {
	for _, setting := range []string{"max_entries_limit_per_query", "max_entries_limit"} { // Loki 3.7 and 3.2
		var limits []int
		f := &fake{answer: func(query string, limit int) (int, string) {
			if isJSONForm(query) {
				return 200, streams(nil)
			}
			limits = append(limits, limit)
			if limit > 2 {
				return 400, fmt.Sprintf("max entries limit per query exceeded, limit > %s (%d > 2)", setting, limit)
			}
			return 200, streams(map[string]string{"job_id": job}, "a", "b")
		}}
		c := f.client(t)
		for range 2 {
			res, err := c.Lines(context.Background(), Request{Start: time.Unix(0, 0), End: time.Unix(1, 0), Limit: 4999})
			require.NoError(t, err)
			assert.Len(t, res.Lines, 2)
			assert.True(t, res.More)
			assert.Contains(t, res.Notices, Notice{true, "Loki gives at most 2 lines at once (limits_config.max_entries_limit_per_query): there may be more. Ask for a shorter range, or raise it in Loki."})
		}
		assert.Equal(t, []int{5000, 2, 2}, limits, "it is remembered")
		res, err := c.Lines(context.Background(), Request{Start: time.Unix(0, 0), End: time.Unix(1, 0), Limit: 1})
		require.NoError(t, err)
		assert.Empty(t, res.Notices, "so few are given")
	}
}

// TestAnswersOfFarTooManyLinesAreRefused: a million lines of ten bytes where a hundred are asked for would be
// decoded to a gigabyte.
func TestAnswersOfFarTooManyLinesAreRefused(t *testing.T) {
	for _, tiny := range []string{`{"stream":{},"values":[` + strings.Repeat(`["0",""],`, 100_000) + `["0",""]]}`, strings.Repeat(`{},`, 100_000) + `{}`} {
		f := &fake{answer: func(string, int) (int, string) {
			return 200, `{"status":"success","data":{"resultType":"streams","result":[` + tiny + `]}}`
		}}
		c := f.client(t)
		_, err := c.Lines(context.Background(), Request{Start: time.Unix(0, 0), End: time.Unix(1, 0), Limit: 100})
		require.ErrorIs(t, err, errTooMany)
		require.ErrorContains(t, err, "answered with something that is no list of log lines")
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"matrix","result":[`+strings.Repeat(`{},`, 100_000)+`{}]}}`)
	}))
	defer s.Close()
	_, err := New(upstreamtest.Client(t, "Loki", s), `{a="b"}`).Volume(context.Background(), VolumeRequest{Start: time.Unix(0, 0), End: time.Unix(60, 0), Step: time.Second})
	require.ErrorIs(t, err, errTooMany)
}
