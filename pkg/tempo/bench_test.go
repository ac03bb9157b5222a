package tempo

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkDecodeSearch decodes the search answer of a run with 2,500 parallel iterations of three steps.
func BenchmarkDecodeSearch(b *testing.B) {
	const iterations = 2500
	var spans, traces []string
	for i := range 6 {
		var attributes []string
		for _, key := range []string{"job_id", "parent_job", "root_job", "flow_step_id", "script_path", "workspace_id", "worker", "language", "tag", "status", "service.name"} {
			attributes = append(attributes, fmt.Sprintf(`{"key":%q,"value":{"stringValue":"01a20451-88f0-0000-0000-000199fc0e%02d"}}`, key, i))
		}
		spans = append(spans, fmt.Sprintf(`{"spanID":"%016d","name":"job d","startTimeUnixNano":"1795368782664134943","durationNanos":"8000000","attributes":[%s]}`,
			i, strings.Join(attributes, ",")))
	}
	set := `{"spans":[` + strings.Join(spans, ",") + `],"matched":6}`
	for i := range iterations {
		traces = append(traces, fmt.Sprintf(`{"traceID":"%031d","startTimeUnixNano":"1795368782664134943","spanSet":%s,"spanSets":[%s]}`, i, set, set))
	}
	body := []byte(`{"traces":[` + strings.Join(traces, ",") + `],"metrics":{"inspectedBytes":"17147"}}`)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		response, err := decodeSearch(body)
		if err != nil || len(searchResult(response, 5000, 100).Spans) != 6*iterations {
			b.Fatal(err)
		}
	}
}
