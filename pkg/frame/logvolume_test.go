package frame

import (
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLogVolume(t *testing.T) {
	times := []time.Time{time.Unix(0, 0), time.Unix(60, 0)}
	info := Info{Notices: []data.Notice{{Text: "a part"}}, Queries: []string{"q"}}
	frames := LogVolume(times, map[string][]float64{"error": {1, 0}, "": {2, 3}}, info)
	require.Len(t, frames, 2)
	assert.Equal(t, data.Labels{}, frames[0].Fields[1].Labels)
	assert.Equal(t, data.Labels{"level": "error"}, frames[1].Fields[1].Labels)
	assert.Equal(t, 3.0, frames[0].Fields[1].At(1))
	assert.Len(t, frames[0].Meta.Notices, 1)
	assert.Empty(t, frames[1].Meta.Notices)

	none := LogVolume(times, nil, info)
	require.Len(t, none, 1)
	assert.Empty(t, none[0].Fields)
	assert.Equal(t, "q", none[0].Meta.ExecutedQueryString)
}
