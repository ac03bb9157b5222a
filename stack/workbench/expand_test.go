package workbench

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func environment(values map[string]string) expander {
	return expander{func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	}}
}

func TestExpandText(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte(" s3$cret\n"), 0o600))
	expand := environment(map[string]string{"HOST": "tempo", "PORT": "3200", "PASSWORD": "a$PORT"})
	for in, want := range map[string]string{
		"":                         "",
		"plain":                    "plain",
		"http://$HOST:${PORT}/x":   "http://tempo:3200/x",
		"$UNSET-${UNSET}":          "-",
		"a$$b":                     "a$b",
		"$$HOST":                   "$HOST",
		"$PASSWORD":                "a$PORT", // what a variable holds is not expanded again
		"$__env{HOST}:$PORT":       "tempo:3200",
		"$__file{" + secret + "}":  "s3$cret",
		"<$__file{" + secret + "}": "<s3$cret",
	} {
		got, err := expand.text(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got, in)
	}
}

func TestExpandMissingFile(t *testing.T) {
	_, err := environment(nil).text("$__file{/does/not/exist}")
	require.ErrorContains(t, err, "cannot read the file of $__file{/does/not/exist}")
}

func TestExpandNested(t *testing.T) {
	expand := environment(map[string]string{"URL": "http://x"})
	got, err := expand.value(map[string]any{
		"$URL": "$URL", "n": 30, "list": []any{"$URL", true, map[string]any{"deep": "${URL}/y"}},
	})
	require.NoError(t, err)
	require.Equal(t, map[string]any{
		"$URL": "http://x", "n": 30, "list": []any{"http://x", true, map[string]any{"deep": "http://x/y"}},
	}, got)
}
