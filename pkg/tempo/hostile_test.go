package tempo

import (
	"bytes"
	"context"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

// nest puts a value into messages, the outermost field last. Lengths are written backwards, so that a million of them
// take a moment.
func nest(value []byte, fields ...protowire.Number) []byte {
	back := slices.Clone(value)
	slices.Reverse(back)
	for _, f := range fields {
		header := binary.AppendUvarint(protowire.AppendTag(nil, f, protowire.BytesType), uint64(len(back)))
		slices.Reverse(header)
		back = append(back, header...)
	}
	slices.Reverse(back)
	return back
}

// nestedTrace has a span with an attribute whose value is a list in a list, and so on.
func nestedTrace(depth int) []byte {
	var path []protowire.Number
	for range depth {
		path = append(path, 1, 5) // a value in a list, the list in a value
	}
	return nest([]byte{0x0a, 0x01, 'x'}, append(path, 2, 9, 2, 2, 1, 1)...)
}

func serve(t *testing.T, body []byte, most int64) (*Client, context.Context) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
	t.Cleanup(s.Close)
	up, err := upstream.New(upstream.Options{Name: "Tempo", URL: s.URL, MaxBody: 1 << 30})
	require.NoError(t, err)
	t.Cleanup(up.Close)
	ctx, _ := upstream.WithMeter(t.Context(), most, time.Now)
	return New(up), ctx
}

func TestDeeplyNestedTraceIsAnError(t *testing.T) {
	deep := nestedTrace(1_000_000)
	require.Greater(t, len(deep), 5<<20)
	c, ctx := serve(t, deep, 256<<20)
	_, err := c.Trace(ctx, "1", time.Time{}, time.Time{})
	require.ErrorContains(t, err, "answered with something that is no trace")
	require.ErrorIs(t, err, errTooDeep)
	require.Error(t, codec{}.Unmarshal(nest([]byte{}, append(slices.Repeat([]protowire.Number{1, 5}, 100), 2, 5, 1, 7, 1)...), nil))

	c, ctx = serve(t, nestedTrace(20), 256<<20) // as odd attributes may be
	found, err := c.Trace(ctx, "1", time.Time{}, time.Time{})
	require.NoError(t, err)
	assert.Len(t, found.Spans, 1)
}

func TestDeeplyNestedStreamedSearchIsAnError(t *testing.T) {
	path := append(slices.Repeat([]protowire.Number{1, 5}, 1_000_000), 2, 5, 1, 7, 1)
	require.ErrorIs(t, weigh(nest([]byte{}, path...), searchShape, free), errTooDeep)
}

// allocated is how much memory is taken while something runs, in bytes.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestTinySpansAreWeighed(t *testing.T) {
	const spans = 6_300_000 // 18.9 MB
	body := []byte(`{"traces":[{"traceID":"1","spanSets":[{"spans":[` + strings.TrimSuffix(strings.Repeat(`{},`, spans), ",") + `]}]}],"metrics":{}}`)
	distinct := []byte(`{"traces":[` + strings.TrimSuffix(strings.Repeat(`{"spanSets":[{"spans":[{}]}]},`, spans/10), ",") + `],"metrics":{}}`)
	tiny := nest(bytes.Repeat([]byte{0x12, 0}, spans), 2, 1, 1) // spans of two bytes
	for name, ask := range map[string]func() error{
		"JSON of one trace": func() error {
			c, ctx := serve(t, body, 64<<20)
			_, err := c.Search(ctx, SearchRequest{Query: "{}"})
			return err
		},
		"JSON of many traces": func() error {
			c, ctx := serve(t, distinct, 64<<20)
			_, err := c.Search(ctx, SearchRequest{Query: "{}"})
			return err
		},
		"protobuf": func() error {
			c, ctx := serve(t, tiny, 64<<20)
			_, err := c.Trace(ctx, "1", time.Time{}, time.Time{})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			assert.Less(t, allocated(func() { err = ask() }), uint64(200<<20))
			if name != "JSON of one trace" { // of spans with the same id one is kept
				require.ErrorContains(t, err, "Tempo answered with more than 64 MB for one query")
			}
		})
	}
}
