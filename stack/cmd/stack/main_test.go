package main

import (
	"testing"

	"github.com/flowsteps/windmill-datasource/stack/demo"
	"github.com/stretchr/testify/require"
)

func TestDemoFlags(t *testing.T) {
	t.Setenv("DEMO_ONCE", "")
	opts, err := demoOptions([]string{"--full", "--port", "3100"})
	require.NoError(t, err)
	require.Equal(t, demo.Options{Full: true, Port: 3100}, opts)

	t.Setenv("DEMO_ONCE", "1")
	opts, err = demoOptions(nil)
	require.NoError(t, err)
	require.Equal(t, demo.Options{Once: true}, opts)

	_, err = demoOptions([]string{"please"})
	require.EqualError(t, err, `stack demo takes no argument "please"`)
}

func TestUnknownCommandsAreRefused(t *testing.T) {
	require.EqualError(t, run(t.Context(), []string{"deploy"}), `there is no command "deploy"`)
	require.EqualError(t, run(t.Context(), nil), "no command is given")
	require.ErrorContains(t, run(t.Context(), []string{"build", "mimir"}), `there is no server "mimir"`)
}
