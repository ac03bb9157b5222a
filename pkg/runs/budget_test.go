package runs

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/stretchr/testify/require"
)

// budgetTempo answers each search with 250 jobs below runs of their own, and the runs where it is asked for them.
type budgetTempo struct{ searches int }

func (*budgetTempo) Trace(context.Context, string, time.Time, time.Time) (tempo.TraceResult, error) {
	return tempo.TraceResult{}, nil
}

func (b *budgetTempo) Search(context.Context, tempo.SearchRequest) (tempo.SearchResult, error) {
	b.searches++
	var res tempo.SearchResult
	for i := range 250 {
		run := fmt.Sprintf("0199a1b2-c3d4-4e5f-8a9b-%012d", i)
		sp := windmill.Span{TraceID: "1", SpanID: fmt.Sprint(b.searches, i), Name: "job", JobID: run, Start: base, ScriptPath: "f/x"}
		if b.searches == 1 {
			sp.JobID, sp.ParentJob, sp.RootJob, sp.Step = fmt.Sprintf("0199a1b2-c3d4-4e5f-8a9c-%012d", i), run, run, "a"
		}
		res.Spans = append(res.Spans, sp)
	}
	return res, nil
}

func TestListOverTheLimitOfRequestsIsPartial(t *testing.T) {
	s := (&Reader{traces: &budgetTempo{}, now: func() time.Time { return now }, limits: Limits{Jobs: 100, Requests: 5}}).session()
	spans, err := s.topLevel(context.Background(), query.Query{Filters: query.Filters{Step: []string{"a"}}}, today, 200)
	require.NoError(t, err)
	require.NotEmpty(t, spans)
	require.Contains(t, texts(s.notices), `Runs are missing: More than 5 requests to Tempo would be needed: ask for less, or raise "Requests per query" in the data source's settings.`)

	s = (&Reader{traces: &budgetTempo{}, now: func() time.Time { return now }, limits: Limits{Jobs: 100, Requests: 0}}).session()
	_, err = s.topLevel(context.Background(), query.Query{}, today, 200)
	up := upstream.AsError(err)
	require.NotNil(t, up, "a limit of the user is no fault of the plugin")
	require.Equal(t, http.StatusBadRequest, up.Status)
}
