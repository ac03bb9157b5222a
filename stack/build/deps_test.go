package build

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestThePluginLinksNothingElseOfTempo: the rest of Tempo, and all of Loki and Mimir, is under the AGPL-3.0. NOTICE
// explains pkg/pool.
func TestThePluginLinksNothingElseOfTempo(t *testing.T) {
	root, err := Root()
	require.NoError(t, err)
	list := exec.Command("go", "list", "-deps", "./pkg")
	list.Dir, list.Env = root, append(os.Environ(), "GOWORK=off")
	out, err := list.Output()
	require.NoError(t, err)
	linked := 0
	for _, path := range strings.Fields(string(out)) {
		rest, ofTempo := strings.CutPrefix(path, "github.com/grafana/tempo/")
		if ofTempo {
			linked++
			allowed := rest == "pkg/pool" || rest == "pkg/tempopb" || strings.HasPrefix(rest, "pkg/tempopb/")
			require.True(t, allowed, "%s is linked into the plugin", path)
		}
		for _, server := range []string{"loki", "mimir"} {
			require.False(t, strings.HasPrefix(path, "github.com/grafana/"+server+"/"), "%s is linked into the plugin", path)
		}
	}
	require.Positive(t, linked)
}
