package suite

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/flowsteps/windmill-datasource/stack/progress"
	"github.com/stretchr/testify/require"
)

func ended(err error) func(context.Context, *runner) error {
	return func(context.Context, *runner) error { return err }
}

func TestAFailedStageStopsOnlyWhatNeedsIt(t *testing.T) {
	var out bytes.Buffer
	r := &runner{out: &out, report: progress.New(&out)}
	for _, s := range []stage{
		{nil, "packages", nil, ended(errors.New("no network"))},
		{nil, "types", []string{"packages"}, ended(nil)},
		{nil, "vet", nil, ended(nil)},
	} {
		r.do(t.Context(), s)
	}
	require.ErrorIs(t, r.ended[1].err, errNeeded)
	require.NoError(t, r.ended[2].err)
	require.EqualError(t, r.summary(), "2 of 3 stages failed")
	require.Contains(t, out.String(), "1 passed, 2 failed")
}

func TestAPartBringsWhatItNeeds(t *testing.T) {
	var names []string
	for _, s := range selectStages(stages(), []string{E2E}) {
		names = append(names, s.name)
	}
	require.Equal(t, []string{npmPackages, pluginBuilt, serversBuilt, "end-to-end tests in a browser"}, names)
	require.Len(t, selectStages(stages(), []string{Go, Web, Integration, E2E}), len(stages()))
}

func TestEveryNeedIsAStageBefore(t *testing.T) {
	before := map[string]bool{}
	for _, s := range stages() {
		for _, need := range s.needs {
			require.True(t, before[need], "%s needs %q", s.name, need)
		}
		before[s.name] = true
	}
}

func TestAnUnknownPartIsRefused(t *testing.T) {
	require.EqualError(t, Run(t.Context(), &bytes.Buffer{}, "rust"), `there is no part "rust" of the tests: choose from go, web, integration, e2e, lint`)
}
