package loki

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/upstream/upstreamtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const job = "01a20c2f-70fe-d155-1a39-1e51ec683ffe"

func TestLogQL(t *testing.T) {
	for name, tt := range map[string]struct {
		filter       Filter
		metadata, js string
	}{
		"any job": {Filter{}, `S | job_id!=""`,
			`S |= "\"job_id\"" | job_id="" | json message="message", job_id="job_id", span_job_id="span.job_id" | job_id!="" or span_job_id!=""`},
		"one job and a text": {Filter{Jobs: []string{job}, Search: `a"b`}, `S |= "a\"b" | job_id="` + job + `"`,
			`S |= "\"job_id\"" |= "` + job + `" | job_id="" | json message="message", job_id="job_id", span_job_id="span.job_id"` +
				` | message=~"(?s:.*(?:a\"b).*)" | job_id="` + job + `" or span_job_id="` + job + `"`},
		"steps below a flow": {Filter{Flows: []string{"f/x"}, Steps: []string{"b", "a"}},
			`S | flow_step_id=~"(?:a|b)$" | script_path=~"(?:f/x)(?:/(?:forloop|loop|branchone|branchall)-\\d+(?s:/.*)?)?$" or (script_path=~"(?:f/x)(?:/[^/]+|/[^/]+/tools/[^/]+)$" and job_kind!~"(?:flow|script|script_hub)$")`, ""},
		"several messages": {Filter{Messages: []string{"a", "b"}}, `S |~ "a|b" | job_id!=""`, ""},
		"no UTF-8":         {Filter{Steps: []string{"\xff", "\xfe"}}, `S | flow_step_id="\xff"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.metadata, tt.filter.LogQL("S", FormMetadata))
			if tt.js != "" {
				assert.Equal(t, tt.js, tt.filter.LogQL("S", FormJSON))
			}
		})
	}
	family := Filter{Family: []string{job}}.LogQL("S", FormMetadata)
	for _, tag := range familyTags {
		assert.Contains(t, family, tag+`="`+job+`"`)
	}
}

// fake stands in for a Loki where a real one cannot be made to answer so.
type fake struct {
	mu      sync.Mutex
	queries []string
	methods []string
	answer  func(query string, limit int) (int, string)
}

func (f *fake) client(t *testing.T) *Client {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.NoError(t, r.ParseForm())
		if r.URL.Path == "/loki/api/v1/labels" {
			_, _ = w.Write([]byte(`{"status":"success","data":["__x__","job","zone"]}`))
			return
		}
		query := r.Form.Get("query")
		f.mu.Lock()
		f.queries, f.methods = append(f.queries, query), append(f.methods, r.Method)
		f.mu.Unlock()
		limit, err := strconv.Atoi(r.Form.Get("limit"))
		assert.NoError(t, err)
		status, body := f.answer(query, limit)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return New(upstreamtest.Client(t, "Loki", s), "")
}

// streams is an answer with one stream for each line.
func streams(labels map[string]string, lines ...string) string {
	type stream struct {
		Stream map[string]string `json:"stream"`
		Values [][]string        `json:"values"`
	}
	list := []stream{}
	for i, l := range lines {
		list = append(list, stream{labels, [][]string{{fmt.Sprint(1000 + i), l}}})
	}
	raw, _ := json.Marshal(list)
	return `{"status":"success","data":{"resultType":"streams","result":` + string(raw) + `,"stats":{"summary":{"totalBytesProcessed":10,"totalLinesProcessed":2,"execTime":0.5}}}}`
}

func isJSONForm(query string) bool { return strings.Contains(query, "| json") }

func TestLinesOfBothForms(t *testing.T) {
	f := &fake{answer: func(query string, _ int) (int, string) {
		if isJSONForm(query) {
			return 200, streams(map[string]string{"job": "promtail", "job_id": job, "span_job_id": "", "message": "m"},
				`{"level":"WARN","message":"from stdout","job_id":"`+job+`","n":3,"ok":true,"span":{"name":"job","worker":"w1","job_id":"other"}}`, `{"no":"message"}`)
		}
		return 200, streams(map[string]string{"job_id": job, "severity_text": "ERROR"}, "first", "second")
	}}
	res, err := f.client(t).Lines(context.Background(), Request{Filter: Filter{Jobs: []string{job}}, Start: time.Unix(0, 0), End: time.Unix(1, 0), Limit: 10})
	require.NoError(t, err)
	require.Len(t, res.Lines, 3)
	assert.False(t, res.More)
	assert.Equal(t, "second", res.Lines[0].Body, "the newest first")
	assert.Equal(t, "error", res.Lines[0].Level)
	js := res.Lines[2]
	assert.Equal(t, "from stdout", js.Body)
	assert.Equal(t, "warning", js.Level)
	assert.Equal(t, map[string]string{"job": "promtail", "job_id": job, "worker": "w1", "level": "WARN", "n": "3", "ok": "true"}, js.Labels)
	assert.Equal(t, Stats{Bytes: 20, Lines: 4, Time: time.Second}, res.Stats)
	assert.Equal(t, `{job=~".+"} | job_id="`+job+`"`, res.Queries[0], "the label that streams have")
}

func TestLinesAreLimited(t *testing.T) {
	f := &fake{answer: func(query string, limit int) (int, string) {
		if isJSONForm(query) {
			return 200, streams(nil)
		}
		return 200, streams(map[string]string{"job_id": job}, []string{"a", "b", "c", "d"}[:min(limit, 4)]...)
	}}
	for limit, more := range map[int]bool{3: true, 4: false} {
		res, err := f.client(t).Lines(context.Background(), Request{Limit: limit, Forward: true})
		require.NoError(t, err)
		assert.Len(t, res.Lines, limit)
		assert.Equal(t, more, res.More)
		assert.Equal(t, "a", res.Lines[0].Body, "the oldest first")
	}
}

func TestManyIDsAreAskedInBatches(t *testing.T) {
	f := &fake{answer: func(query string, _ int) (int, string) { return 200, streams(map[string]string{"a": "b"}, "shared") }}
	var ids []string
	for i := range familyBatch*maxBatches + 7 {
		ids = append(ids, fmt.Sprintf("%08d-0000-0000-0000-000000000000", i))
	}
	res, err := f.client(t).Lines(context.Background(), Request{Filter: Filter{Family: ids}, Limit: 10})
	require.NoError(t, err)
	assert.Len(t, f.queries, 2*maxBatches)
	assert.Len(t, res.Lines, 1, "a line that several batches find is there once")
	assert.Contains(t, f.methods, http.MethodPost, "long queries are sent as a form")
	for _, q := range f.queries {
		assert.Less(t, len(q), 131072, "the longest query that Loki reads")
	}
	assert.Equal(t, []Notice{{true, "The run has so many parts that the logs of 7 loop iterations and sub-flows were not looked for."}}, res.Notices)
	for _, q := range res.Queries {
		assert.Less(t, len(q), 2500)
		assert.Contains(t, q, "# and 297 more ids")
	}
}

func TestFailures(t *testing.T) {
	fails := func(when func(string) bool) *fake {
		return &fake{answer: func(query string, _ int) (int, string) {
			if when(query) {
				return 400, "parse error: nonsense"
			}
			return 200, streams(map[string]string{"job_id": job}, "line")
		}}
	}
	res, err := fails(isJSONForm).client(t).Lines(context.Background(), Request{Limit: 5})
	require.NoError(t, err)
	assert.Len(t, res.Lines, 1)
	assert.Equal(t, []Notice{{true, "A part of the logs could not be read: Loki rejected the query (status 400). It says: parse error: nonsense."}}, res.Notices)

	_, err = fails(func(string) bool { return true }).client(t).Lines(context.Background(), Request{Limit: 5})
	require.NotNil(t, upstream.AsError(err))
	assert.Equal(t, 400, upstream.AsError(err).Status)

	for _, body := range []string{"{", `{"status":"error"}`, `{"status":"success","data":{"resultType":"matrix"}}`, `{"status":"success","data":{"resultType":"streams","result":[{"stream":{},"values":[["x","y"]]}]}}`} {
		broken := &fake{answer: func(string, int) (int, string) { return 200, body }}
		_, err = broken.client(t).Lines(context.Background(), Request{Limit: 5})
		assert.ErrorContains(t, err, "answered with something that is no list of log lines", body)
	}

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = fails(isJSONForm).client(t).Lines(ctx, Request{Limit: 5})
	assert.ErrorIs(t, err, context.Canceled)
}

func TestSelector(t *testing.T) {
	assert.Equal(t, `{service_name=~".+"}`, selectorFrom([]string{"app", "job", "service_name"}))
	assert.Equal(t, `{job=~".+"}`, selectorFrom([]string{"app", "job"}))
	assert.Equal(t, `{zone=~".+"}`, selectorFrom([]string{"__stream_shard__", "no-name", "zone"}))
	assert.Empty(t, selectorFrom([]string{"__stream_shard__"}))
	for _, good := range []string{`{a="b"}`, "{a=~`b\"`}", `{ a = "b" , c != "\"}" , }`, `{a="b",c!~"d|e"}`} {
		assert.True(t, IsSelector(good), good)
	}
	for _, bad := range []string{"", "{}", `a="b"`, `{a="b"} | json`, `{a="b"`, `{a=b}`, `{a-b="c"}`, "{a=\"b\n\"}", `{a="b"} |= "}"`} {
		assert.False(t, IsSelector(bad), bad)
	}
}

func TestLevel(t *testing.T) {
	for text, want := range map[string]string{"INFO": "info", "warn": "warning", "Error": "error", "FATAL": "critical", "TRACE": "trace", "DEBUG": "debug", "": "", "unknown": ""} {
		assert.Equal(t, want, level(map[string]string{"severity_text": text}), text)
	}
	assert.Equal(t, "error", level(map[string]string{"severity_text": "", "detected_level": "error"}))
}
