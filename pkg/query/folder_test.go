package query

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFolders: a path that ends with /* is everything below it, not the path itself, and nothing beside it.
func TestFolders(t *testing.T) {
	for raw, holds := range map[string]map[string]bool{
		`{"flow":["f/data/*","f/x"]}`:                    {"f/data/sync": true, "f/data/sync/deep": true, "f/data": false, "f/x": true, "f/datas/a": false},
		`{"flow":{"op":"!=","values":["f/data/*"]}}`:     {"f/data/sync": false, "f/x": true},
		`{"scriptPath":{"op":"=","values":["f/(a)/*"]}}`: {"f/(a)/b": true, "f/a/b": false},
	} {
		f, err := ParseFilters(json.RawMessage(raw))
		require.NoError(t, err)
		require.Empty(t, f.Flow, "a folder is a regular expression")
		for path, want := range holds {
			require.Equal(t, want, f.Holds("flow", path) && f.Holds("scriptPath", path), "%s %s", raw, path)
		}
	}
	f, err := ParseFilters(json.RawMessage(`{"step":["a/*"]}`))
	require.NoError(t, err)
	require.Equal(t, []string{"a/*"}, f.Step, "only paths have folders")
}

// TestVersions: recovered of the first version is what is recovered or handled today.
func TestVersions(t *testing.T) {
	old, err := Parse([]byte(`{"queryType":"flow-runs","filters":{"outcome":["recovered"]}}`), "")
	require.NoError(t, err)
	require.True(t, old.Filters.Takes("error", true))
	require.True(t, old.Filters.Takes("recovered", true))
	require.False(t, old.Filters.Takes("error", false))
	today, err := Parse([]byte(`{"queryType":"flow-runs","version":2,"filters":{"outcome":["recovered"]}}`), "")
	require.NoError(t, err)
	require.False(t, today.Filters.Takes("error", true))
	_, err = Parse([]byte(`{"queryType":"flow-runs","version":3}`), "")
	require.ErrorContains(t, err, "saved by a newer version of the plugin")
}

func TestHandledIsExcludedToo(t *testing.T) {
	f, err := ParseFilters(json.RawMessage(`{"outcome":{"op":"!=","values":["handled"]}}`))
	require.NoError(t, err)
	require.False(t, f.Takes("error", true))
	require.True(t, f.Takes("error", false))
}
