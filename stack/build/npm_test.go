package build

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNpmPackagesAreInstalledOnlyWhenTheyDiffer(t *testing.T) {
	const wanted = `{"packages":{"":{"version":"1"},"node_modules/a":{"version":"1","integrity":"x"},"node_modules/mac":{"version":"2","optional":true}}}`
	for name, test := range map[string]struct {
		installed string
		current   bool
	}{
		"never installed":              {"", false},
		"installation was interrupted": {`{"packages":`, false},
		"the same, but for an optional package of another platform": {`{"packages":{"node_modules/a":{"version":"1","integrity":"x"}}}`, true},
		"another version":   {`{"packages":{"node_modules/a":{"version":"2","integrity":"x"}}}`, false},
		"another content":   {`{"packages":{"node_modules/a":{"version":"1","integrity":"y"}}}`, false},
		"a package is gone": {`{"packages":{}}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			write(t, root, "package-lock.json", wanted)
			if test.installed != "" {
				write(t, root, "node_modules/.package-lock.json", test.installed)
			}
			current, err := installed(root)
			require.NoError(t, err)
			require.Equal(t, test.current, current)
		})
	}
}
