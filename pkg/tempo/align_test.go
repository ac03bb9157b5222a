package tempo

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAlignKeepsAttributesOffTheBufferEnds(t *testing.T) {
	for filler := range 2 * lexerBuffer {
		query := `{ span.root_job = "` + strings.Repeat("x", filler) + `" || span.parent_job = "y" } | ` + SelectWindmill
		aligned := Align(query)
		require.Equal(t, strings.ReplaceAll(query, " ", ""), strings.ReplaceAll(aligned, " ", ""))
		for at := lexerBuffer; at < len(aligned); at += lexerBuffer {
			start := strings.LastIndexAny(aligned[:at], ` "`) + 1
			if strings.HasPrefix(aligned[start:], "x") {
				continue // within the literal
			}
			require.LessOrEqual(t, len(strings.TrimLeft(aligned[start:at], " ")), 0, "the end at %d of %q cuts %q", at, aligned, aligned[start:min(at+4, len(aligned))])
		}
	}
}

func TestAlignLeavesShortQueriesAlone(t *testing.T) {
	query := `{ span.job_id = "a" } | ` + SelectWindmill
	require.Equal(t, query, Align(query))
}
