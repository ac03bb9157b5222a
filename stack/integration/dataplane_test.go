//go:build integration

package integration

import (
	"testing"

	sdatanumeric "github.com/grafana/dataplane/sdata/numeric"
	"github.com/grafana/dataplane/sdata/reader"
	"github.com/grafana/dataplane/sdata/timeseries"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"
)

// requireReadable reads frames as Grafana's alerting does, with its own reader: it must know their type and find a
// value in each of them, and no two with the same labels.
func requireReadable(t *testing.T, frames data.Frames) {
	t.Helper()
	kind, err := reader.CanReadBasedOnMeta(frames)
	require.NoError(t, err)
	some := 0 // no data is one frame without fields
	for _, f := range frames {
		if len(f.Fields) > 0 {
			some++
		}
	}
	labels := map[string]bool{}
	add := func(l data.Labels) {
		require.False(t, labels[l.String()], "two values have the labels %s", l)
		labels[l.String()] = true
	}
	switch kind {
	case data.FrameTypeNumericMulti:
		r, err := sdatanumeric.CollectionReaderFromFrames(frames)
		require.NoError(t, err)
		c, err := r.GetCollection(false) // it cannot validate numbers yet
		require.NoError(t, err)
		require.NoError(t, c.Warning)
		require.Len(t, c.Refs, some)
		for _, ref := range c.Refs {
			add(ref.GetLabels())
		}
	case data.FrameTypeTimeSeriesMulti:
		r, err := timeseries.CollectionReaderFromFrames(frames)
		require.NoError(t, err)
		c, err := r.GetCollection(true)
		require.NoError(t, err)
		require.NoError(t, c.Warning)
		require.Len(t, c.Refs, some)
		for _, ref := range c.Refs {
			add(ref.GetLabels())
		}
	default:
		t.Fatalf("alerting takes no %s", kind)
	}
}
