package loki

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	root = "01a20c2e-abab-1bc7-1498-ce7984c8ed39"
	sub  = "01a20c2f-7439-5031-d82f-aba95961cebd"
	leaf = "01a20c2f-7453-0fc7-8172-29cfc02aa56e"
)

func TestSighting(t *testing.T) {
	at := time.Date(2026, 11, 24, 6, 12, 46, 291495445, time.UTC)
	for name, tt := range map[string]struct {
		body   string
		labels map[string]string
		want   *windmill.Sighting
	}{
		"fetched": {"fetched job " + leaf + " (root job: " + root + ", scheduled for: 2026-11-24 06:12:46.291342 UTC)",
			map[string]string{"workspace_id": "sales", "job_id": leaf, "root_id": root},
			&windmill.Sighting{Kind: "fetched", Time: at, JobID: leaf, RootJob: root, Workspace: "sales", ScheduledFor: at.Truncate(time.Second).Add(291342 * time.Microsecond)}},
		"fetched, no root, a whole second": {"fetched job " + strings.ToUpper(sub) + " (root job: none, scheduled for: 2026-11-24 06:12:46 UTC)", map[string]string{"root_id": "none"},
			&windmill.Sighting{Kind: "fetched", Time: at, JobID: sub, ScheduledFor: at.Truncate(time.Second)}},
		"fetched, a time that cannot be read": {"fetched job " + leaf + " (root job: none, scheduled for: soon)", nil,
			&windmill.Sighting{Kind: "fetched", Time: at, JobID: leaf}},
		"pushed": {"all next flow jobs pushed: [" + sub + ", " + leaf + "]", map[string]string{"job_id": "other", "id": root, "root_id": root, "flow_step_id": "a"},
			&windmill.Sighting{Kind: "pushed", Time: at, JobID: root, RootJob: root, Step: "a", Children: []string{sub, leaf}}},
		"waited": {"job " + leaf + ` waited for an executor for a significant amount of time. Recommended action: add workers. wait_time=1500ms`, nil,
			&windmill.Sighting{Kind: "waited", Time: at, JobID: leaf, Wait: 1500 * time.Millisecond}},
		"waited, as a field": {"job " + leaf + " waited for an executor", map[string]string{"wait_time": "700"},
			&windmill.Sighting{Kind: "waited", Time: at, JobID: leaf, Wait: 700 * time.Millisecond}},
		"waited, nobody says how long": {"job " + leaf + " waited for an executor", nil, nil},
		"pushed by nobody":             {"all next flow jobs pushed: [" + sub + "]", nil, nil},
		"pushed nothing":               {"all next flow jobs pushed: []", map[string]string{"id": root}, nil},
		"a script says it":             {"I fetched job " + leaf, map[string]string{"job_id": leaf}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := sighting(Line{Time: at, Body: tt.body, Labels: tt.labels})
			require.Equal(t, tt.want != nil, ok)
			if ok {
				assert.Equal(t, *tt.want, got)
			}
		})
	}
	stamped, ok := sighting(Line{Time: at, Body: "fetched job " + leaf + " (root job: none, scheduled for: x)", Labels: map[string]string{"timestamp": "2026-11-24T06:00:00.5Z"}})
	require.True(t, ok)
	assert.Equal(t, time.Date(2026, 11, 24, 6, 0, 0, 5e8, time.UTC), stamped.Time, "when it was written, not when it was shipped")
}

// asked says which of the ids a query is about.
func asked(query string, ids ...string) (out []string) {
	for _, id := range ids {
		if strings.Contains(query, id) {
			out = append(out, id)
		}
	}
	return out
}

func TestSightingsGoDownFromPushToPush(t *testing.T) {
	lines := map[string]string{
		root: streams(map[string]string{"id": root, "job_id": root}, "all next flow jobs pushed: ["+sub+"]"),
		sub:  streams(map[string]string{"id": sub, "job_id": sub}, "all next flow jobs pushed: ["+leaf+"]", "fetched job "+sub+" (root job: none, scheduled for: x)", "fetched job "+leaf+" (root job: "+sub+", scheduled for: x)"),
	}
	f := &fake{answer: func(query string, _ int) (int, string) {
		if isJSONForm(query) {
			return 200, streams(nil)
		}
		ids := asked(query, root, sub, leaf)
		if len(ids) != 1 {
			return 400, "one level at a time, each once"
		}
		return 200, lines[ids[0]]
	}}
	res, err := f.client(t).Sightings(context.Background(), SightingsRequest{IDs: []string{root}})
	require.NoError(t, err)
	assert.Len(t, res.List, 4)
	assert.Empty(t, res.Notices)
	assert.Len(t, f.queries, 4, "two forms for each of two levels: the leaf names its root")
}

func TestSightingsAreBounded(t *testing.T) {
	n := 0
	f := &fake{answer: func(query string, _ int) (int, string) {
		if isJSONForm(query) {
			return 200, streams(nil)
		}
		n++
		return 200, streams(map[string]string{"id": root}, fmt.Sprintf("all next flow jobs pushed: [%08d-0000-0000-0000-000000000000]", n))
	}}
	res, err := f.client(t).Sightings(context.Background(), SightingsRequest{IDs: []string{root}})
	require.NoError(t, err)
	assert.Len(t, res.List, maxRounds)
	require.Len(t, res.Notices, 1)
	assert.Contains(t, res.Notices[0].Text, "nested so deep")
}

func TestSightingsKeepWhatTheyHave(t *testing.T) {
	f := &fake{answer: func(query string, _ int) (int, string) {
		if len(asked(query, sub)) > 0 {
			return 500, "boom"
		}
		return 200, streams(map[string]string{"id": root}, "all next flow jobs pushed: ["+sub+"]")
	}}
	c := f.client(t)
	res, err := c.Sightings(context.Background(), SightingsRequest{IDs: []string{root}})
	require.NoError(t, err)
	assert.Len(t, res.List, 1)
	assert.Equal(t, []Notice{{true, "Jobs at work below a sub-flow or a loop may be missing: Loki failed (status 500). It says: boom."}}, res.Notices)
	_, err = c.Sightings(context.Background(), SightingsRequest{IDs: []string{sub}})
	assert.ErrorContains(t, err, "boom")
}

func TestTags(t *testing.T) {
	f := &fake{answer: func(query string, _ int) (int, string) {
		if isJSONForm(query) {
			return 200, streams(nil)
		}
		assert.Contains(t, query, `| flow_step_id!="" or script_path!=""`)
		return 200, streams(map[string]string{"job_id": leaf, "flow_step_id": "load", "worker": "w1"}, "hello")
	}}
	list := []windmill.Sighting{{Kind: windmill.SightingFetched, JobID: leaf}, {Kind: windmill.SightingPushed, JobID: root}}
	got, _ := f.client(t).Tags(context.Background(), list, []string{leaf}, time.Unix(0, 0), time.Unix(1, 0))
	assert.Equal(t, "load", got[0].Step)
	assert.Equal(t, "w1", got[0].Worker)
	assert.Equal(t, list[1], got[1])
	assert.Empty(t, list[0].Step, "what was given stays")
}
