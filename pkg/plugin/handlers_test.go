package plugin

import (
	"testing"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/stretchr/testify/require"
)

func TestEveryQueryTypeHasAHandler(t *testing.T) {
	for _, typ := range query.Types() {
		require.NotNil(t, handlers()[typ], typ)
	}
	require.Len(t, handlers(), len(query.Types()))
}
