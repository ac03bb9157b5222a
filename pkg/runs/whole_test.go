package runs

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

func TestListWhole(t *testing.T) {
	b, _ := world()
	deep := b.Flow("f/deep", 7*time.Minute).Pull(7*time.Minute, 7*time.Minute+ms)
	one := deep.Subflow("one", "f/one", 7*time.Minute+ms).Pull(7*time.Minute+2*ms, 7*time.Minute+3*ms)
	loop := one.Node("l", "forloop", 4, 7*time.Minute+3*ms).Pull(7*time.Minute+4*ms, 7*time.Minute+5*ms)
	two := loop.Subflow("two", "f/two", 7*time.Minute+5*ms).Pull(7*time.Minute+6*ms, 7*time.Minute+7*ms)
	two.Inline("z", 7*time.Minute+7*ms).Run(7*time.Minute+8*ms, 7*time.Minute+9*ms)
	deep.Full(7*time.Minute, 7*time.Minute+50*ms, false)
	r, fake := reader(t, b)
	l, err := r.ListWhole(context.Background(), query.Query{}, today, 100)
	require.NoError(t, err)
	require.Equal(t, []string{"f/deep ok", "f/running running", "f/s ok", "f/ops/report error", "f/ops/import error", "f/etl/nightly ok", "f/demo/plain ok"}, listed(l))
	for _, run := range l.Runs {
		require.True(t, run.Whole)
		var paths []string
		for _, j := range run.Jobs {
			paths = append(paths, j.Path)
		}
		switch run.Root.ScriptPath {
		case "f/deep":
			require.Equal(t, []string{"", "one", "one/l[4]", "one/l[4]/two", "one/l[4]/two/z"}, paths)
		case "f/etl/nightly":
			require.Contains(t, paths, "b[2]/d")
			require.Contains(t, paths, "e/x")
		}
	}
	require.LessOrEqual(t, len(fake.searches), 6, "one for the runs, one for each level")
	require.Empty(t, l.Notices)
}

func TestListWholeGrowsWithDepthAlone(t *testing.T) {
	requests := func(n int) int {
		b := windmilltest.New(base, 3)
		for i := range n {
			b.Nightly(time.Duration(i)*time.Second, 3)
		}
		r, fake := reader(t, b)
		l, err := r.ListWhole(context.Background(), query.Query{}, today, 1000)
		require.NoError(t, err)
		require.Len(t, l.Runs, n)
		return len(fake.searches)
	}
	require.Equal(t, requests(2), requests(20))
}

func TestListWholeSaysWhatIsMissing(t *testing.T) {
	b, _ := world()
	r, fake := reader(t, b)
	fake.fail = func(q string) error {
		if strings.Contains(q, "span.root_job =") {
			return errDown
		}
		return nil
	}
	l, err := r.ListWhole(context.Background(), query.Query{}, today, 100)
	require.NoError(t, err)
	require.NotEmpty(t, l.Runs)
	require.False(t, l.Runs[0].Whole)
	require.Contains(t, texts(l.Notices), "Not every step of these runs could be read")
	fake.fail = func(string) error { return errDown }
	_, err = r.ListWhole(context.Background(), query.Query{}, today, 100)
	require.ErrorIs(t, err, errDown)
}
