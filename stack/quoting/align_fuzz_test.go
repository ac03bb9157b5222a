package quoting_test

import (
	"strings"
	"testing"

	"github.com/grafana/tempo/pkg/traceql"

	"github.com/flowsteps/windmill-datasource/pkg/tempo"
)

// TestTempoRefusesLongQueries shows what tempo.Align is for. When it fails, Tempo has mended its lexer.
func TestTempoRefusesLongQueries(t *testing.T) {
	refused := 0
	for filler := range 1024 {
		if _, err := traceql.Parse(longQuery(strings.Repeat("x", filler))); err != nil {
			refused++
		}
	}
	if refused == 0 {
		t.Fatal("Tempo takes every long query as it is: tempo.Align is not needed any more")
	}
}

func TestAlignedQueriesParse(t *testing.T) {
	for filler := range 3 * 1024 {
		requireSameQuery(t, longQuery(strings.Repeat("x", filler)))
	}
}

func FuzzAlign(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, 300)
	}
	f.Fuzz(func(t *testing.T, s string, times int) {
		if times < 0 || times*len(s) > 1<<16 {
			t.Skip("too long to be quick")
		}
		requireSameQuery(t, longQuery(strings.Repeat(s, times)))
	})
}

func longQuery(value string) string {
	return "{ span.root_job = " + tempo.Quote(value) + " || span.parent_job = " + tempo.Quote(value) + " } | " + tempo.SelectWindmill
}

// requireSameQuery parses an aligned query. Short queries, which Tempo reads well, tell what it must mean: the literals
// make the query long, so the rest of it is compared with that of short ones.
func requireSameQuery(t *testing.T, query string) {
	t.Helper()
	aligned := tempo.Align(query)
	if strings.ReplaceAll(aligned, " ", "") != strings.ReplaceAll(query, " ", "") {
		t.Fatalf("%s became %s", query, aligned)
	}
	root, err := traceql.Parse(aligned)
	if err != nil {
		t.Fatalf("%s: %v", aligned, err)
	}
	short, err := traceql.Parse("{ true } | " + tempo.SelectWindmill)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := root.Pipeline.Elements[1].String(), short.Pipeline.Elements[1].String(); got != want {
		t.Fatalf("%s selects %s, not %s", aligned, got, want)
	}
}
