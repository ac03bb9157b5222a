package build

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"

	"github.com/flowsteps/windmill-datasource/stack/progress"
	"github.com/stretchr/testify/require"
)

func TestTheArchiveOfTheDataSourceLeavesThePanelOut(t *testing.T) {
	root := t.TempDir()
	write(t, root, "dist/plugin.json", `{"id":"flowsteps-windmill-datasource","info":{"version":"1.2.3"}}`)
	write(t, root, "dist/gpx_windmill_linux_amd64", "binary")
	write(t, root, "dist/img/logo.svg", "<svg/>")
	write(t, root, "dist/panel/plugin.json", `{"id":"flowsteps-windmill-panel","info":{"version":"1.2.3"}}`)

	a := artifact{dir: "dist", without: "panel", must: []string{"plugin.json"}}
	archive, err := a.pack(t.Context(), root, progress.Discard())
	require.NoError(t, err)
	require.Equal(t, filepath.Join(root, "artifacts", "flowsteps-windmill-datasource-1.2.3.zip"), archive)
	require.Equal(t, map[string]os.FileMode{
		"flowsteps-windmill-datasource/plugin.json":              0o644,
		"flowsteps-windmill-datasource/gpx_windmill_linux_amd64": 0o755,
		"flowsteps-windmill-datasource/img/logo.svg":             0o644,
	}, modes(t, archive))

	panel, err := artifact{dir: "dist/panel"}.pack(t.Context(), root, progress.Discard())
	require.NoError(t, err)
	require.Equal(t, map[string]os.FileMode{"flowsteps-windmill-panel/plugin.json": 0o644}, modes(t, panel))
}

func modes(t *testing.T, archive string) map[string]os.FileMode {
	t.Helper()
	r, err := zip.OpenReader(archive)
	require.NoError(t, err)
	defer func() { require.NoError(t, r.Close()) }()
	found := map[string]os.FileMode{}
	for _, file := range r.File {
		found[file.Name] = file.Mode()
	}
	return found
}

func TestWhatIsNotBuiltIsNotPacked(t *testing.T) {
	root := t.TempDir()
	a := artifact{dir: "dist", must: []string{"module.js"}}
	_, err := a.pack(t.Context(), root, progress.Discard())
	require.ErrorContains(t, err, "cannot read the plugin to pack")
	write(t, root, "dist/plugin.json", `{"id":"x-y-datasource","info":{"version":"%VERSION%"}}`)
	_, err = a.pack(t.Context(), root, progress.Discard())
	require.ErrorContains(t, err, "it is not a built plugin")
	write(t, root, "dist/plugin.json", `{"id":"x-y-datasource","info":{"version":"1.0.0"}}`)
	_, err = a.pack(t.Context(), root, progress.Discard())
	require.ErrorContains(t, err, "module.js is missing")
}
