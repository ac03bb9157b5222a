package windmill_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

func TestInFlow(t *testing.T) {
	for _, c := range []struct {
		path, step, kind string
		want             bool
	}{
		{"f/data/sync", "", "flow", true},
		{"f/data/sync/load", "load", "flowscript", true},
		{"f/data/sync/load", "load", "", true},
		{"f/data/sync/loop-3", "each", "flownode", true},
		{"f/data/sync/forloop-3/branchone-0/c", "c", "flowscript", true},
		{"f/data/sync/ask/tools/search", "", "flowscript", true},
		{"f/data/sync/customers", "", "flow", false},
		{"f/data/sync/customers", "customers", "script", false},
		{"f/data/sync/customers/load", "load", "flowscript", false},
		{"f/data/synchronize", "", "flow", false},
		{"f/data", "", "flow", false},
	} {
		require.Equal(t, c.want, windmill.InFlow("f/data/sync", c.path, c.step, c.kind), "%+v", c)
	}
}
