package frame

import (
	"math"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/histogram"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"
)

// TestStepHeatmapEnds: the buckets at the ends of a logarithmic axis have a bound that it cannot show.
func TestStepHeatmapEnds(t *testing.T) {
	at := time.Unix(60, 0)
	f := StepHeatmap(Heatmap{Interval: time.Minute, Columns: []HeatmapColumn{{at, histogram.Histogram{
		{Lower: 0, Upper: 0.002, Count: 3}, {Lower: 0.002, Upper: 0.004, Count: 0}, {Lower: 16, Upper: math.Inf(1), Count: 1},
	}}}}, Info{}, Links{})
	require.Equal(t, []data.Notice{{Severity: data.NoticeSeverityInfo,
		Text: "Executions that took more than 16 s are in the last bucket, which has no end and is drawn up to 32 s."}}, f.Meta.Notices)
	require.Equal(t, 2, f.Rows(), "empty cells are left out")
	require.Equal(t, []any{at, 0.001, 0.002, 3.0}, f.RowCopy(0))
	require.Equal(t, []any{at, 16.0, 32.0, 1.0}, f.RowCopy(1))
	require.EqualValues(t, 60_000, f.Fields[0].Config.Interval)
	require.EqualValues(t, "heatmap-cells", f.Meta.Type)
	require.Empty(t, StepHeatmap(Heatmap{}, Info{}, Links{}).Meta.Notices)
}
