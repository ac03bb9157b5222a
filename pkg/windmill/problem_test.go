package windmill

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTextsAgreeWithTheirNumber reads every text for one thing and for several.
func TestTextsAgreeWithTheirNumber(t *testing.T) {
	disagreeOne := regexp.MustCompile(`\b1 (\w+s\b|\w+ (have|are|were|share|seem|count)\b)`)
	disagreeMany := regexp.MustCompile(`\b3 (\w+ (has|is|was|shares|seems|counts)\b)`)
	for _, kind := range problemOrder {
		one, many := Problem{Kind: kind, Count: 1}.Text(), Problem{Kind: kind, Count: 3}.Text()
		require.NotEqual(t, string(kind), one, "%s has no text", kind)
		require.NotRegexp(t, disagreeOne, one)
		require.NotRegexp(t, disagreeMany, many)
		require.NotContains(t, one+many, "%!", kind)
		if _, counted := countedTexts[kind]; counted {
			require.Contains(t, many, "3 ", kind)
			require.NotEqual(t, one, many)
		}
	}
}
