package windmill_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
)

func TestPagesOfAStep(t *testing.T) {
	b := windmilltest.New(base, 71)
	f := b.Flow("f/etl/orders", 0).Pull(ms, 2*ms)
	loop := f.Node("each", "loop", 0, 3*ms).Pull(4*ms, 5*ms)
	loop.Inline("load all", 6*ms).Run(7*ms, 9*ms)
	r := build(t, b, f)
	step := r.Jobs[len(r.Jobs)-1]
	require.Equal(t, "flows/edit/f/etl/orders?selected=load+all&workspace="+step.Workspace, windmill.EditorPage(step))
	require.Equal(t, "flows/edit/f/etl/orders?selected=each&workspace="+step.Workspace, windmill.EditorPage(r.Jobs[1]))
	require.Equal(t, "runs/f/etl/orders?workspace="+step.Workspace, windmill.ListPage(r.Root))
	require.Empty(t, windmill.EditorPage(r.Root))
	require.Contains(t, windmill.VersionPage(r.Root), "flows/get/f/etl/orders?")
}

// TestPagesStayInWindmill: a span may claim any path. None leads to another page than that of a flow.
func TestPagesStayInWindmill(t *testing.T) {
	for _, path := range []string{"../api/w/x/jobs", "f/../../api", "f//x", "", "/", ".", "f/x/.."} {
		job := &windmill.Job{ScriptPath: path, JobKind: "flow", Container: true, Workspace: "w"}
		step := &windmill.Job{Step: "a", Parent: job}
		require.Empty(t, windmill.EditorPage(step), path)
		require.Empty(t, windmill.ListPage(job), path)
	}
	job := &windmill.Job{ScriptPath: "f/a?b#c/d e", JobKind: "flow", Container: true, Workspace: "w&x=1"}
	require.Equal(t, "runs/f/a%3Fb%23c/d%20e?workspace=w%26x%3D1", windmill.ListPage(job))
}
