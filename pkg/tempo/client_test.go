package tempo

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/upstream/upstreamtest"
	"github.com/grafana/tempo/pkg/tempopb"
	resource "github.com/grafana/tempo/pkg/tempopb/resource/v1"
	trace "github.com/grafana/tempo/pkg/tempopb/trace/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func answering(t *testing.T, handler http.HandlerFunc) *Client {
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return New(upstreamtest.Client(t, "Tempo", s))
}

func body(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }
}

func TestSearchRequest(t *testing.T) {
	start := time.Unix(1000, 5)
	for name, tt := range map[string]struct {
		r    SearchRequest
		want string
	}{
		"everything":    {SearchRequest{Query: "{}", Start: start, End: time.Unix(2000, 1), Limit: 7, SpansPerTrace: 9}, "end=2001&limit=7&q=%7B%7D&spss=9&start=1000"},
		"no bounds":     {SearchRequest{Query: "{}"}, "q=%7B%7D"},
		"whole seconds": {SearchRequest{Query: "{}", Start: start, End: time.Unix(2000, 0)}, "end=2000&q=%7B%7D&start=1000"},
		"no length":     {SearchRequest{Query: "{}", Start: time.Unix(1000, 0), End: time.Unix(1000, 0)}, "end=1001&q=%7B%7D&start=1000"},
	} {
		t.Run(name, func(t *testing.T) {
			c := answering(t, func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, tt.want, r.URL.Query().Encode())
				_, _ = w.Write([]byte(`{"traces":[]}`))
			})
			_, err := c.Search(context.Background(), tt.r)
			assert.NoError(t, err)
		})
	}
}

func TestSearchAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		body      string
		spans     int
		truncated bool
		message   string
	}{
		"unknown fields":  {body: `{"traces":[{"traceID":"1","new":{"a":1},"spanSets":[{"spans":[{"spanID":"2","x":[]}],"matched":1}]}],"more":true}`, spans: 1},
		"old spanSet":     {body: `{"traces":[{"traceID":"1","spanSet":{"spans":[{"spanID":"2"}],"matched":1}}]}`, spans: 1},
		"span twice":      {body: `{"traces":[{"traceID":"1","spanSets":[{"spans":[{"spanID":"2"}],"matched":1},{"spans":[{"spanID":"2"}],"matched":1}]}]}`, spans: 1},
		"more matched":    {body: `{"traces":[{"traceID":"1","spanSets":[{"spans":[{"spanID":"2"}],"matched":4}]}]}`, spans: 1, truncated: true},
		"trace as null":   {body: `{"traces":[null,{"traceID":"1"}]}`},
		"no object":       {body: `[]`, message: "Tempo at HOST answered with something that is no search answer: is the URL right?"},
		"null":            {body: `null`, message: "Tempo at HOST answered with something that is no search answer: is the URL right?"},
		"broken JSON":     {body: `{"traces":[{"traceID":"1"`, message: "Tempo at HOST answered with something that is no search answer: is the URL right?"},
		"another program": {body: `<!DOCTYPE html><title>Login</title>`, message: "Tempo at HOST answered with a page of HTML: is the URL right?"},
	} {
		t.Run(name, func(t *testing.T) {
			c := answering(t, body(tt.body))
			got, err := c.Search(context.Background(), SearchRequest{Query: "{}"})
			if tt.message != "" {
				assert.Equal(t, tt.message, withoutHost(c, err))
				return
			}
			require.NoError(t, err)
			assert.Len(t, got.Spans, tt.spans)
			assert.Equal(t, tt.truncated, got.Truncated)
		})
	}
}

func TestTraceOfOldTempo(t *testing.T) {
	full := tempopb.Trace{ResourceSpans: []*trace.ResourceSpans{{
		Resource:   &resource.Resource{},
		ScopeSpans: []*trace.ScopeSpans{{Spans: []*trace.Span{{TraceId: []byte{1}, SpanId: []byte{2}, Name: "job"}}}},
	}}}
	raw, err := full.Marshal()
	require.NoError(t, err)
	c := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/traces/01" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(raw)
	})
	got, err := c.Trace(context.Background(), "01", time.Time{}, time.Time{})
	require.NoError(t, err)
	require.Len(t, got.Spans, 1)
	assert.Equal(t, "00000000000000000000000000000001", got.Spans[0].TraceID)
}

func TestTraceFailures(t *testing.T) {
	partial := tempopb.TraceByIDResponse{Status: tempopb.PartialStatus_PARTIAL, Trace: &tempopb.Trace{}}
	raw, err := partial.Marshal()
	require.NoError(t, err)
	empty := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }
	for name, tt := range map[string]struct {
		id      string
		handler http.HandlerFunc
		want    TraceResult
		message string
	}{
		"partial":         {"01", body(string(raw)), TraceResult{Partial: true}, ""},
		"unknown trace":   {"01", empty, TraceResult{}, ""},
		"no Tempo at all": {"01", http.NotFound, TraceResult{}, "Tempo at HOST does not know /api/traces/01 (status 404): is the URL right, and is this a Tempo? It says: 404 page not found."},
		"no protobuf":     {"01", body("hello, this is no protobuf"), TraceResult{}, "Tempo at HOST answered with something that is no trace: is the URL right?"},
		"no id":           {"01zz", empty, TraceResult{}, `"01zz" is no trace id: it must be up to 32 hexadecimal digits.`},
	} {
		t.Run(name, func(t *testing.T) {
			c := answering(t, tt.handler)
			got, err := c.Trace(context.Background(), tt.id, time.Time{}, time.Time{})
			if tt.message != "" {
				assert.Equal(t, tt.message, withoutHost(c, err))
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestAnyOf(t *testing.T) {
	for _, tt := range []struct {
		values []string
		want   string
	}{
		{nil, `true`},
		{[]string{`a"b\`}, `span.x = "a\"b\\"`},
		{[]string{"b", "a.c", "b"}, `span.x =~ "a\\.c|b"`},
		{[]string{"b", "b"}, `span.x = "b"`},
		{[]string{"a", "\xff"}, `(span.x = "a" || span.x = "\xff")`},
	} {
		assert.Equal(t, tt.want, AnyOf("span.x", tt.values))
	}
}

func FuzzDecodeSearch(f *testing.F) {
	f.Add([]byte(`{"traces":[{"traceID":"1a","spanSets":[{"spans":[{"spanID":"2","startTimeUnixNano":"5","durationNanos":"7",` +
		`"attributes":[{"key":"job_id","value":{"stringValue":"x"}},{"key":"status","value":{"intValue":"3"}}]}],"matched":1}]}],"metrics":{"inspectedBytes":"9"}}`))
	f.Add([]byte(`{"traces":[null,{"spanSet":null,"spanSets":[null,{"spans":[null,{"attributes":[null,{"key":"a"}]}]}]}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		found, err := decodeSearch(bytes.NewReader(raw), 20, 3)
		if err != nil {
			return
		}
		for _, s := range found.Spans {
			if len(s.TraceID) < 32 || len(s.SpanID) < 16 || s.Duration < 0 {
				t.Errorf("span %+v", s)
			}
		}
	})
}

func FuzzDecodeTrace(f *testing.F) {
	full := tempopb.TraceByIDResponse{Trace: &tempopb.Trace{ResourceSpans: []*trace.ResourceSpans{{
		Resource:   &resource.Resource{},
		ScopeSpans: []*trace.ScopeSpans{{Spans: []*trace.Span{{TraceId: []byte{1}, SpanId: []byte{2}, Name: "job", Status: &trace.Status{}}}}},
	}}}}
	raw, err := full.Marshal()
	require.NoError(f, err)
	f.Add(raw)
	f.Add([]byte{0x0a, 0x00, 0x12, 0x00})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if response, err := decodeTraceByID(raw, free); err == nil {
			checkSpans(t, response.Trace)
		}
		if trace, err := decodeTrace(raw, free); err == nil {
			checkSpans(t, trace)
		}
	})
}

func checkSpans(t *testing.T, trace *tempopb.Trace) {
	for i, s := range traceSpans(trace) {
		if len(s.TraceID) < 32 || len(s.SpanID) < 16 || s.Duration < 0 || i < 0 {
			t.Errorf("span %+v", s)
		}
	}
}

// withoutHost is the sentence of an error, with HOST for the address of the test server.
func withoutHost(c *Client, err error) string {
	e := upstream.AsError(err)
	if e == nil {
		return "no upstream.Error"
	}
	return replaceHost(e.Message, c.up.URL("", nil).Host)
}

func replaceHost(text, host string) string { return strings.ReplaceAll(text, host, "HOST") }

// free charges nothing.
func free(int64) error { return nil }
