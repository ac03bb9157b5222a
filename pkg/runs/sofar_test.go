package runs

import (
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/assert"
)

func TestSoFar(t *testing.T) {
	b := windmilltest.New(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC), 3)
	plain, failed := b.Plain(0), b.Failed(time.Minute)
	list := func(q query.Query, spans []windmill.Span, limit int) (ids []string) {
		for _, run := range SoFar(q, spans, limit) {
			assert.False(t, run.Whole, "something may still come")
			ids = append(ids, run.ID)
		}
		return ids
	}
	var tops []windmill.Span
	for _, s := range b.Spans {
		if s.ParentJob == "" {
			tops = append(tops, s)
		}
	}
	before := len(b.Spans)
	for name, spans := range map[string][]windmill.Span{"runs alone": tops, "with steps": b.Spans} {
		assert.Equal(t, []string{failed.ID, plain.ID}, list(query.Query{}, spans, 10), name)
		assert.Equal(t, []string{failed.ID}, list(query.Query{}, spans, 1), name)
		assert.Equal(t, []string{plain.ID}, list(query.Query{Filters: query.Filters{Flow: []string{"f/demo/plain"}}}, spans, 10), name)
		assert.Equal(t, []string{failed.ID}, list(query.Query{Filters: query.Filters{Outcome: []string{"error"}}}, spans, 10), name)
	}
	assert.Len(t, b.Spans, before)
	assert.Empty(t, SoFar(query.Query{}, nil, 10))
}
