package runs

import (
	"context"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

func TestLimitOfJobs(t *testing.T) {
	b := windmilltest.New(base, 21)
	job := b.Nightly(0, 30)
	r, _ := reader(t, b)
	res, err := r.Limited(Limits{Jobs: 10}).Read(context.Background(), job.ID, nowhere)
	require.NoError(t, err)
	require.Contains(t, texts(res.Notices), `The run has more than 10 jobs: the steps of 31 loop iterations, branches and sub-flows were not read. To see them, raise "Jobs per run" in the data source's settings.`)
	require.Len(t, res.Run.Jobs, 1+1+30+1, "the run, a, the iterations and the sub-flow, without their steps")
}

func TestLimitOfRequests(t *testing.T) {
	b := windmilltest.New(base, 22)
	job := b.Nightly(0, 30)
	r, _ := reader(t, b)
	res, err := r.Limited(Limits{Requests: 2}).Read(context.Background(), job.ID, nowhere)
	require.NoError(t, err)
	require.Equal(t, 2, res.Cost.Requests)
	require.Contains(t, texts(res.Notices), `more than 2 requests to Tempo: the steps of 31 loop iterations, branches and sub-flows were not read. To see them, raise "Requests per query" in the data source's settings.`)
}

// slowTempo answers searches for the children of many jobs only when their time is over.
type slowTempo struct {
	*fakeTempo
	searches int
}

func (s *slowTempo) Search(ctx context.Context, r tempo.SearchRequest) (tempo.SearchResult, error) {
	if s.searches++; s.searches > 1 {
		<-ctx.Done()
		return tempo.SearchResult{}, ctx.Err()
	}
	return s.fakeTempo.Search(ctx, r)
}

func TestLimitOfTime(t *testing.T) {
	b := windmilltest.New(base, 23)
	job := b.Nightly(0, 3)
	_, fake := reader(t, b)
	ctx, cancel := upstream.WithTimeLimit(t.Context(), 2*time.Second)
	defer cancel()
	r := New(&slowTempo{fakeTempo: fake}, func() time.Time { return now })
	res, err := r.Read(ctx, job.ID, nowhere)
	require.NoError(t, err, "what was read until then is shown")
	require.Len(t, res.Run.Jobs, 1+1+3+1)
	require.Contains(t, texts(res.Notices), "The steps of 4 loop iterations, branches and sub-flows could not be read")
}
