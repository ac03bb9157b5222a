package flowstep

import (
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/stretchr/testify/require"
)

func version(minute int, path, step, hash string) windmill.Span {
	return windmill.Span{
		Name: "job " + step, Workspace: "demo", ScriptPath: path, Step: step, ScriptHash: hash, JobKind: "script",
		JobID: path + hash, TraceID: "t", SpanID: "s", Start: base.Add(time.Duration(minute) * time.Minute),
	}
}

func TestDeployments(t *testing.T) {
	list := Deployments([]windmill.Span{
		version(3, "f/a", "x", "2"), version(1, "f/a", "x", "1"), version(4, "f/a", "x", "1"), version(5, "f/a", "x", "2"), // one deployment; old jobs end
		version(2, "f/b", "x", "1"),                                                             // never another version
		version(-9, "f/c", "x", "1"), version(-5, "f/c", "x", "2"), version(6, "f/c", "x", "2"), // before the range
		version(-9, "f/d", "x", "1"), version(7, "f/d", "x", "3"), // the version of before is known from before the range
		version(1, "f/loop/loop-0/c", "c", "1"), version(8, "f/loop/loop-7/c", "c", "2"), version(8, "f/loop/loop-7/d", "d", "9"),
	}, base)
	require.Len(t, list, 3)
	require.Equal(t, []string{"f/loop", "f/d", "f/a"}, []string{list[0].Path, list[1].Path, list[2].Path}, "newest first")
	require.Equal(t, "c", *list[0].Step)
	require.Nil(t, list[1].Step)
	a := list[2]
	require.Equal(t, base.Add(3*time.Minute), a.Time)
	require.Equal(t, "2", a.Hash)
	require.Equal(t, "1", a.PreviousHash)
	require.Equal(t, "deployment,windmill,demo", a.Tags)
	require.Equal(t, "New version of f/a", a.Title)
	require.Contains(t, a.Text, "Version 2 of f/a first ran in job f/a2")
}

func TestWindmillsOwnJobsDeployNothing(t *testing.T) {
	own := version(2, "f/a", "", "2")
	own.JobKind = "dependencies"
	require.Empty(t, Deployments([]windmill.Span{version(1, "f/a", "", "1"), own}, base))
}
