package loki

import (
	"context"
	"fmt"
	"testing"
	"time"

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
