package tempo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/gogo/protobuf/jsonpb"
	"github.com/gogo/protobuf/proto"
	"github.com/grafana/tempo/pkg/tempopb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// searchAnswer is the answer for a run with so many parallel iterations of three steps, each span a set of its own.
func searchAnswer(iterations int) []byte {
	var traces []string
	for i := range iterations {
		var sets []string
		for n := range 6 {
			sets = append(sets, spanSet(i, n))
		}
		traces = append(traces, fmt.Sprintf(`{"traceID":"1a20451788f0%019d","rootServiceName":"windmill-worker","startTimeUnixNano":"1795368782664134943","spanSet":%s,"spanSets":[%s]}`,
			i, sets[0], strings.Join(sets, ",")))
	}
	return []byte(`{"traces":[` + strings.Join(traces, ",") + `],"metrics":{"inspectedBytes":"17147"}}`)
}

// spanSet is a span of a job in a trace of its own set. Jobs have two.
func spanSet(trace, n int) string {
	step := string(rune('a' + n/2))
	values := []string{
		"job_id", fmt.Sprintf("01a20451-88f0-0000-%04d-%012d", n/2, trace), "parent_job", fmt.Sprintf("01a20451-88f0-0000-0009-%012d", trace),
		"root_job", fmt.Sprintf("01a20451-88f0-0000-0009-%012d", trace), "flow_step_id", step, "script_path", fmt.Sprintf("f/etl/nightly/forloop-%d/%s", trace, step),
		"workspace_id", "demo", "worker", fmt.Sprintf("wk-%d", (trace+n)%7), "language", "python3", "tag", "python3", "job_kind", "flowscript",
		"script_hash", "8a1bb6ef96cbb2a2", "created_by", "alice", "status", "unset", "statusMessage", "", "service.name", "windmill-worker",
	}
	var attributes []string
	for i := 0; i < len(values); i += 2 {
		attributes = append(attributes, fmt.Sprintf(`{"key":%q,"value":{"stringValue":%q}}`, values[i], values[i+1]))
	}
	id := fmt.Sprintf("%08d%08d", trace, n)
	return `{"spans":[{"spanID":"` + id + `","name":"job ` + step + `","startTimeUnixNano":"1795368782664134943","durationNanos":"8000000","attributes":[` +
		strings.Join(attributes, ",") + `]}],"matched":1,"attributes":[{"key":"by(span:id)","value":{"stringValue":"` + id + `"}}]}`
}

// What Tempo's own messages decode to is the truth.
func TestDecodeSearchAsTempoDoes(t *testing.T) {
	for name, raw := range map[string]string{
		"a run":               string(searchAnswer(3)),
		"empty":               `{"traces":[]}`,
		"no traces":           ` {"traces":[],"metrics":{"completedJobs":1,"inspectedTraces":7}} `,
		"nulls":               `{"traces":[{"traceID":"1","spanSets":[{"spans":[{"spanID":"3","attributes":[{"key":"tag"}]}]}]}],"metrics":null}`,
		"kinds of values":     `{"traces":[{"traceID":"1","spanSets":[{"spans":[{"spanID":"3","attributes":[{"key":"tag","value":{"boolValue":true}},{"key":"worker","value":{"intValue":"-3"}},{"key":"language","value":{"doubleValue":2.50}},{"key":"labels","value":{"arrayValue":{"values":[{"stringValue":"x"}]}}}]}]}]}]}`,
		"escapes":             `{"traces":[{"traceID":"1","spanSets":[{"spans":[{"spanID":"3","name":"job \"a\\","attributes":[{"key":"error.message","value":{"stringValue":"\u00fc\n\\\"\ud83d\ude00"}}]}]}]}]}`,
		"names":               `{"traces":[{"traceID":"1","spanSets":[{"spans":[{"spanID":"3","attributes":[{"key":"name","value":{"stringValue":"job a"}},{"key":"status","value":{"stringValue":"error"}}]}]}]}]}`,
		"the same span twice": `{"traces":[{"traceID":"1","spanSets":[{"spans":[{"spanID":"3"}]},{"spans":[{"spanID":"3"},{"spanID":"4"}]}]}]}`,
		"what is not known":   `{"new":[{"a":[1,2.5e3,true,null,"]}"]}],"traces":[{"traceID":"1","more":{"x":{}},"serviceStats":{"a":{"spanCount":3}}}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			message := &tempopb.SearchResponse{}
			require.NoError(t, decodeJSON([]byte(raw), message))
			want := searchResult(message, 2, 2)
			got, err := decodeSearch(strings.NewReader(raw), 2, 2)
			require.NoError(t, err)
			assert.Equal(t, want, got)
			slowly, err := decodeSearch(iotest.OneByteReader(strings.NewReader(raw)), 2, 2)
			require.NoError(t, err)
			assert.Equal(t, want, slowly)
		})
	}
}

// Versions of Tempo before 2.2 have no spanSets.
func TestDecodeSearchOfOldTempo(t *testing.T) {
	found, err := decodeSearch(iotest.OneByteReader(strings.NewReader(`{"traces":[{"spanSet":{"spans":[{"spanID":"2","durationNanos":"7"}],"matched":3},"traceID":"1a"},{"traceID":"1b","spanSet":null}]}`)), 20, 3)
	require.NoError(t, err)
	require.Len(t, found.Spans, 1)
	assert.True(t, found.Truncated)
	assert.Equal(t, 2, found.Traces)
	assert.Equal(t, padHex("1a", 32), found.Spans[0].TraceID)
	assert.EqualValues(t, 7, found.Spans[0].Duration)
}

func TestDecodeSearchOfWhatIsNoNumber(t *testing.T) {
	found, err := decodeSearch(strings.NewReader(`{"traces":[{"spanSets":[{"spans":[{"attributes":[{"key":"language","value":{"doubleValue":"-Infinity"}}]}]}]}]}`), 20, 3)
	require.NoError(t, err)
	assert.Empty(t, found.Spans[0].Language, "unknown")
}

func TestDecodeSearchOfStringsBeyondTheBuffer(t *testing.T) {
	long := strings.Repeat(`x\"`, scanBuffer)
	raw := `{"skipped":"` + long + `","traces":[{"traceID":"1","spanSets":[{"spans":[{"spanID":"3","name":"` + long + `"}]}]}]}`
	found, err := decodeSearch(strings.NewReader(raw), 20, 3)
	require.NoError(t, err)
	require.Len(t, found.Spans, 1)
	assert.Equal(t, strings.Repeat(`x"`, scanBuffer), found.Spans[0].Name)
}

func TestDecodeSearchRefuses(t *testing.T) {
	for _, raw := range []string{
		``, `null`, `[]`, `"x"`, `{`, `{"traces":[`, `{"traces":[{"traceID":"1"}`, `{"traces":{}}`, `{"traces":[{"traceID":1}]}`, `{"traces" []}`, `{"a":}`, `{"a":]}`,
		`{"traces":[{"spanSets":[{"spans":[{"startTimeUnixNano":"-1"}]}]}]}`, `{"traces":[{"spanSets":[{"spans":[{"startTimeUnixNano":true}]}]}]}`, `{"traces":[{"traceID":"\x"}]}`,
	} {
		_, err := decodeSearch(strings.NewReader(raw), 20, 3)
		assert.Error(t, err, raw)
	}
}

func FuzzDecodeSearchAsJSON(f *testing.F) {
	f.Add(searchAnswer(1))
	f.Add([]byte(`{"traces":[{"spanSets":[{"spans":[{"name":"a\"\\","startTimeUnixNano":3}]}]}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		message := &tempopb.SearchResponse{}
		if !json.Valid(raw) || bytes.Contains(raw, []byte("null")) || bytes.Contains(raw, []byte(`spanSet"`)) || decodeJSON(raw, message) != nil {
			return
		}
		found, err := decodeSearch(bytes.NewReader(raw), 20, 3)
		if err != nil {
			return // stricter, never other
		}
		if want := searchResult(message, 20, 3); len(found.Spans) != len(want.Spans) || found.Traces != want.Traces {
			t.Errorf("%s\n%+v in place of %+v", raw, found, want)
		}
	})
}

// tolerant reads what newer versions of Tempo say more, as Tempo's own messages do.
var tolerant = jsonpb.Unmarshaler{AllowUnknownFields: true}

// decodeJSON reads an answer in the way that the generated messages do. It wants an object: null would be an empty
// message.
func decodeJSON(body []byte, into proto.Message) error {
	if !isObject(body) {
		return errors.New("no JSON object")
	}
	return noPanic(func() error {
		return tolerant.UnmarshalNext(json.NewDecoder(bytes.NewReader(body)), into)
	})
}
